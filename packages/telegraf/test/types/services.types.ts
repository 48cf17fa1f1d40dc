/** A framework-neutral flow names what only a framework has as a service, typed by the bot. */

import {
  type FsmFlavor,
  flow,
  fsm,
  type KeyboardLike,
  type OutgoingMessage,
  typed,
} from '@telefsm/telegraf';
import { type Context, Input, Markup, Telegraf } from 'telegraf';
import { bold, fmt } from 'telegraf/format';

interface Needs {
  t(key: string): string;
  session: { visits: number } | undefined;
}
export const order = flow('order', { services: typed<Needs>() })
  .ask('product', {
    prompt: (_a, turn) => turn.services.t('ask'),
    choices: { a: (turn) => turn.services.t('a'), b: 'B' },
  })
  .done((_a, turn) => turn.services.t('done'));
interface TCtx extends FsmFlavor<Context, typeof order> {
  i18n: { t(key: string): string };
  session: { visits: number };
}
const bot = new Telegraf<TCtx>('');
bot.use(
  fsm({
    scenes: [order],
    services: ({ ctx }) => ({ t: (key) => ctx?.i18n.t(key) ?? key, session: ctx?.session }),
  }),
);
export const machine = fsm({
  scenes: [order],
  context: typed<TCtx>(),
  services: ({ ctx }) => ({ t: (key) => ctx?.i18n.t(key) ?? key, session: ctx?.session }),
});
bot.use(machine);
bot.use(
  fsm({
    scenes: [order],
    // @ts-expect-error without an update there is no context
    services: ({ ctx }) => ({ t: (key) => ctx.i18n.t(key), session: undefined }),
  }),
);

// keyboards and texts of Telegraf's builders are accepted as they are
export const keyboards: KeyboardLike[] = [
  Markup.inlineKeyboard([[Markup.button.callback('a', 'b')]]),
  Markup.keyboard([['a']]),
];
export const messages: OutgoingMessage[] = [
  'x',
  fmt`Hello ${bold('you')}`,
  { photo: 'file_id', caption: fmt`a` },
  { photo: Input.fromLocalFile('x.png') },
];
