import { setTimeout } from 'node:timers/promises';
import { createMachine } from '@telefsm/core/adapter';
import { botApiServer, virtualClock } from '@telefsm/testing';
import { expect, it } from 'vitest';
import { type PlaygroundBot, type PlaygroundExample, playground } from '../src/index.ts';
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

/** Takes long enough for a second request to arrive. */
const openServer: typeof botApiServer = async (options) => {
  await setTimeout(50);
  return botApiServer(options);
};

it('runs one bot when two examples are opened at once, and none after it was stopped', async () => {
  const { running, examples } = counted();
  const made = { examples, openServer, makeClock: virtualClock };
  const { url, token, stop } = await playground(made);
  const open = () =>
    fetch(new URL('/do/open', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams({ example: 'example', framework: 'grammy' }),
      redirect: 'manual',
    });
  const answers = await Promise.all([open(), open()]);
  expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  expect(running.size).toBe(1);
  await stop();
  expect(running.size).toBe(0);
});

it('runs one bot after two crashes at once', async () => {
  const { running, examples } = counted();
  const made = { examples, openServer, makeClock: virtualClock };
  const session = await openSession('example', 'grammy', made, () => {});
  await Promise.all([session.crash('now'), session.crash('now')]);
  expect(session.crashes).toBe(2);
  expect(running.size).toBe(1);
  await session.stop();
  expect(running.size).toBe(0);
});
