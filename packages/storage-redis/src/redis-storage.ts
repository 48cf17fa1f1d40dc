/** The storage: conversations in Redis or Valkey, on one node, behind Sentinel, or in a Cluster. */

import type { FsmStorage, StoredText } from '@telefsm/core';
import { FsmError, isFsmError } from '@telefsm/core';
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
import { checkOptionNames, sharedLeases } from '@telefsm/core/storage';
import type { RedisClient } from './clients.ts';
import { portOf } from './clients.ts';
import { deadlinesOf } from './deadlines.ts';
import { classifyFault } from './faults.ts';
import { checkLayout, findEviction } from './first-use.ts';
import { layoutOf } from './layout.ts';
import { settlingOf } from './lease.ts';
import { listConversations } from './listing.ts';
import { runScript, script, withoutEmptyEnd } from './scripting.ts';
import { acquireScript, peekScript } from './scripts.ts';
import { decodeText } from './text.ts';
import { wakeUps } from './wake-ups.ts';
import type { RedisWarning } from './warnings.ts';
import { guarded, printOnce } from './warnings.ts';

/** Options of {@link redisStorage}. */
export interface RedisStorageOptions {
  /** The prefix of all keys and channels: 1 to 64 letters, digits, `_`, `.`, `-`. Default `telefsm`. */
  readonly prefix?: string;
  /** The number of slots for conversations. You cannot change it later. Default 64, which is even on up to 20 masters. */
  readonly buckets?: number;
  /** The number of replicas to wait for at each commit, for at most 50 ms. Default: 0. The client must support WAIT. */
  readonly replicas?: number;
  /** Gets warnings; if it fails, that is printed. By default the first warning of each kind is printed. */
  readonly onWarning?: (warning: RedisWarning) => void;
}

/** How many commands are on their way at the same time; more wait in core, where commits overtake acquires. */
const mostAtOnce = 1000;
/** Instead of a fence: another attempt has the lease. */
const busy = 0;

/** A storage in Redis. */
export interface RedisStorage extends FsmStorage {
  acquire(key: string, options: AcquireOptions): Promise<Acquired>;
  commit(
    key: string,
    holder: LeaseHolder,
    next: Write | undefined,
    keep?: number,
  ): Promise<CommitAnswer>;
  renew(key: string, holder: LeaseHolder, lease: number): Promise<boolean>;
  release(key: string, holder: LeaseHolder): Promise<void>;
  peek(key: string): Promise<StoredText | undefined>;
  classify(error: unknown): StorageFault;
  /** Absent for clients that cannot subscribe: processes that wait ask again. */
  granted?(listener: (token: string, fence: number) => void): Promise<() => void>;
  due(limit: number, claim: number, prefix?: string): Promise<readonly string[]>;
  settled(key: string): Promise<void>;
  list(query: ListQuery): AsyncIterable<StoredConversation>;
  close(): void;
}

/** How long an agreed layout is relied on, in ms. */
const lookAgainAfter = 60_000;

const acquireText = script(acquireScript);
const peekText = script(peekScript);

/**
 * Keeps conversations in Redis (6.2 or later) or Valkey, for any number of processes.
 *
 * An update costs two commands and two round trips; the server's clock alone decides about leases and deadlines. The server must not
 * evict (`maxmemory-policy noeviction`), and what a primary had not yet replicated is lost when it fails over.
 *
 * @param client - a client of `ioredis`, `iovalkey`, `redis` (connected), `@valkey/valkey-glide` (`GlideClient`), `@upstash/redis`
 *   (with `automaticDeserialization: false, retry: false`) or Bun; it stays yours to close
 * @throws FsmError `INVALID_OPTION` for a client or option that cannot be used
 *
 * @example
 * ```ts
 * import { redisStorage } from '@telefsm/storage-redis';
 * import { Redis } from 'ioredis';
 *
 * const storage = redisStorage(new Redis('redis://localhost:6379'));
 * ```
 */
