/** Scenes with hooks: their data, params, reasons and results are typed. */

import {
  type FsmFlavor,
  fsm,
  type LeaveReason,
  Scene,
  state,
  states,
  typed,
} from '@telefsm/telegraf';
import { type Context, Telegraf } from 'telegraf';
import { message } from 'telegraf/filters';
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
settings.enter((ctx) => ctx.reply(`${ctx.fsm.data.lang}, from ${ctx.params.from}`));
settings.leave((ctx) => void (ctx.reason satisfies LeaveReason));
settings.resume((ctx) => void (ctx.result satisfies unknown));
settings.on(message('text'), (ctx) => {
  ctx.fsm.update({ lang: ctx.message.text });
  // @ts-expect-error it keeps a text
  ctx.fsm.update({ lang: 1 });
  // @ts-expect-error there is no hook here, so nothing was given along
  ctx.params;
  ctx.fsm.set(Form.name);
});
settings.state(Form.name).on(message('text'), (ctx) => {
  ctx.fsm.data.lang.trim();
});
// @ts-expect-error the schema gives other data
new Scene<MyContext, { lang: number }>('other', { data: lang });
// @ts-expect-error it is one of two words
new Scene<MyContext>('other', { otherUpdates: 'drop' });

const plain = new Scene<MyContext, { n?: number }>('plain', { data: typed<{ n?: number }>() });
export const bot = new Telegraf<MyContext>('1:test');
bot.use(fsm({ states: app, scenes: [settings, plain] }));
bot.on(message('text'), (ctx) => {
  ctx.fsm.enter(settings, { lang: 'en' }, { params: { from: 'menu' } });
  // @ts-expect-error data and params are needed
  ctx.fsm.enter(settings);
  ctx.fsm.enter(plain);
  if (ctx.fsm.is(settings)) ctx.fsm.data.lang.trim();
});
