/** Keys of conversations: what a strategy makes of a subject, as labeled and escaped text. */

import { FsmError } from '../base/errors.ts';
import { anyText, invalidOption, type Rule, wholeNumber } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import type { Subject } from './subject.ts';

/** The parts of a key that a strategy chooses; the bot and the business connection are always in it. */
export interface Scope {
  readonly chat?: number | undefined;
  readonly user?: number | undefined;
  readonly thread?: number | undefined;
  readonly custom?: string | undefined;
}

/**
 * The strategy decides who shares a conversation: a name, or a function that returns the parts of the key.
 *
 * A function is synchronous, and `undefined` means that the update has no conversation.
 */
export type Strategy =
  | 'userInChat'
  | 'chat'
  | 'globalUser'
  | 'userInTopic'
  | 'chatTopic'
  | ((subject: Subject) => Scope | undefined);

/** The parts of a key. */
export interface KeyParts {
  readonly namespace: string;
  readonly bot: number;
  readonly business: string | undefined;
  readonly scope: Scope;
}

/** The longest key, in bytes. */
export const keyLimit = 512;

/**
 * Picks the parts of the key; `undefined` means no conversation.
 *
 * @throws FsmError `INVALID_OPTION` if there is no such strategy, or a function gave what is no scope; what the function throws passes
 */
export function scopeOf(strategy: Strategy, subject: Subject): Scope | undefined {
  if (typeof strategy === 'function') return checkedScope(strategy(subject));
  const { chat, user, thread } = subject;
  switch (strategy) {
    case 'userInChat':
      return chat === undefined || user === undefined ? undefined : { chat, user };
    case 'chat':
      return chat === undefined ? undefined : { chat };
    case 'globalUser':
      return user === undefined ? undefined : { user };
    case 'userInTopic':
      return chat === undefined || user === undefined ? undefined : { chat, user, thread };
    case 'chatTopic':
      return chat === undefined ? undefined : { chat, thread };
    default:
      throw invalidOption(
        'strategy',
        "'userInChat', 'chat', 'globalUser', 'userInTopic', 'chatTopic' or a function",
        shown(strategy),
      );
  }
}

/**
 * Writes a key: ASCII, readable, and never the same for two different conversations.
 *
 * `telefsm:b123:c-5:t9:u7` is the user 7 in the topic 9 of the chat -5 of the bot 123; `business=…` and `custom=…` follow the bot and end the key.
 *
 * @throws FsmError `INVALID_KEY` beyond {@link keyLimit}
 */
export function keyOf(
  namespace: string,
  bot: number,
  business: string | undefined,
  scope: Scope,
): string {
  const key = written({ namespace, bot, business, scope });
  if (key.length > keyLimit)
    throw new FsmError('INVALID_KEY', { bytes: key.length, limit: keyLimit });
  return key;
}

/** How many keys are known again. */
const mostKnown = 4096;

/**
 * Makes {@link keyOf} for one namespace that recognizes the keys of private chats, with the first bot that it is asked for.
 *
 * Most updates come from few of them at a time, and a text that was written before has been hashed before.
 */
export function keyWriter(
  namespace: string,
): (bot: number, business: string | undefined, scope: Scope) => string {
  const known = new Map<number, string>();
  let first: number | undefined;
  return (bot, business, scope) => {
    const { chat, user, thread, custom } = scope;
    first ??= bot;
    const isOther = bot !== first || business !== undefined || chat === undefined || chat !== user;
    if (isOther || thread !== undefined || custom !== undefined) {
      return keyOf(namespace, bot, business, scope);
    }
    let key = known.get(chat);
    if (key === undefined) {
      key = keyOf(namespace, bot, business, scope);
      if (known.size >= mostKnown) known.clear();
      known.set(chat, key);
    }
    return key;
  };
}

const form =
  /^([\w.%-]*):b(-?\d+)(?::business=([\w.%-]*))?(?::c(-?\d+))?(?::t(-?\d+))?(?::u(-?\d+))?(?::custom=([\w.%-]*))?$/;

