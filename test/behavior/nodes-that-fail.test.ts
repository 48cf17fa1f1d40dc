/** Nodes whose `enter` throws: it runs after the commit, so the move stays, and the user is notified. */

import { flow, scene } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

describe.each(frameworks)('a node whose enter throws, on %s', (_, framework) => {
  it.each(['now', 'later'] as const)('%s, is entered again by the next message', async (when) => {
    let isBroken = true;
    const hall = () => {
      if (isBroken) throw new Error('no hall');
      return 'In the hall.';
    };
    const Hall = scene('hall').on({
      enter: when === 'now' ? hall : async () => hall(),
      handle: ({ input, reply }) => reply(`You say ${input.text}.`),
    });
    const Door = scene('door').on({
      enter: () => 'At the door.',
      handle: ({ goto }) => goto(Hall),
    });
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({ states: [Door, Hall], initial: Door });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('hi');
    await anna.sends('in');
    anna.sees('Something went wrong. Please try again.');
    expect(bot.errors).toMatchObject([{ message: 'no hall' }]);
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ current: 'hall' });
    await anna.sends('hello?');
    anna.sees('Something went wrong. Please try again.');
    isBroken = false;
    await anna.sends('hello?');
    anna.sees('In the hall.');
    await anna.sends('nice');
    anna.sees('You say nice.');
  });

  it('reads the text of the machine, also where a flow has returned to it', async () => {
    const pick = flow('pick')
      .ask('what', { prompt: 'What?' })
      .done(() => {});
    let hasPicked = false;
    const Menu = scene('menu').on({
      enter: () => {
        if (hasPicked) throw new Error('no menu');
        return 'Menu.';
      },
      handle: ({ call }) => {
        hasPicked = true;
        return call(pick);
      },
    });
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [Menu, pick], initial: Menu, texts: { failed: 'Oh no.' } });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('hi');
    await anna.sends('pick');
    await anna.sends('tea');
    anna.sees('Oh no.');
    expect(bot.errors).toMatchObject([{ message: 'no menu' }]);
  });

  it('is not apologized for when it is the bot that throws later', async () => {
    const Hall = scene('hall').on({
      enter: async ({ reply }) => void (await reply('<b>In the hall')),
      handle: () => {},
    });
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [Hall] });
    bot.command('boom', () => {
      throw new Error('of the bot');
    });
    bot.command('go', ({ fsm }) => fsm.enter(Hall));
    const world = telegram(bot.bot);
    const anna = world.user('Anna');
    const rejection = { error_code: 400, description: "Bad Request: can't parse entities" };
    world.fails('sendMessage', rejection);
    await anna.sends('/go');
    // asked again before the command, and rejected again
    world.fails('sendMessage', rejection);
    await anna.sends('/boom');
    expect(bot.errors).toMatchObject([{ message: 'of the bot' }]);
    const texts = anna.screen().map(({ text }) => text);
    expect(texts).toEqual(['Something went wrong. Please try again.']);
  });

  it('is not apologized for when no code has failed, but a call of the Bot API', async () => {
    const Hall = scene('hall').on({
      enter: async ({ reply }) => void (await reply('In the hall.')),
      handle: () => {},
    });
    const inPlace = flow('inPlace', { prompts: 'edit' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done(() => {});
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [Hall, inPlace] });
    bot.command('go', ({ fsm }) => fsm.enter(Hall));
    bot.command('flow', ({ fsm }) => fsm.enter(inPlace));
    const world = telegram(bot.bot);
    const anna = world.user('Anna');
    const outage = { error_code: 502, description: 'Bad Gateway' };
    world.fails('sendMessage', outage);
    await anna.sends('/go');
    expect(anna.screen()).toEqual([]);
    await anna.sends('/flow');
    world.fails('editMessageText', outage);
    await anna.sends('one');
    const failed = 'Something went wrong. Please try again.';
    expect(anna.screen().map(({ text }) => text)).not.toContain(failed);
    expect(bot.errors).toHaveLength(2);
  });
});
