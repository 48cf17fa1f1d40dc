/** Answers that the bot's own code spoils while nobody observes `inputRejected`: the author reads a warning, once. */

import { flow, scene } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { frameworks } from './frameworks.ts';

afterEach(() => void vi.restoreAllMocks());

// without the compiler, these mistakes are easy to make
const careless = (question: object) =>
  flow('order', { trigger: '/order' })
    .ask('count', { prompt: 'How many?', ...question } as never)
    .done(() => 'Ordered.');

describe.each(frameworks)('an answer that the code of a bot spoils, on %s', (_, framework) => {
  async function play(state: unknown, isObserved = false) {
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    emit.mockClear();
    const bot = framework.bot();
    const machine = bot.fsm({ states: [state] });
    if (isObserved) machine.observe('inputRejected', () => {});
    bot.command('enter', ({ fsm }) => fsm.enter(state as never));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/enter');
    await anna.sends('3');
    anna.sees('That is not a valid answer. Please try again.');
    await anna.sends('3');
    return () => {
      const calls: readonly (readonly unknown[])[] = emit.mock.calls;
      return calls.filter(([, options]) => JSON.stringify(options)?.includes('INPUT_REJECTED'));
    };
  }

  it.each([
    ['a validate without a return', careless({ validate: () => {} }), /order:count.+undefined/],
    ['a date of a schema', careless({ schema: z.coerce.date() }), /order:count.+of Date/],
    [
      'a picker of a node that tests',
      scene('hall', { accept: (() => true) as never }).on({
        enter: () => 'Well?',
        handle: () => {},
      }),
      /hall.+found true/,
    ],
    [
      'data of a node that is not JSON',
      scene('cellar').on({
        enter: () => 'Well?',
        handle: ({ again }) => again({ at: new Date() } as never),
      }),
      /cellar.+of Date/,
    ],
  ])('is a warning that names the question: %s', async (_name, state, message) => {
    const code = 'TELEFSM_INPUT_REJECTED';
    const warned = await play(state);
    await vi.waitFor(() => expect(warned()).toEqual([[expect.stringMatching(message), { code }]]));
    expect((await play(state, true))()).toEqual([]);
  });

  it('is a warning that names the flow, if it came with the trigger', async () => {
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const order = flow('order', { trigger: '/order' })
      .ask('count', { prompt: 'How many?' })
      .done(() => 'Ordered.', { from: () => ({ count: new Date() }) as never });
    const bot = framework.bot();
    bot.fsm({ states: [order] });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/order 3');
    anna.sees('How many?');
    const warning = /order.+of Date/;
    await vi.waitFor(() =>
      expect(emit).toHaveBeenCalledWith(expect.stringMatching(warning), {
        code: 'TELEFSM_INPUT_REJECTED',
      }),
    );
  });
});