/** Reads a key that {@link keyOf} wrote, for operators' tools; `undefined` if it is none. */
export function parseKey(key: string): KeyParts | undefined {
  const found = key.length > keyLimit ? null : form.exec(key);
  if (found === null) return undefined;
  const [, namespace = '', bot, business, chat, thread, user, custom] = found;
  const parts: KeyParts = {
    namespace: unescaped(namespace),
    bot: Number(bot),
    business: optional(business, unescaped),
    scope: {
      chat: optional(chat, Number),
      thread: optional(thread, Number),
      user: optional(user, Number),
      custom: optional(custom, unescaped),
    },
  };
  // A text that would be written otherwise (007, needless escapes) is not a key of ours.
  return written(parts) === key ? parts : undefined;
}

/** The subject of a key's conversation, without an update. Without a chat it is the private chat with the user. */
export function subjectOfKey({ bot, business, scope }: KeyParts): Subject {
  const { chat = scope.user, user, thread } = scope;
  return { bot, chat, user, thread, business };
}

/** Begins the keys of a machine, for listing a storage. */
export function namespacePrefix(namespace: string): string {
  return `${escaped(namespace)}:b`;
}

/** Begins the keys of one bot of a machine, for its deadlines and for listing a storage. */
export function botPrefix(namespace: string, bot: number): string {
  return `${namespacePrefix(namespace)}${bot}:`;
}

/**
 * Reads the bot's id from its token, without a request.
 *
 * @throws FsmError `INVALID_OPTION` if the text is no token; its text is not shown
 */
export function botIdOf(token: string): number {
  const id = /^(\d+):/.exec(token)?.[1];
  if (id !== undefined && Number.isSafeInteger(Number(id))) return Number(id);
  throw invalidOption(
    'token',
    "the bot's token, which begins with its id and a colon",
    'a text without them',
  );
}

function written({ namespace, bot, business, scope }: KeyParts): string {
  const { chat, thread, user, custom } = scope;
  // joined, not added up: a sum is a tree of pieces, and stays one for as long as a map holds the key
  const parts = [escaped(namespace), `b${bot}`];
  if (business !== undefined) parts.push(`business=${escaped(business)}`);
  if (chat !== undefined) parts.push(`c${chat}`);
  if (thread !== undefined) parts.push(`t${thread}`);
  if (user !== undefined) parts.push(`u${user}`);
  if (custom !== undefined) parts.push(`custom=${escaped(custom)}`);
  return parts.join(':');
}

const plain = /^[\w.-]*$/;

/** Escapes UTF-16 units, not characters: lone surrogates are text too. */
function escaped(text: string): string {
  // half the time of a replacement that finds nothing
  if (plain.test(text)) return text;
  return text.replace(/[^\w.-]/g, (unit) => {
    const code = unit.charCodeAt(0).toString(16);
    return code.length > 2 ? `%u${code.padStart(4, '0')}` : `%${code.padStart(2, '0')}`;
  });
}

function unescaped(text: string): string {
  return text.replace(/%(?:u([\da-f]{4})|([\da-f]{2}))/g, (_, long?: string, short?: string) =>
    String.fromCharCode(Number.parseInt(long ?? short ?? '', 16)),
  );
}

function optional<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text);
}

const scopeParts: ReadonlyMap<string, Rule> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries({
    chat: wholeNumber,
    user: wholeNumber,
    thread: wholeNumber,
    custom: anyText,
  }),
);
/** Members of a subject that a strategy may return, because it spreads the subject; core handles these itself. */
const subjectParts: ReadonlySet<string> = new Set(['bot', 'business', 'updateType']);

/** A part that is overlooked would let two conversations share a key, so an unknown one is rejected. */
function checkedScope(given: unknown): Scope | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null) throw badScope(shown(given));
  if (typeof (given as { then?: unknown }).then === 'function') throw badScope('a promise');
  let parts = 0;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || subjectParts.has(name)) continue;
    const rule = scopeParts.get(name);
    if (rule === undefined) throw badScope(`a scope with '${name}'`);
    if (!rule.fits(value)) throw badScope(`a scope whose '${name}' is ${shown(value)}`);
    parts += 1;
  }
  if (parts === 0) throw badScope('an empty scope');
  const { chat, user, thread, custom } = given as Scope;
  return { chat, user, thread, custom };
}

function badScope(found: string): FsmError<'INVALID_OPTION'> {
  return invalidOption(
    'strategy',
    'a synchronous function that returns chat, user, thread (whole numbers) or custom (text), or undefined',
    `a function that returned ${found}`,
  );
}
