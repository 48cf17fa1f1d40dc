/** Hooks of nodes show something. A transition that they make would be lost, so it is an error; a reply that a handler returns is fine. */

import { scene, typed } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

// biome-ignore lint/suspicious/noExplicitAny: what only JavaScript lets through
type Loose = any;

describe.each(frameworks)('a node, on %s', (_, framework) => {
  const Other = scene('other').on({ enter: () => 'Other.', handle: () => {} });

  async function play(handlers: Loose) {
    const bot = framework.bot();
    bot.noteErrors();
    const node = scene('node', { data: typed<{ n?: number }>() }).on(handlers);
    const machine = bot.fsm({ states: [node, Other] });
    bot.command('enter', ({ fsm }) => fsm.enter(node));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/enter');
    const stored = () => machine.at({ user: anna.id }).peek();
    return { anna, stored, errors: bot.errors };
  }
  const error = (made: string) => [
    { code: 'INVALID_TRANSITION', details: { scene: 'node', made } },
  ];

  it.each<readonly [string, string, (turn: Loose) => unknown]>([
    ['made and dropped', 'stay', ({ stay }) => void stay({ n: 1 })],
    ['returned', 'goto', ({ goto }) => goto(Other)],
    [
      'made after an await',
      'again',
      async ({ reply, again }) => {
        await reply('Hi');
        again({ n: 1 });
      },
    ],
  ])('reports a transition of `enter` that is %s', async (_name, made, enter) => {
    const { errors } = await play({ enter, handle: () => {} });
    expect(errors).toMatchObject(error(made));
    expect(String(errors[0])).toContain('In `enter` and `leave`, call turn.state.');
  });

  it.each<readonly [string, (turn: Loose) => unknown]>([
    ['made and dropped', ({ goto }) => void goto(Other)],
    ['returned', ({ goto }) => goto(Other)],
  ])('reports a transition of `leave` that is %s, and is left', async (_name, leave) => {
    const { anna, errors, stored } = await play({ handle: ({ leave }: Loose) => leave(), leave });
    await anna.sends('bye');
    expect(errors).toMatchObject(error('goto'));
    expect((await stored())?.current ?? null).toBeNull();
  });

  it('may change its data in `enter` by the state of the turn', async () => {
    const { stored, errors } = await play({
      enter: ({ state }: Loose) => {
        state.update({ n: 1 });
        return 'Hi';
      },
      handle: () => {},
    });
    expect([errors, (await stored())?.data]).toEqual([[], { n: 1 }]);
  });

  it.each<readonly [string, (turn: Loose) => unknown]>([
    ['a handler', ({ reply }) => reply('Yes?')],
    ['an asynchronous handler', async ({ reply }) => reply('Yes?')],
  ])('stays if %s returns the reply that it has sent', async (_name, handle) => {
    const { anna, errors, stored } = await play({ enter: () => 'Hi', handle });
    await anna.sends('you');
    anna.sees('Yes?');
    expect([errors, (await stored())?.current]).toEqual([[], 'node']);
  });

  it('stays if a button returns the reply that it has sent, and reports a transition beside it', async () => {
    const { anna, errors, stored } = await play({
      view: ({ button }: Loose) => ({
        text: 'A',
        rows: [
          button('hi', 'Hi', ({ reply }: Loose) => reply('Hello.')),
          button('bad', 'Bad', ({ reply, leave }: Loose) => {
            leave();
            return reply('Hello.');
          }),
        ],
      }),
    });
    await anna.taps('Hi');
    anna.sees('Hello.');
    expect(errors).toEqual([]);
    await anna.taps('Bad');
    expect(errors).toMatchObject([{ code: 'INVALID_TRANSITION', details: { made: 'leave' } }]);
    expect((await stored())?.current).toBe('node');
  });
});
