import { setImmediate } from 'node:timers/promises';
import { createMachine } from '@telefsm/core/adapter';
import { botApiServer, virtualClock } from '@telefsm/testing';
import { expect, it, vi } from 'vitest';
import { type PlaygroundBot, type PlaygroundExample, playground } from '../src/index.ts';
import { leapingClock } from '../src/playground/leaping-clock.ts';
import { openSession } from '../src/playground/session.ts';

/** Bots that do nothing, and those that run. */
function counted() {
  const running = new Set<PlaygroundBot>();
  const makeBot = (): PlaygroundBot => {
    const bot: PlaygroundBot = {
      machine: createMachine(),
      async run() {
        running.add(bot);
      },
      async stop() {
        running.delete(bot);
      },
    };
    return bot;
  };
  const example: PlaygroundExample = { about: 'A bot.', bots: { grammy: makeBot } };
  return { running, examples: { example } };
}

/** Opens servers at once, until `hold` is called: then each waits until `release` is called. */
function gatedServer() {
  let begun = () => {};
  let release = () => {};
  let released: Promise<void> | undefined;
  const openServer: typeof botApiServer = async (options) => {
    begun();
    await released;
    return botApiServer(options);
  };
  /** Resolves when a server waits. */
  const hold = () => {
    released = new Promise((resolve) => {
      release = resolve;
    });
    return new Promise<void>((resolve) => {
      begun = resolve;
    });
  };
  return { openServer, hold, release: () => release() };
}

it('runs one bot when two examples are opened at once, and none after it was stopped', async () => {
  const { running, examples } = counted();
  const { openServer, hold, release } = gatedServer();
  const made = { examples, openServer, makeClock: virtualClock };
  const { url, token, stop } = await playground(made);
  const open = () =>
    fetch(new URL('/do/open', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams({ example: 'example', framework: 'grammy' }),
      redirect: 'manual',
    });
  const isOpening = hold();
  const first = open();
  await isOpening;
  const second = open();
  // answered at once, behind the second one
  await fetch(url);
  release();
  const answers = await Promise.all([first, second]);
  expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  expect(running.size).toBe(1);
  await stop();
  expect(running.size).toBe(0);
});

it('runs one bot after two crashes at once', async () => {
  const { running, examples } = counted();
  const made = { examples, openServer: botApiServer, makeClock: virtualClock };
  const session = await openSession('example', 'grammy', made, () => {});
  await Promise.all([session.crash('now'), session.crash('now')]);
  expect(session.crashes).toBe(2);
  expect(running.size).toBe(1);
  await session.stop();
  expect(running.size).toBe(0);
});

it.each([
  ['while it crashes', 0],
  ['between two crashes', 1],
])('runs no bot after it was stopped %s', async (_, seen) => {
  const { running, examples } = counted();
  const made = { examples, openServer: botApiServer, makeClock: virtualClock };
  let changes = 0;
  const session = await openSession('example', 'grammy', made, () => {
    changes += 1;
  });
  const crashes = [session.crash('now'), session.crash('now')];
  const isReached = () => session.crashes === 1 && changes === seen;
  while (!isReached()) await (seen === 0 ? undefined : setImmediate());
  await session.stop();
  await Promise.all(crashes);
  expect(running.size).toBe(0);
  expect(session.crashes).toBe(1);
});

it('a leap that fails affects no later leap and no timer', async () => {
  const time = virtualClock();
  const advance = vi.spyOn(time, 'advance').mockRejectedValueOnce(new Error('A timer threw.'));
  const { clock, leap } = leapingClock(time);
  await expect(leap(86_400_000)).rejects.toThrow('A timer threw.');
  const fired: number[] = [];
  clock.setTimeout(() => fired.push(clock.now()), 10);
  const due = clock.now() + 10;
  await time.advance(10);
  expect(fired).toEqual([due]);
  advance.mockClear();
  await leap(1000);
  expect(advance).toHaveBeenCalled();
});
