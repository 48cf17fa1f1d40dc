/** A burst: many users write at once, and the database is far away. */

import pg from 'pg';
import { postgresStorage } from '../../packages/storage-postgres/src/index.ts';
import { startPostgres } from '../servers/postgres.ts';
import { postgresCommands, tcpProxy } from '../servers/tcp-proxy.ts';
import { type CountingBot, countingBot } from './counting-bot.ts';

/** The counts of a burst. */
export interface Burst {
  /** Updates that were handled. */
  readonly kept: number;
  /** Statements that were sent for them. */
  readonly statements: number;
}

/**
 * Sends one update of each user at once.
 *
 * @param users - how many
 * @param connections - of the pool
 * @param roundTrip - of each statement, in ms
 */
export async function burst(users: number, connections: number, roundTrip: number): Promise<Burst> {
  const server = await startPostgres();
  const port = Number(new URL(server.url).port);
  const proxy = await tcpProxy({ to: port, protocol: postgresCommands });
  const url = server.url.replace(`:${port}/`, `:${proxy.port}/`);
  const pool = new pg.Pool({ connectionString: url, max: connections });
  const bot = countingBot({ storage: postgresStorage(pool), name: 'here', log: () => {} });
  try {
    const warm = Array.from({ length: connections }, (_, n) => one(bot, 1_000_000 + n));
    await Promise.all(warm);
    proxy.delay(roundTrip);
    const before = proxy.commands;
    const all = await Promise.all(Array.from({ length: users }, (_, n) => one(bot, n + 1)));
    const kept = all.filter((isKept) => isKept).length;
    return { kept, statements: proxy.commands - before };
  } finally {
    await pool.end();
    await proxy.close();
    await server.close();
  }
}

async function one(bot: CountingBot, chat: number): Promise<boolean> {
  return (await bot.handle({ id: chat, chat, text: 'add' })).what === 'kept';
}
