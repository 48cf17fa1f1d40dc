/** A framework-neutral flow names what only a framework has as a service, typed by the bot. */

import * as g from '@telefsm/grammy';
import {
  flow,
  type KeyboardLike,
  type OutgoingMessage,
  type ServiceTurn,
  typed,
} from '@telefsm/grammy';
import { Bot, type Context as GC, InlineKeyboard, Keyboard } from 'grammy';

interface Needs {
  t(key: string): string;
  cart: { add(item: string): Promise<void> };
  session: { visits: number } | undefined;
}
export const order = flow('order', { services: typed<Needs>() })
  .ask('product', {
    prompt: (_a, turn) => turn.services.t('ask'),
    choices: { a: (turn) => turn.services.t('a'), b: 'B' },
  })
  .done(async (a, turn) => {
    await turn.services.cart.add(a.product);
    return turn.services.t('done');
  });

declare const cart: Needs['cart'];
type GCtx = g.FsmFlavor<GC & { t(key: string): string; session: { visits: number } }, typeof order>;
const gbot = new Bot<GCtx>('');
gbot.use(
  g.fsm({
    scenes: [order],
    services: ({ ctx }) => ({ t: (key) => ctx?.t(key) ?? key, cart, session: ctx?.session }),
  }),
);

// outside bot.use the context has to be named, once
export const constant = g.fsm({
  scenes: [order],
  context: typed<GCtx>(),
  services: ({ ctx }) => ({ t: (key) => ctx?.t(key) ?? key, cart, session: ctx?.session }),
});
gbot.use(constant);
export const asTuple = g.fsm({
  states: [order] as const,
  context: typed<GCtx>(),
  // @ts-expect-error t takes a text
  services: ({ ctx }) => ({ t: () => ctx?.t(7) ?? '', cart, session: ctx?.session }),
  adopt: ({ ctx }) => void ctx?.session.visits,
  initial: [order, ({ ctx }) => ({ data: { product: `${ctx?.session.visits}` } })],
});
// the same by an annotation
export const machine = g.fsm({
  scenes: [order],
  services: ({ ctx }: ServiceTurn<GCtx>) => ({
    t: (key: string) => ctx?.t(key) ?? key,
    cart,
    session: ctx?.session,
  }),
});
gbot.use(machine);
// without an update there is no context, and the compiler says so
gbot.use(
  g.fsm({
    scenes: [order],
    // @ts-expect-error ctx may be undefined
    services: ({ ctx }) => ({ t: (key) => ctx.t(key), cart, session: undefined }),
  }),
);

// the whole context, if really needed: the one without our flavor, or the types are circular
type Base = GC & { session: { visits: number } };
const raw = flow('raw', { services: typed<{ ctx: Base | undefined }>() })
  .ask('x', { prompt: (_a, { services }) => `${services.ctx?.session.visits}` })
  .done(() => {});
new Bot<g.FsmFlavor<Base, typeof raw>>('').use(
  g.fsm({ scenes: [raw], services: ({ ctx }) => ({ ctx }) }),
);

// frameworks' builders pass through
const keyboards: KeyboardLike[] = [
  new InlineKeyboard().text('a', 'b'),
  new Keyboard().text('x').resized(),
  { inline_keyboard: [[{ text: 'a', callback_data: 'b' }]] },
];
const messages: OutgoingMessage[] = [
  'x',
  { text: 'x', parse_mode: 'HTML', keyboard: keyboards[0] as KeyboardLike },
  { method: 'sendDice', payload: { emoji: '🎲' } },
];
void messages;

// an InputFile is an object of the framework
import { InputFile } from 'grammy';

const files: OutgoingMessage[] = [{ photo: new InputFile('x.png') }];
void files;
