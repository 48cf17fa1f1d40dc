/** The actions of an operator on one conversation: show, clear, move, ask again. */

import { randomUUID } from 'node:crypto';
import {
  type Address,
  type Conversation,
  type FsmStorage,
  isFsmError,
  type Machine,
  type Snapshot,
  type Turn,
} from '@telefsm/core';
import type { MachineDescription } from '@telefsm/core/adapter';
import { describeMachine, parseKey } from '@telefsm/core/tools';
import { Rejected } from './rejected.ts';

/** As much of a machine as operators need. */
export interface OperatedMachine {
  readonly storage: FsmStorage;
  at(address: Address): Conversation;
  readonly '~runtime': Machine['~runtime'];
}

/** One conversation as it is stored. */
export interface Found {
  readonly key: string;
  /** The conversation as the machine reads it; `undefined` without a machine, or if the key is not of its strategy. */
  readonly snapshot: Snapshot | undefined;
  /** Why the machine cannot read it. */
  readonly unreadable: string | undefined;
  /** The record as it is stored. */
  readonly text: string;
  /** Ms until the deadline. */
  readonly deadlineIn: number | undefined;
}

/** Ms that a conversation is leased while it is cleared without a machine. */
const lease = 5000;

/** Reads a conversation without taking it; `undefined` if nothing is stored. */
export async function find(
  storage: FsmStorage,
  machine: OperatedMachine | undefined,
  key: string,
): Promise<Found | undefined> {
  const stored = await storage.peek(key);
  if (stored === undefined) return undefined;
  let snapshot: Snapshot | undefined;
  let unreadable: string | undefined;
  try {
    snapshot = await conversationAt(machine, key)?.peek();
  } catch (error) {
    unreadable = error instanceof Error ? error.message : String(error);
  }
  return { key, snapshot, unreadable, text: stored.text, deadlineIn: stored.deadlineIn };
}

/**
 * Deletes a conversation: without a message to the user, and without its `leave` hooks.
 *
 * @returns whether there was something to delete
 * @throws Rejected where another process works on it
 */
export async function clear(
  storage: FsmStorage,
  machine: OperatedMachine | undefined,
  key: string,
): Promise<boolean> {
  if ((await storage.peek(key)) === undefined) return false;
  const conversation = conversationAt(machine, key);
  if (conversation !== undefined) {
    await conversation.run((turn) => turn.state.clear());
    return true;
  }
  const token = `${randomUUID()}.1`;
  const taken = await storage.acquire(key, { token, lease, queue: false });
  if ('busy' in taken) {
    throw new Rejected(`'${key}' is busy. Try again in a moment.`);
  }
  const answer = await storage.commit(key, { token, fence: taken.fence }, undefined);
  if (answer === 'rejected')
    throw new Rejected(`'${key}' was acquired by another process. Try again in a moment.`);
  return true;
}

/**
 * Moves a conversation to a state, into a scene, or back to a question of the flow that it is in.
 *
 * @returns whether the bot could say what belongs to it; without a bot it is said with the user's next message
 * @throws Rejected where there is no such place, or the code alone may lead there
 */
export async function move(
  machine: OperatedMachine,
  key: string,
  target: string,
): Promise<boolean> {
  const { scenes, states, strict } = describeMachine(machine);
  const scene = scenes.find(({ id }) => id === target);
  const owner = scenes.find((each) => each.states.includes(target));
  if (scene === undefined && strict && !states.some(({ id }) => id === target)) {
    const known = [...new Set([...scenes, ...states].map(({ id }) => id))].join(', ');
    throw new Rejected(`There is no state or scene '${target}'. This machine has: ${known}.`);
  }
  const conversation = existing(machine, key);
  try {
    await conversation.run((turn) => go(turn, target, scene?.id, owner));
    return true;
  } catch (error) {
    // the bot sends after the commit: the move was made
    if (isFsmError(error, 'NOT_CONNECTED')) return false;
    throw error;
  }
}

function go(
  turn: Turn,
  target: string,
  scene: string | undefined,
  owner: MachineDescription['scenes'][number] | undefined,
): void {
  const { state } = turn;
  if (scene !== undefined) state.enter(scene);
  else if (owner === undefined) set(turn, target);
  else if (isFlow(owner.details)) state.enter(owner.id, answersBefore(turn, owner, target));
  else if (holds(owner.states, state.current)) set(turn, target);
  else {
    throw new Rejected(`'${target}' is a state of the scene '${owner.id}'. Move to '${owner.id}'.`);
  }
}

/**
 * Asks the pending question of a scene or flow again.
 *
 * @throws Rejected in a plain state, whose handlers ask by themselves
 */
export async function askAgain(machine: OperatedMachine, key: string): Promise<void> {
  await existing(machine, key).run(({ state }) => {
    const { scenes } = describeMachine(machine);
    if (!scenes.some(({ states }) => holds(states, state.current))) {
      throw new Rejected(
        `'${state.current ?? 'no state'}' belongs to no scene or flow, so there is no question to ask again.`,
      );
    }
    state.reenter();
  });
}

/** The machine's handle of a stored conversation; `undefined` where the machine would call it by another key. */
function conversationAt(
  machine: OperatedMachine | undefined,
  key: string,
): Conversation | undefined {
  const parts = machine && parseKey(key);
  if (parts === undefined) return undefined;
  const { bot, business, scope } = parts;
  const { chat, user, thread } = scope;
  if (chat === undefined && user === undefined) return undefined;
  const address: Address = {
    bot,
    ...(chat !== undefined && { chat }),
    ...(user !== undefined && { user }),
    ...(thread !== undefined && { thread }),
    ...(business !== undefined && { business }),
  };
  const conversation = machine?.at(address);
  return conversation?.key === key ? conversation : undefined;
}

function existing(machine: OperatedMachine, key: string): Conversation {
  const conversation = conversationAt(machine, key);
  if (conversation !== undefined) return conversation;
  throw new Rejected(
    `'${key}' is not a key of this machine. Check the namespace and the strategy.`,
  );
}

function holds(states: readonly string[], state: string | null): boolean {
  return state !== null && states.includes(state);
}

/** A state by its id: those of the caller are known by name only. */
function set({ state }: Turn, target: string): void {
  (state.set as (id: string) => void).call(state, target);
}

function isFlow(details: object): boolean {
  return 'kind' in details && details.kind === 'flow';
}

/** The answers before a question, if the conversation is in its flow. */
function answersBefore(
  { state }: Turn,
  { id, states }: MachineDescription['scenes'][number],
  target: string,
): object {
  const first = `${id}:`;
  const names = states
    .filter((each) => each.startsWith(first))
    .map((each) => each.slice(first.length));
  const at = names.indexOf(target.slice(first.length));
  if (!target.startsWith(first) || (at > 0 && !holds(states, state.current))) {
    throw new Rejected(
      `'${target}' comes after questions that have no answer. Move to '${id}', which asks them.`,
    );
  }
  const kept = names.slice(0, at);
  return Object.fromEntries(Object.entries(state.data).filter(([name]) => kept.includes(name)));
}
