/** A vote finds the conversation that sent the poll, whichever process of the bot gets it. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textUpdate } from '../behavior/frameworks.ts';
import { bundle, type Program, type TestProcess } from '../servers/processes.ts';
import type { PollJob } from './poll-bot.ts';
import { engines, type RunningEngine } from './servers.ts';

type Said = { readonly ready: true } | { readonly handled: number };

let program: Program;
beforeAll(async () => {
  program = await bundle(new URL('./poll-bot.ts', import.meta.url));
});
afterAll(() => program?.remove());

const group = -1_001_000_000_007;
const asked = { user: 5, chat: group };

function voteOf(update_id: number, user: number, ...option_ids: number[]): object {
  const voter = { id: user, is_bot: false, first_name: 'User' };
  return { update_id, poll_answer: { poll_id: `of-${group}`, user: voter, option_ids } };
}

describe.each(engines)('polls on $name', ({ start }) => {
  let engine: RunningEngine;
  let folder: string;
  const started: TestProcess<Said, object>[] = [];
  beforeAll(async () => {
    engine = await start();
    folder = await mkdtemp(join(tmpdir(), 'telefsm-polls-'));
  });
  afterAll(async () => {
    for (const each of started) await each.kill();
    await engine?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Two processes of one bot, with no conversations yet. */
  async function deploy(name: string) {
    const job: PollJob = { address: engine.newAddress(), log: join(folder, name) };
    const two = [program.start<Said, object>(job), program.start<Said, object>(job)] as const;
    started.push(...two);
    for (const each of two) expect(await each.next()).toEqual({ ready: true });
    const sentTexts = async () => (await readFile(job.log, 'utf8')).split('\n').slice(0, -1);
    return { two, sentTexts };
  }

  async function handles(bot: TestProcess<Said, object>, update: object): Promise<void> {
    bot.tell(update);
    expect(await bot.next()).toEqual({ handled: Reflect.get(update, 'update_id') });
  }

  it('a vote that reaches another process than the one that asked is the answer, also after that one was killed', async () => {
    const { two, sentTexts } = await deploy('killed');
    const [first, second] = two;
    await handles(first, textUpdate(1, '/lunch', asked));
    await handles(second, voteOf(2, 6, 0));
    expect(await sentTexts()).toEqual([`Lunch? in ${group}`]);
    await first.kill();
    await handles(second, voteOf(3, 5, 1));
    await handles(second, textUpdate(4, '7', asked));
    expect(await sentTexts()).toEqual([
      `Lunch? in ${group}`,
      `Seats? in ${group}`,
      `Option 1, 7 seats. in ${group}`,
    ]);
  });

  it('a vote that reaches both processes at once is one answer', async () => {
    const { two, sentTexts } = await deploy('at-once');
    const [first, second] = two;
    await handles(first, textUpdate(1, '/lunch', asked));
    await Promise.all(two.map((each) => handles(each, voteOf(2, 5, 0))));
    expect(await sentTexts()).toEqual([`Lunch? in ${group}`, `Seats? in ${group}`]);
    await handles(second, textUpdate(3, '2', asked));
    expect((await sentTexts()).at(-1)).toBe(`Option 0, 2 seats. in ${group}`);
  });
});
