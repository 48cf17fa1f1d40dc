/** Flows and nodes that are not in the flavor cannot be entered or called. */

import {
  type AnyScene,
  type FsmContext,
  type FsmFlavor,
  flow,
  Scene,
  scene,
} from '@telefsm/telegraf';
import { type Context, Telegraf } from 'telegraf';

const listed = flow('listed')
  .ask('name', { prompt: 'Name?' })
  .done(() => 'Done.');
const node = scene('node').on({ handle: () => {} });
const other = flow('other')
  .ask('name', { prompt: 'Name?' })
  .done(() => 'Done.');
const otherNode = scene('otherNode').on({ handle: () => {} });
const empty = flow('empty').done(() => 'Done.');
const app = [listed, node] as const;
declare const listedOrOther: typeof listed | typeof other;
declare const listedOrNode: typeof listed | typeof node;
type MyContext = FsmFlavor<Context, typeof app>;
const composer = new Scene<MyContext>('composer');

const bot = new Telegraf<MyContext>('');
bot.use((ctx) => {
  ctx.fsm.enter(listed);
  ctx.fsm.enter('node');
  ctx.fsm.call(node, {}, { into: 'node' });
  // the compiler does not know the id of a Scene
  ctx.fsm.enter(composer);
  // @ts-expect-error Scene 'other' is not in this machine
  ctx.fsm.enter(other);
  // @ts-expect-error Scene 'otherNode' is not in this machine
  ctx.fsm.call(otherNode);
  // @ts-expect-error Scene 'empty' is not in this machine
  ctx.fsm.enter(empty);
  ctx.fsm.enter(listedOrNode);
  // @ts-expect-error Scene 'other' is not in this machine
  ctx.fsm.enter(listedOrOther);
  // @ts-expect-error Scene 'other' is not in this machine
  ctx.fsm.call(listedOrOther);
  // @ts-expect-error no such id
  ctx.fsm.enter('otherNode');
});

// without a list, any scene may be registered
const loose = new Telegraf<FsmFlavor<Context>>('');
loose.use((ctx) => ctx.fsm.enter(other));
const enterAny = <S extends AnyScene>(fsm: FsmContext, made: S) => fsm.enter(made as AnyScene);
loose.use((ctx) => enterAny(ctx.fsm, otherNode));
