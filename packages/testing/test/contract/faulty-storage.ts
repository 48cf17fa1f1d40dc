/** A correct storage that can be given one plausible mistake. */

import type { FsmStorage, StoredText } from '@telefsm/core';
import type {
  Acquired,
  AcquireOptions,
  CommitAnswer,
  LeaseHolder,
  Write,
} from '@telefsm/core/storage';
import { leaseTimes } from '@telefsm/core/storage';
import { systemClock } from '@telefsm/core/tools';
import type { StorageUnderTest } from '../../src/contract/rule.ts';

/** Every mistake that the contract must notice, in the words of who would make it. */
export const faults = [
  // Texts and keys
  'finds something where nothing was',
  'takes an empty text for none',
  'cuts at NUL',
  'encodes as UTF-8',
  'normalises letters',
  'normalises line ends',
  'parses the text',
  'cuts after 64 KiB',
  'inserts, never updates',
  'a release clears',
  'a deletion is ignored',
  'a deletion blocks the key',
  'keys in lower case',
  'keys trimmed',
  'keys cut at 255',
  'peek finds nothing while held',
  'peek finds only what ended a turn',
  'promises a listing and has none',
  'every error is a retry',
  'fails when closed twice',
  // Leases
  'looks, then takes',
  'no lock',
  'a commit does not let go',
  'the holder is a stranger to itself',
  'lease in seconds',
  'tells of the lease as text',
  'lease of 15 s whatever was asked',
  'renewal never happens',
  'a renewal names the token only',
  'anybody renews',
  'anybody releases',
  'a lapsed lease is refused',
  'no fence',
  'fence counted in the record',
  // Fences
  'the token alone names the holder',
  'the fence alone names the holder',
  'the holder gets a new fence each time',
  'the same token gets its old fence again',
  'a new fence is one more',
  'an acquire shortens the lease of its holder',
  'an acquire makes the lease long',
  'a lapsed holder is a stranger',
  'a continuing commit makes the lease long',
  'a continuing commit shortens the lease',
  'a release names the token only',
  'busy names nobody',
  'busy names the fence before',
  'a lock far away stays',
  'a lock far away is void',
  'a hand-over keeps the fence',
  'a message names no fence',
  // Commits
  'a free conversation takes any commit',
  'kept under the same fence',
  'a continuing commit does not write',
  'a continuing commit releases',
  'a continuing commit does not extend',
  'a repeated continuing commit is rejected',
  'any other fence is taken for a repeated commit',
  // Lifetimes
  'lifetime ignored',
  'lifetime in seconds',
  'lifetime of 32 bits',
  'lifetime judged only by acquire',
  'lifetime of yesterday',
  'lifetime slides with every turn',
  'the lease ends with the lifetime',
  // Deadlines
  'deadline as an instant',
  'deadline of 32 bits',
  'a deadline of nothing is none',
  'whole milliseconds only',
  'no deadline once it has passed',
  'deadline of yesterday',
  'a release clears the deadline',
  'due names all deadlines',
  'due does not claim',
  'due looks, then claims',
  'due ignores the limit',
  'due ignores the prefix',
  'due claims what has another prefix',
  'due looks at the prefix behind the limit',
  'a claim never lapses',
  'settled does nothing',
  'settled drops the deadline',
  'the index keeps its first deadline',
  'the index forgets nothing',
  // Listing
  'prefix with wildcards',
  'prefix in any case',
  'no state in a listing',
  'state of the first write',
  'state as a prefix',
  'limit ignored',
  'a page skips one',
  'a page begins with the last one again',
  'a page begins where its key stands',
  'lists what is held',
  'lists what has expired',
  // Waiting
  'nobody is told',
  'the last comes first',
  'told, not handed over',
  'handed over for a minute',
  'a granted lease is not extended',
  'everybody queues',
  'who asks again goes to the end',
  'who has taken still waits',
  'a continuing commit grants to a waiter',
  'cannot stop listening',
  'own process only is told',
  'each process remembers what it read',
] as const;

