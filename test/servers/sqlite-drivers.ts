/** The SQLite drivers that tests run on, beside the one in the lockfile. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { locked } from './lock.ts';

const run = promisify(execFile);

/** Not in the lockfile: it compiles for more than a minute, which every installation would pay. */
const betterSqlite3 = '12.11.1';
/** A compiled driver fits one version of Node's binary interface. */
const folder = fileURLToPath(
  new URL(
    `../../node_modules/.cache/telefsm-drivers/${process.versions.modules}/`,
    import.meta.url,
  ),
);

/** Opens a database, as better-sqlite3, libsql and node:sqlite do. */
export type SqliteConstructor = new (
  path: string,
) => {
  prepare(sql: string): {
    run(...parameters: unknown[]): { readonly changes: number | bigint };
    get(...parameters: unknown[]): unknown;
    all(...parameters: unknown[]): unknown[];
  };
  exec(sql: string): unknown;
  close(): unknown;
};

/**
 * The constructor of better-sqlite3; it is installed when it is missing, which takes minutes, once.
 *
 * @throws Error of one line that says how to install it by hand, where npm or a compiler is missing
 */
export async function betterSqlite3Driver(): Promise<SqliteConstructor> {
  const require = createRequire(`${folder}package.json`);
  const isMissing = async () => (await installedVersion()) !== betterSqlite3;
  if (await isMissing()) {
    // compiled once, however many files ask: the others would only take the time from the first
    await locked('better-sqlite3', async () => {
      if (await isMissing()) await install();
    });
  }
  return require('better-sqlite3');
}

/** The constructor of node:sqlite, which Node has had since 22. */
export function nodeSqliteDriver(): SqliteConstructor | undefined {
  const module = process.getBuiltinModule('node:sqlite') as
    | { readonly DatabaseSync: SqliteConstructor }
    | undefined;
  return module?.DatabaseSync;
}

async function installedVersion(): Promise<string | undefined> {
  const path = `${folder}node_modules/better-sqlite3/package.json`;
  const built = `${folder}node_modules/better-sqlite3/build/Release/better_sqlite3.node`;
  const manifest = await Promise.all([readFile(path, 'utf8'), readFile(built)]).catch(
    () => undefined,
  );
  return manifest && (JSON.parse(manifest[0]) as { readonly version: string }).version;
}

/** Installs beside the place and moves there when it is complete, so that a run which is stopped leaves nothing half done. */
async function install(): Promise<void> {
  const half = `${folder.slice(0, -1)}-${process.pid}`;
  await mkdir(half, { recursive: true });
  try {
    await writeFile(`${half}/package.json`, '{"private":true}\n');
    const options = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
    const env = { ...process.env, ...ownHeaders() };
    const add = `better-sqlite3@${betterSqlite3}`;
    await run('npm', ['install', ...options, add], { cwd: half, env });
    await rm(folder, { recursive: true, force: true });
    await rename(half, folder);
  } catch (cause) {
    const message = `The tests need better-sqlite3: run 'npm install better-sqlite3@${betterSqlite3}' in ${folder}`;
    throw new Error(message, { cause });
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

/** Lets the compiler use the headers that lie beside this Node, where there are any: otherwise it would fetch them. */
function ownHeaders(): { readonly npm_config_nodedir?: string } {
  const prefix = join(dirname(process.execPath), '..');
  return existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {};
}
