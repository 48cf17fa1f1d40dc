/** States that are not in the flavor are refused with a sentence. */

import { type FsmFlavor, inState, state, states } from '@telefsm/telegraf';
import { type Context, Telegraf } from 'telegraf';

const Form = states('Form', { name: state() });
const Other = states('Other', { a: state() });
const tg = new Telegraf<FsmFlavor<Context, typeof Form>>('');
tg.use(
  // @ts-expect-error not in the flavor
  inState(Other.a, (ctx) => {
    ctx.reply('x');
  }),
);
