/** Methods of the Bot API that have no parameters, called through the framework's own client. */

import { scene } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

it.each(frameworks)('a turn calls a method without parameters, on %s', async (_, framework) => {
  const asking = scene('asking').on({
    handle: async ({ api, reply }) => {
      const { username } = await api<{ username: string }>('getMe', {});
      await reply(`I am ${username}.`);
    },
  });
  const bot = framework.bot();
  bot.noteErrors();
  const machine = bot.fsm({ states: [asking], initial: asking });
  machine.connect(bot.bot as never);
  const world = telegram(bot.bot, { via: 'polling' });
  const anna = world.user('Anna');
  await anna.sends('hello');
  await anna.sends('who are you?');
  expect(bot.errors).toEqual([]);
  anna.sees('I am test_bot.');
  const outside = await machine.at({ user: anna.id }).run(({ api }) => api('getMe', {}));
  expect(outside).toMatchObject({ username: 'test_bot' });
  await world.stop();
});
