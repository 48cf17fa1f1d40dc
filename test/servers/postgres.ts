/** A real PostgreSQL on a free port, in a temporary folder that is removed at the end. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ensureCommand } from './install.ts';
import { freePort } from './ports.ts';

const run = promisify(execFile);

/** One PostgreSQL; it stays on its port and keeps its data when it is stopped and started again. */
export interface PostgresServer {
  readonly port: number;
  /** Of its database `postgres`, as the superuser `postgres`, without a password. */
  readonly url: string;
  /** Starts it again; ready for connections when done. */
  start(): Promise<void>;
  /** Ends it and all connections; nothing that was committed is lost. */
  stop(): Promise<void>;
  /** Ends it as a crash does: connections are cut, and the next start recovers. */
  crash(): Promise<void>;
  /** Stops it for good and removes its folder. */
  close(): Promise<void>;
}

/**
 * Makes and starts a PostgreSQL.
 *
 * @param settings - of `postgresql.conf`, over those that make tests quick
 */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const [initdb, program, isReady] = await Promise.all(
    ['initdb', 'postgres', 'pg_isready'].map((name) => ensureCommand(name, 'postgresql')),
  );
  const owner = await unprivileged();
  const folder = await ownFolder('telefsm-postgres-', owner);
  const data = join(folder, 'data');
  const initOptions = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--no-sync'];
  await run(initdb as string, [...initOptions, '--locale=C.UTF-8', data], {
    ...owner,
    cwd: folder,
  });
  const port = await freePort();
  // No test cuts the power, so nothing has to reach the disk.
  const all = { fsync: 'off', max_connections: '100', ...settings };
  const serverOptions = [
    ...['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1'],
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  let child: ChildProcess | undefined;
  const killAtExit = () => child?.kill('SIGQUIT');
  process.once('exit', killAtExit);

  const end = async (signal: NodeJS.Signals) => {
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    child = undefined;
  };
  const server: PostgresServer = {
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async start() {
      child = spawn(program as string, serverOptions, { ...owner, cwd: folder, stdio: 'ignore' });
      await until(`postgres on port ${port}`, child, () =>
        run(isReady as string, ['-q', '-h', '127.0.0.1', '-p', String(port)]),
      );
    },
    stop: () => end('SIGINT'),
    crash: () => end('SIGQUIT'),
    async close() {
      process.off('exit', killAtExit);
      await end('SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** The user that a server runs as: PostgreSQL and pgbouncer reject root. */
export interface User {
  readonly uid?: number;
  readonly gid?: number;
}

/** The user `postgres` or `nobody` where tests run as root, else whoever runs them. */
export async function unprivileged(): Promise<User> {
  if (process.getuid?.() !== 0) return {};
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = ['postgres', 'nobody'].flatMap((name) =>
    lines.filter((line) => line[0] === name),
  )[0];
  if (user === undefined) throw new Error("Tests as root need a user 'postgres' or 'nobody'.");
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** A new folder under the system's temporary one, belonging to that user. */
export async function ownFolder(prefix: string, { uid, gid }: User): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
  return folder;
}

/** Waits until a started server answers; fails when it ends instead. */
export async function until(
  what: string,
  child: ChildProcess,
  answers: () => Promise<unknown>,
): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${what} ended by itself (${child.exitCode ?? child.signalCode}).`);
    const answered = await answers().then(
      () => true,
      () => false,
    );
    if (answered) return;
    await pause(50);
  }
  throw new Error(`${what} did not answer.`);
}
