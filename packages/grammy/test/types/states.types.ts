/** Ids and data of states, groups, and filters by them. */

import {
  anyState,
  contains,
  type DataOf,
  FsmComposer,
  type FsmFlavor,
  fsm,
  type IdOf,
  inState,
  noState,
  type StatesIn,
  state,
  states,
  statesOf,
} from '@telefsm/grammy';
import { Bot, type Context } from 'grammy';
import { z } from 'zod';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const exact = <_ extends true>() => {};
const Registration = states('Registration', {
  name: state(),
  age: state<{ name: string }>(),
  Address: {
    city: state(),
    street: state<{ city: string }>(),
    Zip: { code: state(z.object({ city: z.string(), code: z.string() })) },
  },
  confirm: state(z.object({ name: z.string(), age: z.number().default(0) }), {
    was: 'Registration:done',
  }),
});
exact<Equal<typeof Registration.age.id, 'Registration:age'>>();
exact<Equal<typeof Registration.Address.city.id, 'Registration.Address:city'>>();
exact<Equal<typeof Registration.Address.Zip.code.id, 'Registration.Address.Zip:code'>>();
exact<Equal<DataOf<typeof Registration.confirm>, { name: string; age: number }>>();
exact<
  Equal<
    IdOf<StatesIn<typeof Registration.Address>>,
    'Registration.Address:city' | 'Registration.Address:street' | 'Registration.Address.Zip:code'
  >
>();
statesOf(Registration.Address).map((s) => s.id satisfies `Registration.Address${string}`);
contains(Registration, Registration.Address);
contains(Registration, 'Registration:name');
// @ts-expect-error a dot in a group's name
states('a.b', {});
// @ts-expect-error data is an object
state<string>();
// @ts-expect-error no such state
Registration.Address.town;
const bot = new Bot<FsmFlavor<Context, typeof Registration>>('');
bot.use(fsm({ states: [Registration] }));
const form = new FsmComposer<FsmFlavor<Context, typeof Registration>>();
form.state(Registration.name, (ctx) => {
  ctx.state.next({ name: 'x' });
});
const address = form.state(Registration.Address); // a branch of a branch
address.state(Registration.Address.street).on('message:text', (ctx) => {
  ctx.state.data.city.trim();
  ctx.msg.text.trim();
});
address.state(Registration.Address.Zip.code).command('x', (ctx) => {
  ctx.state.data.code.trim();
});
// @ts-expect-error no such state
form.state(Registration.town);
bot.filter(inState(Registration.Address)).on('message:text', (ctx) => {
  ctx.state.current satisfies `Registration.Address${string}`;
  if (ctx.state.is(Registration.Address.street)) ctx.state.data.city.trim();
});
bot.filter(inState(anyState), (ctx) => {
  ctx.state.current;
});
bot.filter(inState(noState), (ctx) => {
  ctx.state.current satisfies null;
  ctx.state.set(Registration.age, { name: 'x' });
});
bot.filter(inState(noState, Registration.name), (ctx) => {
  ctx.state.current satisfies null | 'Registration:name';
});
// a move that keeps data of another type under the same name must override it
const A = states('A', { a: state<{ id: string }>() }),
  B = states('B', { b: state<{ id?: number }>() });
const bot2 = new Bot<FsmFlavor<Context, typeof A | typeof B>>('');
bot2.filter(inState(A.a), (ctx) => {
  // @ts-expect-error 'id' is a string here and a number there
  ctx.state.set(B.b);
  ctx.state.set(B.b, { id: 1 });
});
// data that is a union: one member has to be met, whole
const U = states('U', {
  start: state<{ note?: string }>(),
  way: state<{ by: 'car'; doors: number } | { by: 'bike'; bell: boolean }>(),
  either: state<{ mail: string } | { phone: string }>(),
});
const bot3 = new Bot<FsmFlavor<Context, typeof U>>('');
bot3.filter(inState(U.start), (ctx) => {
  ctx.state.set(U.way, { by: 'car', doors: 3 });
  // @ts-expect-error a car has doors
  ctx.state.set(U.way, { by: 'car' });
  // @ts-expect-error a bell is no part of a car
  ctx.state.set(U.way, { by: 'car', bell: true });
  // @ts-expect-error one of the two is needed
  ctx.state.set(U.either);
  // @ts-expect-error one of the two is needed
  ctx.state.set(U.either, {});
  ctx.state.set(U.either, { phone: '1' });
});
bot3.filter(inState(U.way), (ctx) => {
  ctx.state.set(U.way);
  ctx.state.set(U.way, { by: 'bike', bell: true });
});
