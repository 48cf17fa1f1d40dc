/** Messages that Telegram rejects while nobody observes `sendFailed`: the author of the bot reads a warning, once. */

import { flow, scene } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { frameworks } from './frameworks.ts';

afterEach(() => void vi.restoreAllMocks());

const unsayable = { text: 'I <3 you', parse_mode: 'HTML' } as const;

describe.each(frameworks)('a message that Telegram rejects, on %s', (_, framework) => {
  async function warnings(state: object, options: { observed?: boolean; blocked?: boolean } = {}) {
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    emit.mockClear();
    const bot = framework.bot();
    const machine = bot.fsm({ states: [state] });
    if (options.observed) machine.observe('sendFailed', () => {});
    bot.command('enter', ({ fsm }) => fsm.enter(state as never));
    const world = telegram(bot.bot);
    if (options.blocked) world.fails('sendMessage', { error_code: 403, description: 'Forbidden' });
    for (const name of ['Anna', 'Ben']) {
      await world.user(name).sends('/enter');
      await world.user(name).sends('An answer');
    }
    const calls: readonly (readonly unknown[])[] = emit.mock.calls;
    return calls.filter(([, options]) => JSON.stringify(options)?.includes('TELEFSM_SEND_FAILED'));
  }

  it.each([
    [
      'prompt of a flow',
      flow('a')
        .ask('b', { prompt: unsayable })
        .done(() => {}),
    ],
    [
      'message of done',
      flow('a')
        .ask('b', { prompt: 'B?' })
        .done(() => unsayable),
    ],
    ['prompt of a node', scene('a').on({ enter: () => unsayable, handle: () => {} })],
  ])('is a warning with the reason, once, if it is the %s', async (_name, state) => {
    expect(await warnings(state)).toEqual([
      [
        expect.stringMatching(/Telegram rejected .*can't parse entities/),
        { code: 'TELEFSM_SEND_FAILED' },
      ],
    ]);
    expect(await warnings(state, { observed: true })).toEqual([]);
  });

  it('is no warning if the user has blocked the bot', async () => {
    const polite = flow('a')
      .ask('b', { prompt: 'B?' })
      .done(() => {});
    expect(await warnings(polite, { blocked: true })).toEqual([]);
  });

  it('is a warning of its own if the bot cannot write to the chat at all', async () => {
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const bot = framework.bot();
    const greet = flow('greet', { trigger: '/greet' })
      .ask('name', { prompt: 'Name?' })
      .done(() => unsayable);
    const machine = bot.fsm({ states: [greet] });
    const world = telegram(bot.bot);
    machine.connect(bot.bot as never);
    const gone = { error_code: 400, description: 'Bad Request: chat not found' };
    for (const user of [7, 8]) {
      world.fails('sendMessage', gone, 2);
      await machine.at({ user }).run(({ state }) => state.enter(greet));
    }
    const anna = world.user('Anna');
    for (const text of ['/greet', 'Anna']) await anna.sends(text);
    expect(emit.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(
        /chat not found.*The user read nothing: the text "failed" could not be sent either\./,
      ),
      expect.stringMatching(/can't parse entities.*The user read the text "failed"\./),
    ]);
  });
});