export function redisStorage(client: RedisClient, options: RedisStorageOptions = {}): RedisStorage {
  const { prefix = 'telefsm', buckets = 64, replicas = 0 } = options;
  const onWarning = guarded(options.onWarning ?? printOnce());
  checkOptionNames(options, 'prefix', 'buckets', 'replicas', 'onWarning');
  requireOption('prefix', /^[\w.-]{1,64}$/.test(prefix), '1 to 64 of A-Z a-z 0-9 _ . -', prefix);
  requireWhole('buckets', buckets, 1, 16_384);
  requireWhole('replicas', replicas, 0, 1000);

  const port = portOf(client);
  const canWait = replicas === 0 || port.wait !== undefined;
  requireOption('replicas', canWait, '0 for a client that cannot send WAIT', replicas);
  const layout = layoutOf(prefix, buckets);
  const deadlines = deadlinesOf(port, layout);
  const { looksIn, ...settling } = settlingOf(port, layout, deadlines, replicas, onWarning);
  const channel = wakeUps(port, layout.channels);
  let usable = false;
  let checking: Promise<void> | undefined;
  /** By this process's steady clock. */
  let lookAgainAt = 0;

  /** Agreed once; asked again if it could not be asked. */
  function firstUse(): Promise<void> {
    checking ??= checkLayout(port, layout.meta, buckets)
      .then(() => {
        usable = true;
        lookAgainAt = performance.now() + lookAgainAfter;
        findEviction(port).then(warnOfEviction, () => {});
      })
      .finally(() => {
        checking = undefined;
      });
    return checking;
  }

  /** Checked again beside the other commands: if the server was emptied, other processes could agree on something else. */
  function isAgreed(): boolean {
    if (usable && performance.now() >= lookAgainAt) {
      lookAgainAt = performance.now() + lookAgainAfter;
      checkLayout(port, layout.meta, buckets).catch((error) => {
        // reported by the next use; a mere failure is tried again
        if (isFsmError(error)) usable = false;
      });
    }
    return usable;
  }

  function warnOfEviction(policy: string | undefined): void {
    if (policy === undefined) return;
    const message = `Redis may throw conversations and locks away: its maxmemory-policy is '${policy}'. Set it to noeviction.`;
    onWarning({ code: 'EVICTION', message });
  }

  function acquire(key: string, { token, lease, queue }: AcquireOptions): Promise<Acquired> {
    const args = withoutEmptyEnd([token, String(lease), queue ? channel.channel() : '']);
    return runScript(port, acquireText, layout.conversation(key), args, (answer) => {
      const [number, found, deadlineIn, indexedIn] = answer as readonly unknown[];
      const fence = Number(number);
      if (fence === busy) {
        return { busy: Number(found), owner: String(deadlineIn), fence: Number(indexedIn) };
      }
      if (found === undefined) return { fence, stored: undefined };
      if (deadlineIn === undefined) return { fence, stored: storedText(String(found)) };
      if (indexedIn !== null) looksIn(token, Number(indexedIn));
      return { fence, stored: storedText(String(found), Number(deadlineIn)) };
    });
  }

  async function read(key: string): Promise<StoredConversation | undefined> {
    const answer = await runScript(port, peekText, layout.conversation(key), []);
    const [text, state, deadlineIn] = answer as readonly [string?, string?, (number | null)?];
    if (text === undefined) return undefined;
    const stored = storedText(text, deadlineIn ?? undefined);
    return { key, stored, state: state ? decodeText(state) : null };
  }

  return {
    features: {
      shared: true,
      fencing: true,
      ttl: true,
      deadlines: true,
      list: true,
      parallel: mostAtOnce,
    },
    coordination: sharedLeases,

    acquire(key, options) {
      return isAgreed() ? acquire(key, options) : firstUse().then(() => acquire(key, options));
    },

    ...settling,

    async peek(key) {
      if (!isAgreed()) await firstUse();
      return (await read(key))?.stored;
    },

    classify: classifyFault,
    ...(channel.granted && { granted: channel.granted }),

    async due(limit, claim, prefix = '') {
      if (!isAgreed()) await firstUse();
      return deadlines.due(limit, claim, prefix);
    },

    settled: deadlines.settled,

    async *list(query) {
      if (!isAgreed()) await firstUse();
      yield* listConversations(port, layout, read, query);
    },

    close: channel.close,
  };
}

function storedText(text: string, deadlineIn?: number): StoredText {
  const decoded = decodeText(text);
  return deadlineIn === undefined
    ? { text: decoded }
    : { text: decoded, deadlineIn: Number(deadlineIn) };
}

function requireWhole(option: string, found: number, least: number, greatest: number): void {
  const fits = Number.isInteger(found) && found >= least && found <= greatest;
  requireOption(option, fits, `a whole number from ${least} to ${greatest}`, found);
}

function requireOption(option: string, fits: boolean, expected: string, found: unknown): void {
  if (fits) return;
  throw new FsmError('INVALID_OPTION', { option, expected, found: `'${String(found)}'` });
}
