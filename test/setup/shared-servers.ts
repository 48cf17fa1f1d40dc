/** One Redis, one PostgreSQL and one MariaDB for a whole run, each started when the first test file asks for them. */

import { createServer, type Server } from 'node:http';
import type { TestProject } from 'vitest/node';
import { startMariadb } from '../servers/mariadb.ts';
import { listenOnFreePort } from '../servers/ports.ts';
import { startPostgres } from '../servers/postgres.ts';
import { startRedis } from '../servers/redis.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where a worker asks for the address of a shared server. */
    readonly sharedServers: string;
  }
}

interface Started {
  readonly port: number;
  close(): Promise<void>;
}

const starters: Readonly<Record<string, () => Promise<Started>>> = {
  async redis() {
    const server = await startRedis();
    return { port: server.port, close: () => server.kill() };
  },
  postgres: () =>
    startPostgres({ max_connections: '300', shared_preload_libraries: 'pg_stat_statements' }),
  mariadb: () => startMariadb(),
};

/** Called by Vitest before the first file; what it returns is called after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<string, Promise<Started>>();
  const desk: Server = createServer(async ({ url = '' }, answer) => {
    const name = url.slice(1);
    // a file that asks when an idle connection ends would find it closed
    answer.setHeader('connection', 'close');
    const starter = starters[name];
    try {
      if (starter === undefined) throw new Error(`Unknown server "${name}".`);
      const server = started.get(name) ?? starter();
      started.set(name, server);
      answer.end(JSON.stringify({ port: (await server).port }));
    } catch (error) {
      answer.writeHead(500).end(String(error));
    }
  });
  project.provide('sharedServers', `http://127.0.0.1:${await listenOnFreePort(desk)}`);
  return async () => {
    desk.closeAllConnections();
    desk.close();
    const servers = await Promise.allSettled(started.values());
    await Promise.all(servers.map((one) => one.status === 'fulfilled' && one.value.close()));
  };
}
