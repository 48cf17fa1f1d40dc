/** Nodes whose `enter` moves the user on, for example to a login: the question of the other scene is asked at once. */

import { flow, scene, state, states } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

describe.each(frameworks)('enter of a node that moves the user, on %s', (_, framework) => {
  function play(targets: readonly unknown[], first: unknown) {
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({ states: targets });
    bot.command('go', ({ fsm }) => fsm.enter(first as never));
    const anna = telegram(bot.bot).user('Anna');
    const current = async () => (await machine.at({ user: anna.id }).peek())?.current ?? null;
    return { anna, bot, current };
  }

  it('asks the question of the other node, after what both have to say', async () => {
    const Login = scene('login').on({
      enter: () => 'Your name?',
      handle: ({ input, reply }) => reply(`Hello, ${input.text}.`),
    });
    const Account = scene('account').on({
      enter: ({ state }) => {
        state.enter(Login);
        return 'Please log in first.';
      },
      handle: () => {},
      leave: () => 'Your account is closed meanwhile.',
    });
    const { anna, bot, current } = play([Account, Login], Account);
    await anna.sends('/go');
    for (const text of [
      'Please log in first.',
      'Your account is closed meanwhile.',
      'Your name?',
    ]) {
      anna.sees(text);
    }
    expect(await current()).toBe('login');
    await anna.sends('Anna');
    anna.sees('Hello, Anna.');
    expect(bot.errors).toEqual([]);
  });

  it('asks the first question of a flow, which the next text answers', async () => {
    const login = flow('login')
      .ask('name', { prompt: 'Your name?' })
      .done(({ name }) => `Hello, ${name}.`);
    const Account = scene('account').on({
      enter: async ({ state }) => void state.enter(login),
      handle: () => {},
    });
    const { anna, current } = play([Account, login], Account);
    await anna.sends('/go');
    anna.sees('Your name?');
    await anna.sends('Anna');
    anna.sees('Hello, Anna.');
    expect(await current()).toBeNull();
  });

  it('may end in a plain state', async () => {
    const Form = states('Form', { name: state() });
    const Hall = scene('hall').on({ enter: ({ state }) => state.set(Form.name), handle: () => {} });
    const { anna, bot, current } = play([Hall, Form], Hall);
    await anna.sends('/go');
    anna.seesNothing();
    expect([await current(), bot.errors]).toEqual(['Form:name', []]);
  });

  it('is a loop if it never ends, and the user reads that something failed', async () => {
    const Ping = scene('ping').on({ enter: ({ state }) => state.enter('pong'), handle: () => {} });
    const Pong = scene('pong').on({ enter: ({ state }) => state.enter('ping'), handle: () => {} });
    const { anna, bot } = play([Ping, Pong], Ping);
    await anna.sends('/go');
    anna.sees('Something went wrong. Please try again.');
    expect(bot.errors).toMatchObject([{ code: 'TRANSITION_LOOP' }]);
  });
});
