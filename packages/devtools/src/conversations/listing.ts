/** Walking stored conversations without holding them: pages for people, one pass for counts and checks. */

import type { FsmStorage } from '@telefsm/core';
import type { StoredConversation } from '@telefsm/core/storage';
import { Rejected } from './rejected.ts';

/** The query of a listing. */
export interface PageQuery {
  readonly prefix?: string;
  /** Only those in this state. */
  readonly state?: string;
  /** Only keys that contain this text. */
  readonly match?: string;
  /** At most so many. */
  readonly limit: number;
  /** Only those after this key. */
  readonly after?: string;
}

/** Some conversations, and where the next page begins. */
export interface Page {
  readonly conversations: readonly StoredConversation[];
  /** For `after` of the next page; `undefined` on the last one. */
  readonly next: string | undefined;
}

/** The most conversations that one page looks at: a rare match is searched in several steps. */
const mostLooked = 20_000;
/** After so many conversations the other work of this process has its turn. */
const breath = 500;

/**
 * Reads one page.
 *
 * @throws Rejected where the storage cannot list
 */
export async function pageOf(storage: FsmStorage, query: PageQuery): Promise<Page> {
  const { match, limit, ...rest } = query;
  const conversations: StoredConversation[] = [];
  let looked = 0;
  let last: string | undefined;
  const most = match === undefined ? limit + 1 : mostLooked;
  for await (const each of walk(storage, { ...rest, limit: most })) {
    if (conversations.length === limit) return { conversations, next: last };
    looked += 1;
    last = each.key;
    if (match === undefined || each.key.includes(match)) conversations.push(each);
  }
  return { conversations, next: looked === most ? last : undefined };
}

/**
 * Walks all conversations of a query, and lets the other work of this process continue.
 *
 * @throws Rejected where the storage cannot list
 */
export async function* walk(
  storage: FsmStorage,
  query: Parameters<NonNullable<FsmStorage['list']>>[0],
): AsyncGenerator<StoredConversation, void, undefined> {
  if (storage.list === undefined) {
    throw new Rejected('This storage cannot list its conversations. Show one by its key.');
  }
  let count = 0;
  for await (const each of storage.list(query)) {
    yield each;
    count += 1;
    if (count % breath === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
