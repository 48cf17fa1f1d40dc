/** A flow over two bots that share a storage, as two processes do. Arguments: the framework, and the storage. */

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { telegram } from '@telefsm/testing';

const [, , framework, storage] = process.argv;
const name = `conversation_${process.pid}`;

/** Opens the storage for one bot. */
const openers = {
  async memory() {
    const { memoryStorage } = await import('@telefsm/core');
    return memoryStorage();
  },
  async sqlite() {
    const { sqliteStorage } = await import('@telefsm/storage-sqlite');
    return sqliteStorage(path);
  },
  async redis() {
    const { redisStorage } = await import('@telefsm/storage-redis');
    const { Redis } = await import('ioredis');
    return redisStorage(new Redis(process.env.REDIS_URL), { prefix: name });
  },
  async postgres() {
    const { postgresStorage } = await import('@telefsm/storage-postgres');
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ connectionString: process.env.POSTGRES_URL });
    return postgresStorage(pool, { schema: name });
  },
  async mariadb() {
    const { mysqlStorage } = await import('@telefsm/storage-mysql');
    const { createPool } = await import('mysql2/promise');
    return mysqlStorage(createPool(process.env.MARIADB_URL), { table: name });
  },
};
const path = join(mkdtempSync(join(tmpdir(), 'telefsm-conversation-')), 'bot.db');

const { flow, fsm } = await import(`@telefsm/${framework}`);
const { Bot, Telegraf } = await import(framework);
const order = flow('order', { trigger: '/order' })
  .ask('product', { prompt: 'What?' })
  .ask('town', { prompt: 'Where to?' })
  .done(({ product, town }) => `${product} to ${town}.`);

/** Makes a bot, as a process does when it starts. */
async function start(opened) {
  const bot = framework === 'grammy' ? new Bot('1:test') : new Telegraf('1:test');
  const machine = fsm({ states: [order], storage: opened });
  bot.use(machine);
  return { world: telegram(bot), machine };
}

const first = await openers[storage]();
// only the memory of one process is shared by handing it over
const second = storage === 'memory' ? first : await openers[storage]();
const one = await start(first);
const other = await start(second);
await one.world.user('Anna').sends('/order');
const anna = other.world.user('Anna');
await anna.sends('Tea');
assert.equal(anna.last.text, 'Where to?');
await anna.sends('Rome');
assert.equal(anna.last.text, 'Tea to Rome.');
console.log('ok 2');
process.exit(0);
