/** Work from outside calls the Bot API by the client of the bot: not by that of a user whose update came before. */

import { flow } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import type { Bot } from 'grammy';
import type { Telegraf } from 'telegraf';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, type Framework, frameworks } from './frameworks.ts';

type Each = (name: string, payload: object) => object;
type CallApi = (method: string, payload: object, options?: unknown) => Promise<unknown>;

/** Middleware that changes the calls of each update, as plugins for topics and log contexts do. */
function perUpdate({ name }: Framework, { bot }: BotUnderTest, each: Each): void {
  if (name === 'grammY') {
    (bot as Bot).use((ctx, next) => {
      const { first_name = '' } = ctx.from ?? {};
      ctx.api.config.use((previous, method, payload, signal) =>
        previous(method, each(first_name, payload) as typeof payload, signal),
      );
      return next();
    });
    return;
  }
  (bot as never as Telegraf).use((ctx, next) => {
    const { first_name = '' } = ctx.from ?? {};
    const call = ctx.telegram.callApi.bind(ctx.telegram) as CallApi;
    const changed: CallApi = (method, payload, options) =>
      call(method, each(first_name, payload), options);
    Object.assign(ctx.telegram, { callApi: changed });
    return next();
  });
}

const survey = flow('survey')
  .ask('stars', { prompt: 'How was it?' })
  .done(() => 'Thank you!');

describe.each(frameworks)('a client that middleware has changed, on %s', (_, framework) => {
  function start() {
    const bot = framework.bot();
    const machine = bot.fsm({ states: [survey] });
    perUpdate(framework, bot, (name, payload) => ({
      ...payload,
      text: `${name}: ${Reflect.get(payload, 'text')}`,
    }));
    bot.use(({ say }) => say('Hello'));
    const world = telegram(bot.bot);
    const texts = () =>
      world.calls.map(({ payload: { chat_id, text } }) => [chat_id, text] as const);
    return { machine, world, texts };
  }

  it('is that of its update only', async () => {
    const { world, texts } = start();
    const [anna, ben] = [world.user('Anna'), world.user('Ben')];
    await ben.sends('hello');
    await anna.sends('hello');
    expect(texts()).toEqual([
      [ben.id, 'Ben: Hello'],
      [anna.id, 'Anna: Hello'],
    ]);
  });

  it('sends no message of another conversation', async () => {
    const { machine, world, texts } = start();
    const [anna, ben] = [world.user('Anna'), world.user('Ben')];
    await ben.sends('hello');
    await machine.at({ user: anna.id }).run(({ state }) => state.enter(survey));
    expect(texts().at(-1)).toEqual([anna.id, 'How was it?']);
  });
});
