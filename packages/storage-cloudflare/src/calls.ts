/** The calls that a storage makes to a shard, and how they travel to another object. */

import { FsmError, isFsmError, type StoredText } from '@telefsm/core';
import type {
  Acquired,
  AcquireOptions,
  CommitAnswer,
  LeaseHolder,
  ListQuery,
  StorageFault,
  StoredConversation,
  Write,
} from '@telefsm/core/storage';
import type { ObjectId, ObjectNamespace } from './platform.ts';

/** One page of a listing. */
export interface Page {
  readonly found: readonly StoredConversation[];
  /** Whether more may follow after the last one. */
  readonly hasMore: boolean;
}

/** The statements of the storage contract, as one shard executes them. None but `handed` awaits anything, so nothing comes between. */
export interface Calls {
  /** Acquires and reads. */
  acquire(key: string, options: AcquireOptions): Acquired;
  /** Writes; `null` deletes the record, or releases the conversation. */
  commit(key: string, holder: LeaseHolder, next: Write | null, keep: number | null): CommitAnswer;
  /** Extends a lease to `lease` ms from now. */
  renew(key: string, holder: LeaseHolder, lease: number): boolean;
  /** Releases without writing. */
  release(key: string, holder: LeaseHolder): void;
  /** Resolves to the fence as soon as a waiter was handed the conversation; to `undefined` after `leaseTimes.handOver`. */
  handed(key: string, token: string): Promise<number | undefined>;
  /** Reads without acquiring. */
  peek(key: string): StoredText | undefined;
  /** Claims conversations of this shard whose deadline has passed. */
  due(limit: number, claim: number, prefix: string): readonly string[];
  /** Ends a claim. */
  settled(key: string): void;
  /** Reads one page, in the order of the keys. */
  list(query: ListQuery): Page;
}

/** One shard, here or elsewhere. */
export interface Shard {
  /** Has the shard execute one of the {@link Calls}. */
  call<Name extends keyof Calls>(
    name: Name,
    ...parameters: Parameters<Calls[Name]>
  ): ReturnType<Calls[Name]> | Promise<Awaited<ReturnType<Calls[Name]>>>;
}

/** A request to a Durable Object. */
export interface Question {
  /** How many shards there are, as the caller counts them. */
  readonly shards: number;
  readonly name: keyof Calls;
  readonly parameters: readonly unknown[];
}

/** The error that an object answered with. SQLite has undone the statement. */
class ShardError extends Error {
  override readonly name = 'ShardError';
}

/** Cloudflare's limit for a row, in bytes. */
const mostBytes = 2_000_000;

/** Names what is wrong and what to do, where that is known; any other error stays as it is. */
function explained(error: Error, object: string, { parameters }: Question): Error {
  // only the write of a commit has a text
  const { text }: { readonly text?: unknown } = Object(parameters[2]);
  if (typeof text === 'string' && error.message.includes('SQLITE_TOOBIG')) {
    const { byteLength: bytes } = new TextEncoder().encode(text);
    return new FsmError('RECORD_TOO_LARGE', { bytes, limit: mostBytes }, { cause: error });
  }
  if (!error.message.includes('SQLITE_FULL')) return error;
  const details = {
    storage: `The Durable Object ${object}`,
    reason: `its database is full (${error.message})`,
    remedy: 'Delete conversations, and set a ttl, so that abandoned ones are deleted.',
  };
  return new FsmError('STORAGE_UNUSABLE', details, { cause: error });
}

/** Reaches the shard of that name by requests to its object. */
export function remoteShard(namespace: ObjectNamespace, id: ObjectId, shards: number): Shard {
  return {
    async call(name, ...parameters) {
      const question: Question = { shards, name, parameters };
      const body = JSON.stringify(question);
      // a stub belongs to the request that made it, so each call makes one
      const response = await namespace.get(id).fetch('https://telefsm/', { method: 'POST', body });
      const { answer, error } = (await response.json()) as { answer: never; error?: string };
      if (error !== undefined) throw explained(new ShardError(error), id.toString(), question);
      return answer;
    },
  };
}

/**
 * Sorts an error of a call.
 *
 * Only an object that answers proves that nothing was written. Every other error may have come after the commit: a broken connection, an
 * object that was moved or reset.
 */
export function classify(error: unknown): StorageFault {
  return error instanceof ShardError || isFsmError(error) ? 'fatal' : 'unknown';
}
