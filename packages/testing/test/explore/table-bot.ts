/** Small bots for exploration, written as tables: in which state which input is answered by what, and where it leads. */
import {
  type Formatted,
  type RawUpdate,
  type State,
  state,
  states,
  type Turn,
} from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import type { AnyBot, Explored, ExploreWorld } from '../../src/index.ts';
import type { Script } from '../bots.ts';

/** The bot's answer to an input. */
export interface Answer {
  readonly say?: string | Formatted<'HTML'> | ((text: string) => string);
  readonly buttons?: readonly string[];
  /** The state that it leads to; `null` ends the conversation. */
  readonly to?: string | null;
  /** `false` leaves the query of a press without an answer. */
  readonly answer?: false;
}

/** By state (`none` outside of all), then by input: a text, `[label]`, or `*` for any other text. */
export interface Table {
  readonly [state: string]: { readonly [input: string]: Answer };
}

interface Incoming {
  readonly message?: { readonly text?: string };
  readonly callback_query?: { readonly id: string; readonly data: string };
}

/** Makes the bot of a table; its states are all that the table names. */
export function tableBot(
  make: (script: Script) => AnyBot,
  table: Table,
  { clock, storage }: ExploreWorld,
): Explored {
  const names = Object.keys(table).filter((name) => name !== 'none');
  const group = states('T', Object.fromEntries(names.map((name) => [name, state()])));
  const members = group as unknown as Readonly<Record<string, State>>;
  const machine = createMachine({ states: [group], clock, storage });
  const rest = async ({ update, state, reply, api }: Turn) => {
    const { message, callback_query: press } = update as unknown as Incoming;
    const text = message?.text;
    const input = press === undefined ? text : `[${press.data}]`;
    if (input === undefined) return;
    const at = names.find((name) => state.is(members[name] as never)) ?? 'none';
    const rows = new Map(Object.entries(table[at] ?? {}));
    const row = rows.get(input) ?? (text === undefined ? undefined : rows.get('*'));
    if (row === undefined) return;
    const { say, buttons = [], to, answer } = row;
    if (to === null) state.clear();
    else if (to !== undefined) state.set(members[to] as never);
    if (press !== undefined && answer !== false)
      await api('answerCallbackQuery', { callback_query_id: press.id });
    if (say === undefined) return;
    const inline_keyboard = [buttons.map((label) => ({ text: label, callback_data: label }))];
    const said = typeof say === 'function' ? say(text ?? '') : say;
    await reply({
      ...(typeof said === 'string' ? { text: said } : said),
      ...(buttons.length > 0 && { keyboard: { inline_keyboard } }),
    });
  };
  const bot = make({
    async onAny(update, call) {
      await machine.handle(update as RawUpdate, { id: 1, call }, rest);
    },
  });
  return { bot, machine };
}