/** One of {@link faults}. */
export type Fault = (typeof faults)[number];

interface Entry {
  write: Write | undefined;
  /** The write that `peek` sees in a storage that writes through at the end of a turn. */
  ended: Write | undefined;
  firstState: string | null;
  owner: string | undefined;
  fence: number;
  /** Fences that tokens had before. */
  readonly fences: Map<string, number>;
  until: number;
  expiresAt: number;
  deadlineAt: number;
  wakeAt: number;
  waiters: string[];
}

interface Shared {
  readonly entries: Map<string, Entry>;
  readonly blocked: Set<string>;
  readonly listeners: Set<{ readonly of: object; tell(token: string, fence: number): void }>;
  now: number;
  grants: number;
}

const never = Number.POSITIVE_INFINITY;
const nextTask = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A storage on a clock of its own, with at most one mistake. */
export function faultyStorage(fault?: Fault): StorageUnderTest {
  const shared: Shared = {
    entries: new Map(),
    blocked: new Set(),
    listeners: new Set(),
    now: systemClock.now(),
    grants: 1_000_000,
  };
  return {
    storage: open(shared, (found) => found === fault),
    another: () => open(shared, (found) => found === fault),
    advance(ms) {
      shared.now += ms;
    },
    shift(key, ms) {
      const entry = shared.entries.get(key);
      if (entry === undefined) return;
      entry.until += ms;
      entry.expiresAt += ms;
      entry.deadlineAt += ms;
      entry.wakeAt += ms;
    },
  };
}

