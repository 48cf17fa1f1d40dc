/** The examples that move in, before and after, in real processes on one Redis: what users read when processes are killed, or are two. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundle, type Program, type TestProcess } from '../servers/processes.ts';
import { freshName, sharedRedis } from '../servers/shared.ts';
import type { MoveInJob, MoveInSaid, MoveInTold } from './move-in-bot.ts';

let program: Program;
let port: number;
let folder: string;
const started: TestProcess<MoveInSaid, MoveInTold>[] = [];
beforeAll(async () => {
  program = await bundle(new URL('./move-in-bot.ts', import.meta.url));
  ({ port } = await sharedRedis());
  folder = await mkdtemp(join(tmpdir(), 'telefsm-move-in-'));
});
afterEach(async () => {
  for (const bot of started.splice(0)) await bot.kill();
});
afterAll(async () => {
  await program?.remove();
  await rm(folder, { recursive: true, force: true });
});

/** A bot that is deployed again and again. */
function botOf(example: MoveInJob['example'], version: MoveInJob['version']) {
  const job: MoveInJob = {
    example,
    version,
    port,
    space: freshName(),
    log: join(folder, freshName()),
  };
  let ids = 0;
  return {
    async deploy() {
      const bot = program.start<MoveInSaid, MoveInTold>(job);
      started.push(bot);
      expect(await bot.next()).toEqual({ ready: true });
      return bot;
    },
    nextId: () => ++ids,
    said: async () => (await readFile(job.log, 'utf8')).split('\n').slice(0, -1),
  };
}

/** The process is killed after each update, before Telegram has been told that it was handled: so Telegram sends it again. */
async function killedAfterEach(bot: ReturnType<typeof botOf>, texts: readonly string[]) {
  let process = await bot.deploy();
  for (const text of texts) {
    const id = bot.nextId();
    process.tell({ id, text });
    await process.next();
    await process.kill();
    process = await bot.deploy();
    process.tell({ id, text });
    await process.next();
  }
  return bot.said();
}

/** The process is killed while it sends its answer to each update. */
async function killedWhileSending(bot: ReturnType<typeof botOf>, texts: readonly string[]) {
  let process = await bot.deploy();
  for (const text of texts) {
    const id = bot.nextId();
    process.tell({ id, text, stop: 'while it sends' });
    expect(await process.next()).toEqual({ sends: expect.any(String) });
    await process.kill();
    process = await bot.deploy();
    process.tell({ id, text });
    expect(await process.next()).toEqual({ handled: id });
  }
  return bot.said();
}

/** One process is at work on "tea" when another one gets "3". */
async function twoProcesses(bot: ReturnType<typeof botOf>, isOrdered: boolean) {
  const [first, second] = [await bot.deploy(), await bot.deploy()];
  const [order, tea, three, orders] = [bot.nextId(), bot.nextId(), bot.nextId(), bot.nextId()];
  first.tell({ id: order, text: '/order' });
  expect(await first.next()).toEqual({ handled: order });
  first.tell({ id: tea, text: 'tea', stop: 'while it sends' });
  expect(await first.next()).toEqual({ sends: 'How many?' });
  second.tell({ id: three, text: '3' });
  // where updates are in order, the second one waits for the first
  if (!isOrdered) await second.next();
  first.tell({ goOn: true });
  expect(await first.next()).toEqual({ handled: tea });
  if (isOrdered) expect(await second.next()).toEqual({ handled: three });
  second.tell({ id: orders, text: '/orders' });
  await second.next();
  return bot.said();
}

const texts = ['/order', 'tea', '3', '/orders'];
/** The messages that users read without telefsm if the process is killed after each update: redelivered updates become answers. */
const killedBefore = {
  wizard: [
    'What would you like?',
    'How many?',
    'Ordered: 3 × /order',
    // "tea", the number of the first attempt, is in the list although its step has thrown: twice, since it came twice
    ...['tea × /order', 'tea × /order', '3 × /order'],
    ...['tea × /order', 'tea × /order', '3 × /order'],
  ],
  // "tea" is no number, and a conversation that throws is left
  conversations: ['What would you like?', 'How many?', 'No orders yet.', 'No orders yet.'],
};
const once = ['What would you like?', 'How many?', 'Ordered: 3 × tea', '3 × tea'];

describe.each(['wizard', 'conversations'] as const)('the %s bot', (example) => {
  it('killed after each update: before, redelivered updates are taken for answers', async () => {
    const sentTexts = await killedAfterEach(botOf(example, 'before'), texts);
    expect(sentTexts).toEqual(killedBefore[example]);
  });

  it('killed after each update: after, the user notices nothing', async () => {
    expect(await killedAfterEach(botOf(example, 'after'), texts)).toEqual(once);
  });

  it.each(['before', 'after'] as const)(
    'killed while it sends each answer: %s, nothing is lost, and each message may be read twice',
    async (version) => {
      const said = await killedWhileSending(botOf(example, version), texts);
      expect(said).toEqual(once.flatMap((text) => [text, text]));
    },
  );

  it('in two processes: before, one of two texts is lost', async () => {
    const said = await twoProcesses(botOf(example, 'before'), false);
    expect(said).toEqual(['What would you like?', 'How many?', 'How many?']);
  });

  it('in two processes: after, both texts are answers, in their order', async () => {
    expect(await twoProcesses(botOf(example, 'after'), true)).toEqual(once);
  });
});
