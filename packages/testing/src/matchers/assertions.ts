/** Assertions on what a machine has kept of a conversation, for any test runner; they fail with the transcript beside. */
import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import type { Snapshot } from '@telefsm/core';
import { complaintBeside, type Sides } from '../driver/complaint.ts';

/** A conversation that can be looked at; `machine.at({ user })` is one. */
export interface Peekable {
  peek(): Promise<Snapshot | undefined>;
}

/** Prints the conversation; a world of `telegram(bot)` does. */
export interface Transcribed {
  transcript(): string;
}

/** A state, or its id; `null` and `noState` mean none. */
export type AskedState = { readonly id: string | null } | string | null;

/**
 * Checks which state a conversation is in.
 *
 * @param conversation - `machine.at({ user: anna.id })`
 * @param world - prints the conversation, when the check fails
 * @throws AssertionError when it is in another
 *
 * @example
 * ```ts
 * import { state, states } from '@telefsm/core';
 * import { createMachine } from '@telefsm/core/adapter';
 * import { assertState } from '@telefsm/testing';
 *
 * const Form = states('Form', { name: state() });
 * const conversation = createMachine({ states: [Form] }).at({ user: 1001, bot: 1 });
 * await conversation.run((turn) => turn.state.set(Form.name));
 * await assertState(conversation, Form.name);
 * ```
 */
export async function assertState(
  conversation: Peekable,
  expected: AskedState,
  world?: Transcribed,
): Promise<void> {
  const actual = (await conversation.peek())?.current ?? null;
  const id = typeof expected === 'object' ? (expected?.id ?? null) : expected;
  if (actual === id) return;
  const message = `The conversation is in ${named(actual)}, not in ${named(id)}.`;
  throw failure(world, message, { actual, expected: id, operator: 'assertState' });
}

/**
 * Checks what a conversation has collected: the members that are named; others may be there too.
 *
 * @param conversation - `machine.at({ user: anna.id })`
 * @param world - prints the conversation, when the check fails
 * @throws AssertionError when a member differs or is missing
 */
export async function assertData(
  conversation: Peekable,
  expected: object,
  world?: Transcribed,
): Promise<void> {
  const data = { ...(await conversation.peek())?.data } as Readonly<Record<string, unknown>>;
  const names = Object.keys(expected);
  const actual = Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(data, name) ? [[name, data[name]]] : [])),
  );
  if (isDeepStrictEqual(actual, { ...expected })) return;
  const message = `The conversation has the data ${JSON.stringify(data)}, which is not what was expected: ${JSON.stringify(expected)}.`;
  throw failure(world, message, { actual, expected, operator: 'assertData' });
}

function failure(world: Transcribed | undefined, message: string, sides: Sides): AssertionError {
  return world === undefined
    ? new AssertionError({ ...sides, message })
    : complaintBeside(world.transcript(), message, sides);
}

function named(state: string | null): string {
  return state === null ? 'no state' : `the state '${state}'`;
}