function open(shared: Shared, has: (fault: Fault) => boolean): FsmStorage {
  const { entries, blocked, listeners } = shared;
  const me = {};
  const cache = new Map<string, Write | undefined>();
  let closed = false;

  function keyOf(key: string): string {
    if (has('keys in lower case')) return key.toLowerCase();
    if (has('keys trimmed')) return key.trim();
    return has('keys cut at 255') ? key.slice(0, 255) : key;
  }

  function entryOf(key: string): Entry {
    let entry = entries.get(keyOf(key));
    if (!entry) {
      entry = {
        write: undefined,
        ended: undefined,
        firstState: null,
        owner: undefined,
        fence: 0,
        fences: new Map(),
        until: 0,
        expiresAt: never,
        deadlineAt: never,
        wakeAt: never,
        waiters: [],
      };
      entries.set(keyOf(key), entry);
    }
    return entry;
  }

  function stored(entry: Entry, now: number): StoredText | undefined {
    return shown(entry, now, entry.write);
  }

  function shown(entry: Entry, now: number, write: Write | undefined): StoredText | undefined {
    if (write === undefined)
      return has('finds something where nothing was') ? { text: '' } : undefined;
    if (entry.expiresAt <= now) return undefined;
    const text = asKept(write.text, has);
    if (text === undefined) return undefined;
    const passed = entry.deadlineAt <= now && has('no deadline once it has passed');
    if (entry.deadlineAt === never || passed) return { text };
    return {
      text,
      deadlineIn: has('deadline as an instant') ? entry.deadlineAt : entry.deadlineAt - now,
    };
  }

  function grant(entry: Entry, token: string): void {
    const old = entry.fences.get(token);
    entry.owner = token;
    if (has('the same token gets its old fence again') && old !== undefined) entry.fence = old;
    else if (has('fence counted in the record') || has('a new fence is one more')) entry.fence++;
    else {
      shared.grants += 10;
      entry.fence = Math.max(entry.fence + 2, shared.grants);
    }
    entry.fences.set(token, entry.fence);
  }

  function letGo(entry: Entry): void {
    entry.ended = entry.write;
    const next = has('the last comes first') ? entry.waiters.pop() : entry.waiters.shift();
    const told = [...listeners].filter(({ of }) => !has('own process only is told') || of === me);
    entry.owner = undefined;
    if (next === undefined || listeners.size === 0 || has('nobody is told')) return;
    if (has('a hand-over keeps the fence')) entry.owner = next;
    else if (!has('told, not handed over')) grant(entry, next);
    entry.until = shared.now + (has('handed over for a minute') ? 60_000 : leaseTimes.handOver);
    const fence = has('a message names no fence') ? Number.NaN : entry.fence;
    setImmediate(() => {
      for (const { tell } of told) tell(next, fence);
    });
  }

  function write(entry: Entry, next: Write | undefined): void {
    if (next === undefined && has('a deletion is ignored')) return;
    if (entry.write !== undefined && next !== undefined && has('inserts, never updates')) return;
    if (entry.write === undefined) entry.firstState = next?.state ?? null;
    entry.write = next;
    if (next === undefined && has('fence counted in the record')) entry.fence = 0;
    const second = has('lifetime in seconds') ? 1000 : 1;
    if (next?.ttl !== undefined && !has('lifetime ignored')) {
      const ttl = has('lifetime of 32 bits') ? next.ttl | 0 : next.ttl;
      entry.expiresAt = shared.now + ttl * second;
    } else if (!has('lifetime of yesterday')) entry.expiresAt = never;
    const deadlineIn = next && deadlineOf(next, has);
    if (deadlineIn !== undefined) entry.deadlineAt = shared.now + deadlineIn;
    else if (!has('deadline of yesterday')) entry.deadlineAt = never;
    if (has('the index keeps its first deadline') && entry.wakeAt !== never) return;
    entry.wakeAt = Math.min(entry.wakeAt, entry.deadlineAt);
  }

  function holds(entry: Entry, { token, fence }: LeaseHolder): boolean {
    if (has('a lapsed lease is refused') && entry.until <= shared.now) return false;
    if (has('a free conversation takes any commit') && entry.owner === undefined) return true;
    if (has('no fence')) return true;
    if (has('the token alone names the holder')) return entry.owner === token;
    if (has('the fence alone names the holder')) {
      return entry.owner !== undefined && entry.fence === fence;
    }
    return entry.owner === token && entry.fence === fence;
  }

  async function commit(
    key: string,
    holder: LeaseHolder,
    next: Write | undefined,
    keep?: number,
  ): Promise<CommitAnswer> {
    await nextTask();
    const entry = entryOf(key);
    const { token, fence } = holder;
    const hasGoneOn = entry.owner === token && entry.fence === fence + 1;
    const isOther = entry.owner === token && entry.fence > fence;
    if (keep !== undefined && hasGoneOn && !has('a repeated continuing commit is rejected')) {
      return 'already';
    }
    if (keep !== undefined && isOther && has('any other fence is taken for a repeated commit')) {
      return 'already';
    }
    if (!holds(entry, holder)) return 'rejected';
    if (next !== undefined && blocked.has(key)) return 'done';
    if (next === undefined && has('a deletion blocks the key')) blocked.add(key);
    if (keep === undefined || !has('a continuing commit does not write')) write(entry, next);
    cache.set(key, entry.write);
    if (keep === undefined) {
      if (!has('a commit does not let go')) letGo(entry);
    } else if (has('a continuing commit releases')) {
      letGo(entry);
    } else if (has('a continuing commit grants to a waiter') && entry.waiters.length > 0) {
      letGo(entry);
    } else {
      if (!has('kept under the same fence')) entry.fence++;
      const until = shared.now + (has('a continuing commit makes the lease long') ? 60_000 : keep);
      const before = has('a continuing commit shortens the lease') ? 0 : entry.until;
      if (!has('a continuing commit does not extend')) entry.until = Math.max(before, until);
    }
    return 'done';
  }

  async function renew(key: string, holder: LeaseHolder, ms: number): Promise<boolean> {
    await nextTask();
    const entry = entryOf(key);
    if (has('renewal never happens')) return true;
    const isOwner = has('a renewal names the token only') && entry.owner === holder.token;
    if (!isOwner && !holds(entry, holder) && !has('anybody renews')) return false;
    entry.until = shared.now + ms;
    return true;
  }

  async function release(key: string, holder: LeaseHolder): Promise<void> {
    await nextTask();
    const entry = entryOf(key);
    const isOwner = has('a release names the token only') && entry.owner === holder.token;
    if (!isOwner && !holds(entry, holder) && !has('anybody releases')) return;
    if (has('a release clears')) entry.write = undefined;
    if (has('a release clears the deadline')) entry.deadlineAt = never;
    letGo(entry);
  }

  async function acquire(key: string, options: AcquireOptions): Promise<Acquired> {
    await nextTask();
    const { token, queue } = options;
    const { now } = shared;
    const entry = entryOf(key);
    if (has('the lease ends with the lifetime') && entry.expiresAt <= now) entry.owner = undefined;
    const isFar = entry.until > now + leaseTimes.longest;
    if (isFar && has('a lock far away is void')) entry.owner = undefined;
    const isLapsedStranger = has('a lapsed holder is a stranger') && entry.until <= now;
    const isOwn =
      entry.owner === token && !has('the holder is a stranger to itself') && !isLapsedStranger;
    if (entry.owner !== undefined && !isOwn && entry.until > now && !has('no lock')) {
      if (has('who asks again goes to the end')) drop(entry, token);
      if ((queue || has('everybody queues')) && !entry.waiters.includes(token)) {
        entry.waiters.push(token);
      }
      if (isFar && !has('a lock far away stays')) entry.until = now + options.lease;
      const busy = entry.until - now;
      return {
        busy: has('tells of the lease as text') ? (`${busy}` as never) : busy,
        owner: has('busy names nobody') ? '' : entry.owner,
        fence: entry.fence - (has('busy names the fence before') ? 1 : 0),
      };
    }
    if (has('looks, then takes')) await nextTask();
    if (!has('who has taken still waits')) drop(entry, token);
    const length = has('lease of 15 s whatever was asked') ? 15_000 : options.lease;
    const long = has('an acquire makes the lease long') ? 60_000 : length;
    const until = now + long * (has('lease in seconds') ? 1000 : 1);
    if (isOwn && !has('the holder gets a new fence each time')) {
      const before = has('an acquire shortens the lease of its holder') ? 0 : entry.until;
      const latest = Math.min(Math.max(before, until), now + leaseTimes.longest);
      if (!has('a granted lease is not extended')) entry.until = latest;
    } else {
      grant(entry, token);
      entry.until = until;
    }
    const found =
      has('each process remembers what it read') && cache.has(key)
        ? cache.get(key)
        : stored(entry, now);
    if (has('lifetime slides with every turn') && entry.write?.ttl !== undefined)
      entry.expiresAt = now + 10 * entry.write.ttl;
    return { fence: entry.fence, stored: found };
  }

  async function* list({
    prefix = '',
    state,
    limit = never,
    after,
  }: Parameters<NonNullable<FsmStorage['list']>>[0]): ReturnType<NonNullable<FsmStorage['list']>> {
    let keys = [...entries.keys()].sort();
    if (has('a page begins where its key stands')) {
      keys = keys.filter((key) => entryOf(key).write !== undefined);
    }
    if (after !== undefined && has('a page begins where its key stands'))
      keys = keys.slice(keys.indexOf(after) + 1 || keys.length);
    else if (after !== undefined)
      keys = keys.filter(
        (key) => key > after || (key === after && has('a page begins with the last one again')),
      );
    if (after !== undefined && has('a page skips one')) keys.shift();
    let left = has('limit ignored') ? never : limit;
    for (const key of keys) {
      const entry = entryOf(key);
      const now = has('lists what has expired') ? 0 : shared.now;
      const found =
        stored(entry, now) ?? (has('lists what is held') && entry.owner ? { text: '' } : undefined);
      const current = has('state of the first write')
        ? entry.firstState
        : (entry.write?.state ?? null);
      if (!found || !matches(key, prefix, has) || left <= 0) continue;
      if (
        state !== undefined &&
        current !== state &&
        !(has('state as a prefix') && current?.startsWith(state))
      )
        continue;
      left--;
      yield { key, stored: found, state: has('no state in a listing') ? null : current };
    }
  }

  const features = { shared: true, fencing: true, ttl: true, deadlines: true, list: true };
  const storage: FsmStorage = {
    features,
    acquire,
    commit,
    renew,
    release,
    async peek(key) {
      const entry = entryOf(key);
      if (has('peek finds nothing while held') && entry.owner !== undefined) return undefined;
      const now = has('lifetime judged only by acquire') ? 0 : shared.now;
      return shown(
        entry,
        now,
        has('peek finds only what ended a turn') ? entry.ended : entry.write,
      );
    },
    classify: () => (has('every error is a retry') ? 'retry' : 'unknown'),
    async granted(listener) {
      const listening = { of: me, tell: listener };
      listeners.add(listening);
      return () => {
        if (!has('cannot stop listening')) listeners.delete(listening);
      };
    },
    async due(limit, claim, prefix = '') {
      const { now } = shared;
      const late = [...entries].filter(
        ([, { wakeAt }]) => wakeAt <= now || (wakeAt !== never && has('due names all deadlines')),
      );
      if (has('due looks, then claims')) await nextTask();
      const isOwn = ([key]: readonly [string, unknown]) => key.startsWith(prefix);
      const goesBehind = has('due looks at the prefix behind the limit');
      const own = has('due ignores the prefix') || goesBehind ? late : late.filter(isOwn);
      const found = has('due ignores the limit') ? own : own.slice(0, limit);
      if (has('due claims what has another prefix')) {
        for (const [, entry] of late) entry.wakeAt = now + claim;
      }
      for (const [, entry] of found) {
        if (has('a claim never lapses')) entry.wakeAt = never;
        else if (!has('due does not claim')) entry.wakeAt = now + claim;
      }
      return (goesBehind ? found.filter(isOwn) : found).map(([key]) => key);
    },
    async settled(key) {
      const entry = entries.get(key);
      if (!entry || has('settled does nothing')) return;
      if (has('the index forgets nothing') && entry.deadlineAt === never) return;
      entry.wakeAt = has('settled drops the deadline') ? never : entry.deadlineAt;
    },
    list,
    close() {
      if (closed && has('fails when closed twice')) throw new Error('The connection is closed.');
      closed = true;
    },
  };
  if (!has('promises a listing and has none')) return storage;
  const { list: _, ...without } = storage;
  return without;
}

