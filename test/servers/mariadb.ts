/** A real MariaDB on a free port, in a temporary folder that is removed at the end. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureCommand } from './install.ts';
import { freePort } from './ports.ts';
import { until } from './postgres.ts';

const run = promisify(execFile);

/** One MariaDB; it stays on its port and keeps its data when it is stopped and started again. */
export interface MariadbServer {
  readonly port: number;
  /** Of its database `bot`, as a user that may do anything, without a password. */
  readonly url: string;
  /** Starts it again; ready for connections when done. */
  start(): Promise<void>;
  /** Ends it and all connections; nothing that was committed is lost. */
  stop(): Promise<void>;
  /** Kills it: connections are cut, and the next start recovers. */
  crash(): Promise<void>;
  /** Stops it for good and removes its folder. */
  close(): Promise<void>;
}

/**
 * Makes and starts a MariaDB.
 *
 * @param settings - of the server, over those that make tests quick
 */
export async function startMariadb(
  settings: Readonly<Record<string, string>> = {},
): Promise<MariadbServer> {
  const [install, program, client] = await Promise.all(
    ['mariadb-install-db', 'mariadbd', 'mariadb'].map((name) =>
      ensureCommand(name, 'mariadb-server'),
    ),
  );
  const folder = await mkdtemp(join(tmpdir(), 'telefsm-mariadb-'));
  const data = join(folder, 'data');
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  await run(install as string, [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...asRoot,
  ]).catch(({ stdout, stderr, message }) => {
    throw new Error(`${message}\n${stdout}${stderr}`);
  });
  const port = await freePort();
  // No test cuts the power: what the system has been given survives.
  const all = {
    'innodb-flush-log-at-trx-commit': '2',
    'innodb-buffer-pool-size': '64M',
    'max-connections': '200',
    ...settings,
  };
  const serverOptions = [
    '--no-defaults',
    ...asRoot,
    `--datadir=${data}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(folder, 'mariadb.sock')}`,
    `--pid-file=${join(folder, 'mariadb.pid')}`,
    ...Object.entries(all).map(([name, value]) => `--${name}=${value}`),
  ];
  let child: ChildProcess | undefined;
  const killAtExit = () => child?.kill('SIGKILL');
  process.once('exit', killAtExit);

  const ask = (statement: string) => {
    const address = ['--protocol=tcp', '-h', '127.0.0.1', '-P', String(port), '-u', 'root'];
    return run(client as string, ['--no-defaults', ...address, '-e', statement]);
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
    child = undefined;
  };
  const server: MariadbServer = {
    port,
    url: `mysql://root@127.0.0.1:${port}/bot`,
    async start() {
      child = spawn(program as string, serverOptions, { cwd: folder, stdio: 'ignore' });
      await until(`mariadbd on port ${port}`, child, () =>
        ask('create database if not exists bot'),
      );
    },
    stop: () => end('SIGTERM'),
    crash: () => end('SIGKILL'),
    async close() {
      process.off('exit', killAtExit);
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
