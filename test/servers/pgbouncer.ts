/** A real pgbouncer before a PostgreSQL, in transaction mode: each transaction may meet another connection of the server. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ensureCommand } from './install.ts';
import { freePort } from './ports.ts';
import { ownFolder, type PostgresServer, unprivileged, until } from './postgres.ts';

/** One pgbouncer. */
export interface PgBouncer {
  readonly url: string;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

/**
 * Starts a pgbouncer in transaction mode.
 *
 * @param server - where it connects to, and the database of its own URL
 * @param poolSize - how many connections to the server it shares among its clients
 */
export async function startPgBouncer(
  server: Pick<PostgresServer, 'port' | 'url'>,
  poolSize = 4,
): Promise<PgBouncer> {
  const program = await ensureCommand('pgbouncer', 'pgbouncer');
  const owner = await unprivileged();
  const folder = await ownFolder('telefsm-pgbouncer-', owner);
  const port = await freePort();
  const users = join(folder, 'users.txt');
  const config = join(folder, 'pgbouncer.ini');
  await writeFile(users, '"postgres" ""\n');
  await writeFile(
    config,
    `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
`,
  );
  const child = spawn(program, ['-q', config], { ...owner, cwd: folder, stdio: 'ignore' });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  await until(`pgbouncer on port ${port}`, child, async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect').finally(() => socket.destroy());
  });
  return {
    url: server.url.replace(`:${server.port}/`, `:${port}/`),
    async close() {
      process.off('exit', killAtExit);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
