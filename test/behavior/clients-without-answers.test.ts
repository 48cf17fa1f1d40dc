/** Clients that do not answer with the message that was sent: test doubles, muted chats, answers in the response to a webhook. */

import { flow, scene, typed } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, type Framework, frameworks } from './frameworks.ts';
import { play } from './play.ts';

type Send = () => Promise<unknown>;

/** Lets a client answer something else. */
function answering({ name }: Framework, { bot }: BotUnderTest, each: (send: Send) => unknown) {
  if (name === 'grammY') {
    const { config } = (bot as never as { api: { config: { use(one: unknown): void } } }).api;
    config.use(async (send: (...call: unknown[]) => Promise<object>, ...call: unknown[]) => {
      const answer = async () => Reflect.get(await send(...call), 'result');
      return { ok: true, result: await each(answer) };
    });
    return;
  }
  const { telegram } = bot as never as { telegram: { callApi(...call: unknown[]): unknown } };
  const send = telegram.callApi;
  telegram.callApi = async (...call) => each(async () => send.apply(telegram, call));
}

const clients: readonly (readonly [string, (send: Send) => unknown])[] = [
  ['true', (send) => send().then(() => true)],
  ['nothing', (send) => send().then(() => undefined)],
];

const lunch = flow('lunch', { trigger: '/lunch', prompts: 'edit' })
  .ask('dish', { prompt: 'Dish?', choices: ['Soup', 'Pie'] })
  .ask('name', { prompt: 'Name?', choices: ['Anna', 'Ben'], buttons: 'reply' })
  .done(({ dish, name }) => `${dish} for ${name}.`);
const counter = scene('counter', { data: typed<{ count: number }>() }).on({
  view: ({ data, button, again }) => ({
    text: `Count ${data.count}`,
    rows: [button('add', 'Add', again({ count: data.count + 1 }))],
  }),
});

describe.each(frameworks)('a client on %s', (_, framework) => {
  describe.each(clients)('that answers calls with %s', (_answer, each) => {
    it('keeps nobody in a flow that is asked in one message', async () => {
      const { bot, anna, unsent } = play(framework, [lunch]);
      answering(framework, bot, each);
      await anna.sends('/lunch');
      await anna.taps('Pie');
      await anna.sends('Anna');
      anna.sees('Pie for Anna.');
      expect([bot.errors, unsent]).toEqual([[], []]);
    });

    it('shows a view whose buttons work', async () => {
      const { bot, anna, unsent } = play(framework, [counter]);
      bot.command('count', ({ fsm }) => fsm.enter(counter as never, { count: 1 } as never));
      answering(framework, bot, each);
      await anna.sends('/count');
      await anna.taps('Add');
      await anna.taps('Add');
      anna.sees('Count 3');
      expect([bot.errors, unsent]).toEqual([[], []]);
    });
  });
});
