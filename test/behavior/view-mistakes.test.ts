/** The most likely mistakes in views that no compiler finds: each is an error that names what to do. */

import { flow, scene, typed } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';
import { labels, play } from './view-play.ts';

// biome-ignore lint/suspicious/noExplicitAny: what only JavaScript lets through
type Loose = any;

/** Enters a view, and presses its button where it has one. */
async function errorsOf(framework: Framework, view: (turn: Loose) => unknown): Promise<string> {
  const Bad = scene('bad', { data: typed<{ n?: number }>() }).on({ view: view as Loose });
  const { anna, bot, machine } = play(framework, [Bad]);
  bot.command('bad', ({ fsm }) => fsm.enter(Bad));
  await anna.sends('/bad').catch(() => {});
  if (bot.errors.length === 0) await anna.taps('Go').catch(() => {});
  expect((await machine.at({ user: anna.id }).peek())?.data ?? {}).toEqual({});
  return bot.errors
    .map((error) => String((error as { error?: unknown }).error ?? error))
    .join()
    .replace('FsmError: ', '');
}

describe.each(frameworks)('a mistake in a view, on %s', (_, framework) => {
  it.each<readonly [string, (turn: Loose) => unknown, string]>([
    [
      'a transition of the view that is not returned',
      ({ button, again }) => ({
        text: 'A',
        rows: [
          button('go', 'Go', () => {
            again({ n: 1 });
          }),
        ],
      }),
      'A handler of "bad" called again() and returned nothing. Return the result of goto, call, again, stay, back, leave, reply, invalid or redo. In a node, return nothing to stay. In `enter` and `leave`, call turn.state. [TELEFSM_INVALID_TRANSITION]',
    ],
    [
      'a transition of the handler that is not returned',
      ({ button }) => ({
        text: 'A',
        rows: [
          button('go', 'Go', async ({ leave }: Loose) => {
            await Promise.resolve();
            leave().toast('Bye');
          }),
        ],
      }),
      'A handler of "bad" called leave() and returned nothing. Return the result of goto, call, again, stay, back, leave, reply, invalid or redo. In a node, return nothing to stay. In `enter` and `leave`, call turn.state. [TELEFSM_INVALID_TRANSITION]',
    ],
    [
      'a verb that is not called',
      ({ button, leave }) => ({ text: 'A', rows: [button('go', 'Go', leave)] }),
      'Invalid option "leave": found the turn of a handler. Expected a call: write leave(), not leave. Correct the option. [TELEFSM_INVALID_OPTION]',
    ],
    [
      'a verb that stays and is not called',
      ({ button, again }) => ({ text: 'A', rows: [button('go', 'Go', again)] }),
      'Invalid option "again": found the turn of a handler. Expected a call: write again(), not again. Correct the option. [TELEFSM_INVALID_OPTION]',
    ],
    [
      'a loader that returns a list',
      ({ pages, button, again }) => ({
        text: 'A',
        rows: [
          pages(
            'items',
            async () => [1, 2],
            () => button('a', 'A', again()),
          ),
        ],
      }),
      `Invalid option "the loader of 'items'": found an array. Expected it to return { items, total }. Correct the option. [TELEFSM_INVALID_OPTION]`,
    ],
    [
      'a list that is not there',
      ({ pages, button, again }) => ({
        text: 'A',
        rows: [pages('items', undefined, () => button('a', 'A', again()))],
      }),
      `Invalid option "the source of 'items'": found undefined. Expected a list or a loader. Correct the option. [TELEFSM_INVALID_OPTION]`,
    ],
    [
      'two buttons with one id',
      ({ button, again }) => ({
        text: 'A',
        rows: [button('a', 'A', again()), button('a', 'B', again())],
      }),
      `Invalid option "bad view rows": found 'a' twice. Expected different ids. Correct the option. [TELEFSM_INVALID_OPTION]`,
    ],
    [
      'rows without a text',
      ({ button, again }) => ({ rows: [button('a', 'A', again())] }),
      'Invalid option "bad view": found an object. Expected a text, or an object with text or media. Correct the option. [TELEFSM_INVALID_OPTION]',
    ],
    [
      'nothing',
      () => undefined,
      'Invalid option "bad view": found undefined. Expected a text, or an object with text or media. Correct the option. [TELEFSM_INVALID_OPTION]',
    ],
    [
      'a button without what it does',
      ({ button }) => ({ text: 'A', rows: [button('go', 'Go')] }),
      `Invalid option "press of the button 'go'": found undefined. Expected a transition or a handler. Correct the option. [TELEFSM_INVALID_OPTION]`,
    ],
    [
      'an effect in place of a handler',
      ({ button }) => ({ text: 'A', rows: [button('go', 'Go', Promise.resolve())] }),
      `Invalid option "press of the button 'go'": found an instance of Promise. Expected a transition or a handler. Correct the option. [TELEFSM_INVALID_OPTION]`,
    ],
    [
      'an id that was left out',
      ({ button, leave }) => ({ text: 'A', rows: [button('Close', leave())] }),
      `Invalid option "label of the button 'Close'": found an instance of Transition. Expected a text. Correct the option. [TELEFSM_INVALID_OPTION]`,
    ],
    [
      'an effect on the data',
      ({ data }) => {
        data.n = 1;
        return 'A';
      },
      'A handler tried to change frozen data: Cannot add property n, object is not extensible. Data and answers are read-only. Change data with ctx.state.edit((draft) => …), or change a copy. [TELEFSM_DATA_FROZEN]',
    ],
  ])('%s', async (_name, view, sentence) => {
    expect(await errorsOf(framework, view)).toBe(sentence);
  });

  it('a transition of a message handler, and of a question, that is not returned', async () => {
    const Node = scene('node').on({
      enter: () => 'Hi',
      handle: ({ again }) => void again(),
    });
    const f = flow('f', { data: typed<{ n?: number }>() })
      .ask('a', {
        prompt: 'A?',
        rows: (_, { button, again }) => [button('up', 'Up', () => void again({ n: 1 }))],
      })
      .done(() => {});
    const { anna, bot } = play(framework, [Node, f]);
    bot.command('node', ({ fsm }) => fsm.enter(Node));
    bot.command('f', ({ fsm }) => fsm.enter(f));
    await anna.sends('/node');
    await anna.sends('text');
    await anna.sends('/f');
    await anna.taps('Up');
    expect(bot.errors.map(String)).toEqual([
      expect.stringContaining('A handler of "node" called again() and'),
      expect.stringContaining('A handler of "f" called again() and'),
    ]);
  });

  it('a button without a label shows a dash', async () => {
    const Bare = scene('bare').on({
      view: ({ button, again }) => ({ text: 'A', rows: [button('a', '', again())] }),
    });
    const { anna, bot } = play(framework, [Bare]);
    bot.command('bare', ({ fsm }) => fsm.enter(Bare));
    await anna.sends('/bare');
    expect(labels(anna.last)).toEqual([['–']]);
  });
});

describe('handlers among the options of a scene', () => {
  it.each(['view', 'handle', 'enter', 'resume', 'leave'])('%s', (name) => {
    expect(() => scene('bad', { [name]: () => 'A' } as Loose)).toThrow(
      `Invalid option "bad ${name}": found a function. Expected it in .on({ … }).`,
    );
  });
});
