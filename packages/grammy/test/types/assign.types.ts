/** Assignable types: contexts, turns and machines with more members, to those with fewer. */

import type { FsmFlavor, InState } from '@telefsm/grammy';
import {
  type FsmContext,
  type Machine,
  type NoState,
  type StatesIn,
  state,
  states,
  type Turn,
} from '@telefsm/grammy';
import type { Context } from 'grammy';

const Form = states('Form', { name: state(), age: state<{ name: string }>() });
type All = StatesIn<typeof Form> | NoState;
declare const specific: FsmContext<All>;
const _loose: FsmContext = specific;
declare const turn: Turn<{}, All>;
const _anyTurn: Turn = turn;
declare const machine: Machine<All>;
const _anyMachine: Machine = machine;
// a helper that takes the bot's context, called from a narrowed handler
declare function helper(ctx: FsmFlavor<Context, typeof Form>): void;
declare function looseHelper(ctx: FsmFlavor<Context>): void;
declare const narrowed: InState<FsmFlavor<Context, typeof Form>, typeof Form.age>;
helper(narrowed);
looseHelper(narrowed);
