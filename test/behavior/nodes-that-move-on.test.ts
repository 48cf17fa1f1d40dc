/** Nodes whose `enter` moves the user on, for example to a login: the question of the other scene is asked at once. */

import { flow, scene, state, states } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks, type Options } from './frameworks.ts';

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
});

describe.each(frameworks)('enter of a node that moves the user, on %s', (_, framework) => {
  function play(targets: readonly unknown[], first: unknown, options: Options = {}) {
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({ states: targets, ...options });
    bot.command('go', ({ fsm }) => fsm.enter(first as never));
    const world = telegram(bot.bot);
    const anna = world.user('Anna');
    const current = async () => (await machine.at({ user: anna.id }).peek())?.current ?? null;
    return { anna, bot, current, machine, world };
  }

  it('asks the question of the other node, after what both have to say', async () => {
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

  it('is committed before the next question is asked, so a crash there loses nothing', async () => {
    const stored: unknown[] = [];
    const Login = scene('login').on({
      enter: async () => {
        stored.push(await current());
        return 'Your name?';
      },
      handle: () => {},
    });
    const Account = scene('account').on({
      enter: async ({ state }) => {
        stored.push(await current());
        state.enter(Login);
        return 'Please log in first.';
      },
      handle: () => {},
    });
    const { anna, current } = play([Account, Login], Account);
    await anna.sends('/go');
    expect(stored).toEqual(['account', 'login']);
  });

  it('also where a deadline has led to it, and an update comes next', async () => {
    const Wait = scene('wait', { timeout: '1m' }).on({
      enter: () => 'Wait.',
      handle: () => {},
      timeout: ({ goto }) => goto(Account),
    });
    const clock = virtualClock();
    const { anna, bot } = play([Wait, Account, Login], Wait, { clock });
    await anna.sends('/go');
    await clock.advance('2m');
    await anna.sends('Anna');
    const texts = anna.screen().map(({ text }) => text);
    expect(texts).toEqual(['Wait.', 'Please log in first.', 'Your name?', 'Hello, Anna.']);
    expect(bot.errors).toEqual([]);
  });

  it('holds back what both have to say while Telegram takes no messages, and loses none of it', async () => {
    const Login = scene('login').on({ enter: () => 'Your name?', handle: () => {} });
    const Account = scene('account').on({
      enter: ({ state }) => state.enter(Login),
      handle: () => {},
      leave: () => 'Your account is closed meanwhile.',
    });
    const clock = virtualClock();
    const { anna, bot, world } = play([Account, Login], Account, { clock });
    const description = 'Too Many Requests: retry after 40';
    world.fails('sendMessage', { error_code: 429, description, parameters: { retry_after: 40 } });
    await anna.sends('/go');
    expect(anna.screen()).toEqual([]);
    await clock.advance('40s');
    const texts = anna.screen().map(({ text }) => text);
    expect(texts).toEqual(['Your account is closed meanwhile.', 'Your name?']);
    expect(bot.errors).toEqual([]);
  });

  it('asks the next question although Telegram has rejected the message before it', async () => {
    const Login = scene('login').on({ enter: () => 'Your name?', handle: () => {} });
    const Account = scene('account').on({
      enter: ({ state }) => {
        state.enter(Login);
        return '<b>Log in';
      },
      handle: () => {},
    });
    const { anna, current, world } = play([Account, Login], Account);
    const description = "Bad Request: can't parse entities";
    world.fails('sendMessage', { error_code: 400, description });
    await anna.sends('/go');
    const texts = anna.screen().map(({ text }) => text);
    expect(texts).toEqual(['Something went wrong. Please try again.', 'Your name?']);
    expect(await current()).toBe('login');
  });

  it('sends the text `failed` of the scene whose code has failed', async () => {
    const Login = scene('login').on({
      enter: () => {
        throw new Error('no login');
      },
      handle: () => {},
    });
    const Account = scene('account').on({
      enter: ({ state }) => state.enter(Login),
      handle: () => {},
    });
    const { anna, bot, current } = play([Account, Login], Account);
    await anna.sends('/go');
    anna.sees('Something went wrong. Please try again.');
    expect(await current()).toBe('login');
    expect(bot.errors).toMatchObject([{ message: 'no login' }]);
  });

  it('is a loop if it never ends: after ten messages the user reads that something failed', async () => {
    const node = (id: string, next: string) =>
      scene(id).on({
        enter: ({ state }) => {
          state.enter(next);
          return `${id}!`;
        },
        handle: () => {},
      });
    const Ping = node('ping', 'pong');
    const { anna, bot, world } = play([Ping, node('pong', 'ping')], Ping);
    await anna.sends('/go');
    anna.sees('Something went wrong. Please try again.');
    expect(world.calls.length).toBeLessThanOrEqual(12);
    expect(bot.errors).toMatchObject([{ code: 'TRANSITION_LOOP' }]);
  });

  it('is a loop too if Telegram rejects each of its messages', async () => {
    const Echo = scene('echo').on({
      enter: ({ state }) => {
        state.enter('echo');
        return 'echo!';
      },
      handle: () => {},
    });
    const { anna, bot, world } = play([Echo], Echo);
    const description = "Bad Request: can't parse entities";
    world.fails('sendMessage', { error_code: 400, description }, 100);
    await anna.sends('/go');
    expect(bot.errors).toMatchObject([{ code: 'TRANSITION_LOOP' }]);
  });
});
