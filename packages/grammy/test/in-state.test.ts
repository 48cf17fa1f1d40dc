import { type FsmFlavor, fsm, inState, state, states } from '@telefsm/grammy';
import { telegram } from '@telefsm/testing';
import { Bot, type Context, type MiddlewareFn } from 'grammy';
import { expect, it } from 'vitest';

const Form = states('Form', { name: state() });

it('inState() among the handlers is rejected by name, since it would end the update without a word', async () => {
  const bot = new Bot<FsmFlavor<Context>>('1:test');
  bot.use(fsm());
  bot.on('message', inState(Form.name) as unknown as MiddlewareFn<Context>, () => {});
  const anna = telegram(bot).user('Anna');
  await expect(anna.sends('hello')).rejects.toThrow(
    /inState\(\) was given `next`, as middleware is\. Expected to be a filter: bot\.filter\(inState\(…\)\)\.on\(…\)/,
  );
});
