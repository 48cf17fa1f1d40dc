/** The machine behind headless chats: each input is one turn on a conversation of its own. */

import {
  type Clock,
  type Duration,
  FsmError,
  type FsmStorage,
  isFsmError,
  type RawUpdate,
  type Turn,
} from '@telefsm/core';
import { createMachine, type UpdateMachine } from '@telefsm/core/adapter';
import type { Reentry } from '@telefsm/core/scene-kit';
import { CommandError } from './errors.ts';

/** Policy for an input that arrives while the previous input of its user is still running. */
export type Waiting = 'queue' | 'reject' | 'drop';

/** How the headless chats of a tree are kept. */
export interface ChatsOptions {
  /** Where positions are kept; every process that uses this storage shares them. Default: the tree's own memory. */
  readonly storage?: FsmStorage;
  /** How long the lease of a chat lasts without a sign of life of its process. Default 15 s. */
  readonly lease?: Duration;
  /** `max`: the longest input; after it the chat continues without that input. Default 10 min. */
  readonly turn?: { readonly max?: Duration };
  /** Idle chats begin at the root again after this long. Default: never. */
  readonly ttl?: Duration;
}

/** Where chats run: one input of a user at a time, in this process and in every other on the same storage. */
export interface ChatMachine {
  /**
   * Runs work as one turn. Its changes of `turn.state` are committed unless it throws.
   *
   * @returns what the work returns; `undefined` if it was dropped
   * @throws CommandError `LOCK_FAIL` if the lease could not be acquired, or was lost
   * @throws FsmError `REENTERED` inside the work of the same conversation, which would wait for itself
   */
  turn<Result>(id: string, work: (turn: Turn) => Promise<Result>): Promise<Result | undefined>;
}

/**
 * Makes the machine of one tree on one storage.
 *
 * @param options - the storage of the chats, and how long their leases and turns may take
 * @param reentry - shared by all machines of that tree and storage, whatever their policy
 */
export function chatMachine(
  namespace: string,
  options: ChatsOptions & { readonly clock: Clock },
  waiting: Waiting,
  reentry: Reentry,
): ChatMachine {
  const ids = new Map<number, string>();
  const machine: UpdateMachine = createMachine({
    ...options,
    namespace,
    waiting: { policy: waiting },
    strategy: ({ user }) => ({ custom: ids.get(user as number) }),
  });
  const bot = { id: 0, call: async () => true };
  return {
    async turn(id, work) {
      if (reentry.isInside(id)) throw new FsmError('REENTERED', { key: id });
      const number = anyNumber();
      let result: Awaited<ReturnType<typeof work>> | undefined;
      ids.set(number, id);
      try {
        await machine.handle(updateOf(number), bot, async (turn) => {
          result = await reentry.inside(id, () => work(turn));
        });
        return result;
      } catch (error) {
        if (!isLockFailure(error)) throw error;
        throw new CommandError('LOCK_FAIL', { id, error }, { cause: error });
      } finally {
        ids.delete(number);
      }
    },
  };
}

/** Ids of updates are remembered across processes, so a count from 1 would take the inputs of a new process for old ones. */
function anyNumber(): number {
  return Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
}

/** A message with a text: service messages, which have none, wait under every policy. */
function updateOf(number: number): RawUpdate {
  const chat = { id: number, type: 'private' };
  const message = { message_id: 1, date: 0, chat, from: { id: number }, text: '' };
  return { update_id: number, message };
}

function isLockFailure(error: unknown): boolean {
  return (
    isFsmError(error, 'BUSY') ||
    isFsmError(error, 'QUEUE_FULL') ||
    isFsmError(error, 'WAIT_TIMEOUT') ||
    isFsmError(error, 'LEASE_LOST') ||
    (isFsmError(error, 'STORAGE_FAILED') && error.details.operation === 'acquire')
  );
}
