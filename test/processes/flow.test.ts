/** A flow whose process is killed goes on in the next one from its last committed step. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, type Program, type TestProcess } from '../servers/processes.ts';
import { type Address, open } from './engines.ts';
import type { FlowJob, FlowPoint, FlowSaid, FlowTold } from './flow-bot.ts';
import { engines, type RunningEngine } from './servers.ts';

let program: Program;
beforeAll(async () => {
  program = await bundle(new URL('./flow-bot.ts', import.meta.url));
});
afterAll(() => program?.remove());

const day = 86_400_000;
const key = 'telefsm:b1:c7:u7';
const killedAt: readonly (readonly [string, FlowPoint])[] = [
  ['after it has taken the conversation', 'granted-unheard'],
  ['in the handler', 'in the handler'],
  ['before the commit', 'commit 1 sent'],
  ['after the commit, before it has heard of it', 'commit 1 applied'],
  ['before the prompt is sent', 'before the prompt is sent'],
];

describe.each(engines)('on $name', ({ start: startEngine }) => {
  let engine: RunningEngine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine?.close());

  /** A conversation that outlives the processes of its bot. */
  async function conversation(timeout: number = day) {
    const folder = await mkdtemp(join(tmpdir(), 'telefsm-flow-'));
    const address: Address = engine.newAddress();
    const job: FlowJob = { address, log: join(folder, 'said'), timeout };
    const started: TestProcess<FlowSaid, FlowTold>[] = [];
    const deploy = async () => {
      const bot = program.start<FlowSaid, FlowTold>(job);
      started.push(bot);
      expect(await bot.next()).toEqual({ ready: true });
      return {
        ...bot,
        async hears(id: number, text: string) {
          bot.tell({ id, text });
          expect(await bot.next()).toEqual({ handled: id });
        },
        async diesAt(point: FlowPoint, id: number, text: string) {
          bot.tell({ id, text, stopAt: point });
          expect(await bot.next()).toEqual({ at: point });
          await bot.kill();
        },
      };
    };
    return {
      deploy,
      said: async () => (await readFile(job.log, 'utf8')).split('\n').slice(0, -1),
      /** Resolves when its deadline has passed. */
      async isDue() {
        const { storage, close } = open(address);
        while (((await storage.peek(key))?.deadlineIn ?? 1) > 0);
        await close();
      },
      async end() {
        for (const bot of started) await bot.kill();
        await rm(folder, { recursive: true, force: true });
      },
    };
  }

  it.each(killedAt)('killed %s: each step is asked and taken once', async (_, point) => {
    const { deploy, said, end } = await conversation();
    const first = await deploy();
    await first.hears(1, '/order');
    await first.hears(2, 'tea');
    await first.diesAt(point, 3, 'two');
    const second = await deploy();
    // Telegram has had no answer, so it sends the update again
    await second.hears(3, 'two');
    expect(await said()).toEqual(['Item?', 'How many?', 'City?']);
    await second.hears(3, 'two');
    await second.hears(4, 'Rome');
    expect(await said()).toEqual(['Item?', 'How many?', 'City?', 'two tea to Rome']);
    await end();
  });

  it('killed before the prompt is sent: what the user says next is not taken for its answer', async () => {
    const { deploy, said, end } = await conversation();
    const first = await deploy();
    await first.hears(1, '/order');
    await first.hears(2, 'tea');
    await first.diesAt('before the prompt is sent', 3, 'two');
    const second = await deploy();
    await second.hears(4, 'hello?');
    expect(await said()).toEqual(['Item?', 'How many?', 'City?']);
    await second.hears(5, 'Rome');
    expect((await said()).at(-1)).toBe('two tea to Rome');
    await end();
  });

  it('killed while its deadline comes: it ends once, by whichever process is first', async () => {
    const { deploy, said, isDue, end } = await conversation(300);
    const first = await deploy();
    await first.hears(1, '/order');
    await first.kill();
    await isDue();
    const next = [await deploy(), await deploy()];
    for (const bot of next) bot.tell('sweep');
    while ((await said()).length < 2);
    await next[0]?.hears(2, '/order');
    // the new one may have ended in its turn already
    expect((await said()).slice(0, 3)).toEqual(['Item?', 'Too late.', 'Item?']);
    await end();
  });

  it('killed while its deadline fires: the next update fires it again, and is handled', async () => {
    const { deploy, said, isDue, end } = await conversation(300);
    const first = await deploy();
    await first.hears(1, '/order');
    await isDue();
    await first.diesAt('commit 1 sent', 2, '/order');
    const second = await deploy();
    await second.hears(2, '/order');
    expect(await said()).toEqual(['Item?', 'Too late.', 'Item?']);
    await end();
  });
});
