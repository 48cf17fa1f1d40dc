/** Engines of the crash matrix: a server that keeps its data over a restart, and a proxy for each bot. */

import type { Address } from '../processes/engines.ts';
import { engines, type RunningEngine } from '../processes/servers.ts';
import { startMariadb } from '../servers/mariadb.ts';
import { startPostgres } from '../servers/postgres.ts';
import { startRedis } from '../servers/redis.ts';
import {
  mysqlCommands,
  postgresCommands,
  respCommands,
  type TcpProxy,
  tcpProxy,
} from '../servers/tcp-proxy.ts';

/** A way to an engine that can fail. */
export interface Way {
  readonly address: Address;
  /** Absent where there is no network. */
  readonly proxy: TcpProxy | undefined;
  /** Tells the commands of a storage apart, by their bytes. */
  is(kind: 'acquire' | 'commit', command: Buffer): boolean;
}

/** An engine whose server can be restarted. */
export interface FaultyEngine extends RunningEngine {
  /** The same place by another way. */
  wayTo(address: Address): Promise<Way>;
  restart(): Promise<void>;
}

/** Starts the engine of that name. */
export async function startFaulty(name: Address['engine']): Promise<FaultyEngine> {
  if (name === 'redis') return overRedis();
  if (name === 'postgres') return overPostgres();
  if (name === 'mariadb') return overMariadb();
  const files = await (
    engines.find((engine) => engine.name === name) as (typeof engines)[number]
  ).start();
  return {
    ...files,
    wayTo: async (address) => ({ address, proxy: undefined, is: () => false }),
    restart: () => Promise.reject(new Error('There is nothing to restart.')),
  };
}

async function overRedis(): Promise<FaultyEngine> {
  const server = await startRedis({ directives: ['appendonly yes', 'appendfsync always'] });
  let spaces = 0;
  return {
    newAddress: () => ({ engine: 'redis', port: server.port, space: `m${++spaces}` }),
    async wayTo(address) {
      const proxy = await tcpProxy({ to: server.port, protocol: respCommands });
      return {
        address: { ...address, port: proxy.port } as Address,
        proxy,
        // the script that settles is told what to do by a letter; the one that takes has none
        is(kind, command) {
          const [, what] = /\r\n\$1\r\n([wd-])\r\n/.exec(command.toString('latin1')) ?? [];
          return command.includes('evalsha') && what === (kind === 'commit' ? 'w' : undefined);
        },
      };
    },
    restart: () => server.restart(),
    close: () => server.kill(),
  };
}

async function overPostgres(): Promise<FaultyEngine> {
  const server = await startPostgres();
  let spaces = 0;
  return {
    newAddress: () => ({ engine: 'postgres', url: server.url, space: `m${++spaces}` }),
    async wayTo(address) {
      const proxy = await tcpProxy({ to: server.port, protocol: postgresCommands });
      const url = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
      return {
        address: { ...address, url } as Address,
        proxy,
        // a named statement is sent once: a commit is the one with a record
        is: (kind, command) =>
          command.includes('telefsm_') && command.includes('{"') === (kind === 'commit'),
      };
    },
    async restart() {
      await server.crash();
      await server.start();
    },
    close: () => server.close(),
  };
}

async function overMariadb(): Promise<FaultyEngine> {
  const server = await startMariadb();
  let spaces = 0;
  const executes = 0x17;
  return {
    newAddress: () => ({ engine: 'mariadb', url: server.url, space: `m${++spaces}` }),
    async wayTo(address) {
      const proxy = await tcpProxy({ to: server.port, protocol: mysqlCommands });
      const url = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
      return {
        address: { ...address, url } as Address,
        proxy,
        // a prepared statement goes by its number: a commit is the one with a record
        is: (kind, command) =>
          command[4] === executes && command.includes('{"') === (kind === 'commit'),
      };
    },
    async restart() {
      await server.crash();
      await server.start();
    },
    close: () => server.close(),
  };
}
