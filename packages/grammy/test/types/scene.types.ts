/** Scenes with hooks: their data, params, reasons and results are typed. */

import {
  type FsmFlavor,
  fsm,
  type LeaveReason,
  Scene,
  state,
  states,
  typed,
} from '@telefsm/grammy';
import { Bot, type Context } from 'grammy';
import { z } from 'zod';

const Form = states('Form', { name: state() });
const app = [Form] as const;
type MyContext = FsmFlavor<Context, typeof app>;

const lang = z.object({ lang: z.string() });
const settings = new Scene<MyContext, { lang: string }, { from: string }>('settings', {
  data: lang,
  was: ['options'],
  otherUpdates: 'block',
});
settings.enter((ctx) => ctx.reply(`${ctx.state.data.lang}, from ${ctx.params.from}`));
settings.leave((ctx) => void (ctx.reason satisfies LeaveReason));
settings.resume((ctx) => void (ctx.result satisfies unknown));
settings.on('message:text', (ctx) => {
  ctx.state.update({ lang: ctx.msg.text });
  // @ts-expect-error it keeps a text
  ctx.state.update({ lang: 1 });
  // @ts-expect-error there is no hook here, so nothing was given along
  ctx.params;
  ctx.state.set(Form.name);
});
settings.state(Form.name).on('message:text', (ctx) => {
  ctx.state.data.lang.trim();
});
// @ts-expect-error the schema gives other data
new Scene<MyContext, { lang: number }>('other', { data: lang });
// @ts-expect-error it is one of two words
new Scene<MyContext>('other', { otherUpdates: 'drop' });

const plain = new Scene<MyContext, { n?: number }>('plain', { data: typed<{ n?: number }>() });
export const bot = new Bot<MyContext>('1:test');
bot.use(fsm({ states: app, scenes: [settings, plain] }));
bot.on('message:text', (ctx) => {
  ctx.state.enter(settings, { lang: 'en' }, { params: { from: 'menu' } });
  // @ts-expect-error data and params are needed
  ctx.state.enter(settings);
  ctx.state.enter(plain);
  if (ctx.state.is(settings)) ctx.state.data.lang.trim();
});
