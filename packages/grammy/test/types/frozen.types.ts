/** Data is read-only at any depth where it is read, and what was read may be handed on. */

import {
  type AnswersOf,
  type Draft,
  FsmComposer,
  type FsmFlavor,
  flow,
  fsm,
  Scene,
  scene,
  state,
  states,
  typed,
} from '@telefsm/grammy';
import type { Context } from 'grammy';

interface Cart {
  items: { name: string; tags: string[] }[];
  note?: string;
}
const Shop = states('Shop', {
  cart: state<Cart>(),
  paid: state<Cart & { total: number }>(),
  open: state(),
  other: state<{ items: string[] }>(),
});
const Basket = scene('basket', { data: typed<Cart>(), result: typed<string[]>() }).on({
  handle({ data, again, stay, goto, leave }) {
    // @ts-expect-error read-only
    data.items.push({ name: 'tea', tags: [] });
    // @ts-expect-error read-only, at any depth
    data.items[0]?.tags.push('hot');
    if (data.note === 'out') return leave(data.items.map(({ name }) => name));
    if (data.note === 'tags') return leave(data.items[0]?.tags ?? []);
    if (data.note === 'again') return again({ items: data.items });
    if (data.note === 'goto') return goto(Basket, { items: data.items });
    return stay({ items: data.items });
  },
});
const order = flow('order')
  .ask('lines', { prompt: '?', validate: (text) => [{ name: text, tags: [text] }] })
  .ask('more', {
    // @ts-expect-error read-only
    prompt: ({ lines }) => `${lines.push({ name: '', tags: [] })}`,
    // @ts-expect-error read-only
    when: ({ lines }) => lines[0]?.tags.reverse() !== undefined,
  })
  .done(({ lines }) => {
    // @ts-expect-error read-only
    lines.push({ name: 'tea', tags: [] });
    // @ts-expect-error read-only, at any depth
    lines[0]?.tags.push('hot');
    return lines.map(({ tags }) => tags.join()).join();
  });
const machine = fsm({ states: [Shop, Basket, order] });
const shop = new FsmComposer<FsmFlavor<Context, typeof Shop | typeof Basket | typeof order>>();
shop.state(Shop.cart, (ctx) => {
  const { data } = ctx.state;
  // @ts-expect-error read-only
  data.items.push({ name: 'tea', tags: [] });
  // @ts-expect-error read-only
  data.note = 'x';
  // @ts-expect-error read-only
  ctx.state.get('items').push({ name: 'tea', tags: [] });
  ctx.state.set(Shop.paid, { total: 1 });
  ctx.state.set(Shop.paid, { total: 1, items: data.items });
  // @ts-expect-error without the total
  ctx.state.set(Shop.paid);
  // @ts-expect-error items of another type
  ctx.state.set(Shop.other);
  ctx.state.set(Shop.other, { items: data.items.map(({ name }) => name) });
  ctx.state.set(Shop.open);
  ctx.state.update({ items: [...data.items, { name: 'tea', tags: [] }] });
  ctx.state.update({ items: data.items });
  ctx.state.replace({ items: data.items });
  ctx.state.enter(Basket, { items: data.items });
  ctx.state.enter(Basket, data);
  ctx.state.enter(order, { lines: data.items });
  ctx.state.edit((draft) => {
    draft.items.push({ name: 'tea', tags: [] });
    draft.items[0]?.tags.push('hot');
    draft.note = 'x';
  });
  const sorted: Draft<typeof data.items> = data.items.map(({ name, tags }) => ({
    name,
    tags: [...tags],
  }));
  sorted.sort();
});
shop.state(Shop.paid, (ctx) => {
  // the data of the present state is enough
  ctx.state.set(Shop.cart);
});
const settings = new Scene<FsmFlavor<Context>, Cart>('settings');
settings.use((ctx) => {
  // @ts-expect-error read-only
  ctx.state.data.items.push({ name: 'tea', tags: [] });
});
const answers = { lines: [{ name: 'a', tags: ['b'] }], more: 'x' } satisfies AnswersOf<
  typeof order
>;
void machine.at({ user: 1 }).answer(order.steps.lines, answers.lines);
