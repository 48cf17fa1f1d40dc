/** One measurement in a process of its own: `node --expose-gc child.mjs '<job as JSON>'`; the last line of its output is the result. */

import { systemOf } from './registry.mjs';
import { mariadbClients, postgresClients, redisClients } from './wire.mjs';
import { textFrom } from './workload/updates.mjs';

/**
 * @typedef {object} Bench
 * @property {Record<string, any>} job
 * @property {import('./registry.mjs').System} system
 * @property {{ count: number, last: string | undefined, byChat: Map<number, string> | undefined, keyboard: object | undefined }} sent - what the bot has said
 * @property {(more: object) => Promise<import('./registry.mjs').Running>} start - makes the system
 * @property {(running: object, user: number, text: string) => Promise<unknown>} say - sends a text of a user
 */

const measurements = {
  chunks: () => import('./measurements/chunks.mjs'),
  profile: () => import('./measurements/profile.mjs'),
  heap: () => import('./measurements/heap.mjs'),
  wire: () => import('./measurements/wire.mjs'),
  dispatch: () => import('./measurements/dispatch.mjs'),
  race: () => import('./measurements/race.mjs'),
  deadlines: () => import('./measurements/deadlines.mjs'),
};

process.on('unhandledRejection', (error) => {
  console.error(error);
  process.exit(1);
});

const job = JSON.parse(process.argv[2] ?? '{}');
const { measure } = await measurements[job.measurement]();
const result = await measure(job.system === undefined ? { job } : await benchOf(job));
console.log(JSON.stringify(result));
process.exit(0);

/** @returns {Promise<Bench>} */
async function benchOf(job) {
  const { storage = 'memory', redisPort, postgresUrl, mariadbUrl, objectsUrl } = job;
  const system = systemOf(job.system);
  const { create } = await system.load();
  const sent = { count: 0, last: undefined, byChat: undefined, keyboard: undefined };
  const options = {
    storage,
    variant: system.variant,
    n: job.n,
    mode: job.mode,
    delay: job.delay ?? 20,
    prefix: job.prefix ?? `b${process.pid}.`,
    redis: storage === 'redis' ? await redisClients(redisPort, system.client) : undefined,
    postgres: storage === 'postgres' ? await postgresClients(postgresUrl) : undefined,
    mariadb: storage === 'mariadb' ? await mariadbClients(mariadbUrl) : undefined,
    objects: objectsUrl,
    sent(chat, text, { reply_markup: keyboard } = {}) {
      sent.count++;
      // an answer to a press has no text
      sent.last = text ?? sent.last;
      sent.keyboard = keyboard ?? sent.keyboard;
      sent.byChat?.set(chat, text);
    },
  };
  const say = (running, user, text) => running.handle(textFrom(user, text));
  return { job, system, sent, say, start: async (more) => await create({ ...options, ...more }) };
}