function drop(entry: Entry, token: string): void {
  entry.waiters = entry.waiters.filter((waiter) => waiter !== token);
}

function asKept(text: string, has: (fault: Fault) => boolean): string | undefined {
  if (has('takes an empty text for none')) return text || undefined;
  if (has('cuts at NUL')) return text.split('\0')[0];
  if (has('encodes as UTF-8')) return Buffer.from(text).toString();
  if (has('normalises letters')) return text.normalize('NFC');
  if (has('normalises line ends')) return text.replaceAll('\r\n', '\n');
  if (has('cuts after 64 KiB')) return text.slice(0, 65_536);
  return has('parses the text') && text === 'null' ? undefined : text;
}

function matches(key: string, prefix: string, has: (fault: Fault) => boolean): boolean {
  if (has('prefix in any case')) return key.toLowerCase().startsWith(prefix.toLowerCase());
  if (!has('prefix with wildcards')) return key.startsWith(prefix);
  const pattern = prefix
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${pattern}`).test(key);
}

function deadlineOf({ deadlineIn }: Write, has: (fault: Fault) => boolean): number | undefined {
  if (deadlineIn === undefined || (deadlineIn <= 0 && has('a deadline of nothing is none'))) {
    return undefined;
  }
  if (!Number.isInteger(deadlineIn) && has('whole milliseconds only'))
    throw new Error('no integer');
  return has('deadline of 32 bits') ? deadlineIn | 0 : deadlineIn;
}
