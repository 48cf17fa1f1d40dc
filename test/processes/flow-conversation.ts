/** A conversation with a flow whose bot is killed and started again. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { bundle, type Program, type TestProcess } from '../servers/processes.ts';
import { until } from '../servers/until.ts';
import { type Address, open } from './engines.ts';
import type { FlowJob, FlowPoint, FlowSaid, FlowTold } from './flow-bot.ts';
import type { RunningEngine } from './servers.ts';

const program: { built?: Promise<Program> } = {};
const day = 86_400_000;
const key = 'telefsm:b1:c7:u7';

/** Removes the bundle of the bot. */
export async function removeFlowBots(): Promise<void> {
  const { built } = program;
  delete program.built;
  await (await built)?.remove();
}

/** A conversation that outlives the processes of its bot. */
export async function conversation(engine: RunningEngine, timeout: number = day) {
  program.built ??= bundle(new URL('./flow-bot.ts', import.meta.url));
  const { start } = await program.built;
  const folder = await mkdtemp(join(tmpdir(), 'telefsm-flow-'));
  const address: Address = engine.newAddress();
  const job: FlowJob = { address, log: join(folder, 'said'), timeout };
  const started: TestProcess<FlowSaid, FlowTold>[] = [];
  const deploy = async () => {
    const bot = start<FlowSaid, FlowTold>(job);
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
    sentTexts: async () => (await readFile(job.log, 'utf8')).split('\n').slice(0, -1),
    /** Resolves when its deadline has passed. */
    async isDue() {
      const { storage, close } = open(address);
      await until(async () => ((await storage.peek(key))?.deadlineIn ?? 1) <= 0);
      await close();
    },
    async end() {
      for (const bot of started) await bot.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Kills a bot at a point of its third update and asserts that each step is asked and answered once. */
export async function expectStepsOnce(engine: RunningEngine, point: FlowPoint): Promise<void> {
  const { deploy, sentTexts, end } = await conversation(engine);
  const first = await deploy();
  await first.hears(1, '/order');
  await first.hears(2, 'tea');
  await first.diesAt(point, 3, 'two');
  const second = await deploy();
  // Telegram has had no answer, so it sends the update again
  await second.hears(3, 'two');
  expect(await sentTexts()).toEqual(['Item?', 'How many?', 'City?']);
  await second.hears(3, 'two');
  await second.hears(4, 'Rome');
  expect(await sentTexts()).toEqual(['Item?', 'How many?', 'City?', 'two tea to Rome']);
  await end();
}
