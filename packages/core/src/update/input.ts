/** The input of users, as small values discriminated by kind, and the selection of those that a step accepts. */

import type { Duration } from '../base/clock.ts';
import { holds } from '../base/holds.ts';
import type { Rule } from '../base/rules.ts';
import type {
  Awaitable,
  Complaint,
  IsUnanswered,
  NotStorable,
  Storable,
} from '../base/type-tools.ts';
import { isMeantFor, readCommand } from './command.ts';
import {
  type InputKind,
  type InputValues,
  inputKinds,
  messageIn,
  pollAnswerIn,
  pollIn,
  type Tagged,
  tag,
  valueIn,
} from './input-value.ts';
import { idIn, idOf, objectIn, type RawObject, type RawUpdate, textIn } from './raw-update.ts';
import { payloadOf, updateTypeOf } from './subject.ts';
import { foundIn, isTextKind, textKinds } from './text-kind.ts';
import type { TextKind, TextValues } from './text-kinds.ts';
import type { Update } from './update.ts';

export type { InputKind, InputValues } from './input-value.ts';
export { inputKinds } from './input-value.ts';

/** The members of every input. */
interface InputFacts {
  readonly update: Update;
  /** Whether it is a new version of an earlier message. */
  readonly edited: boolean;
  /** The `media_group_id` that the parts of an album share. */
  readonly album?: string;
}

/** The input of a user, discriminated by `kind`. */
export type UserInput<K extends InputKind = InputKind> = {
  [P in K]: { readonly kind: P; readonly value: InputValues[P] } & InputFacts &
    (P extends 'text' ? { readonly text: string } : unknown);
}[K];

/**
 * The input that a step accepts: a kind by name, several kinds, an album, a burst of messages, anything, or a picker.
 *
 * A picker returns the value, or `undefined` to reject the input.
 */
export type Accept =
  | AcceptedKind
  | readonly AcceptedKind[]
  | { readonly album: InputKind | readonly InputKind[] }
  | Burst
  | 'any'
  | ((input: UserInput) => unknown);

/** Several messages in a row, in their order; complete when none has come for as long as `quiet`, by default for a second. */
export interface Burst {
  readonly burst: InputKind | readonly InputKind[];
  readonly quiet?: Duration;
}

/**
 * A kind of input. `own_contact` is the user's own contact, neither another one nor one that was forwarded; `email`, `phone`, `url`,
 * `date` and `number` are found inside a text.
 */
export type AcceptedKind = InputKind | 'own_contact' | TextKind;
type ValueOf<K> = K extends TextKind
  ? TextValues[K]
  : K extends 'own_contact'
    ? InputValues['contact']
    : K extends InputKind
      ? InputValues[K]
      : never;
type TaggedAs<K> = K extends TextKind
  ? { readonly kind: K; readonly value: TextValues[K] }
  : Tagged<K extends 'own_contact' ? 'contact' : K & InputKind>;

/** The value that an {@link Accept} gives: of one kind the value itself, of several the value with its kind. */
export type Accepted<A> = A extends AcceptedKind
  ? ValueOf<A>
  : A extends 'any'
    ? Tagged<InputKind>
    : A extends readonly (infer K extends AcceptedKind)[]
      ? TaggedAs<K>
      : A extends { readonly album: infer K } | { readonly burst: infer K }
        ? K extends InputKind
          ? readonly InputValues[K][]
          : K extends readonly (infer E extends InputKind)[]
            ? readonly Tagged<E>[]
            : never
        : A extends (input: UserInput) => infer V
          ? Exclude<Awaited<V>, undefined>
          : never;

/** Rejects, with a sentence, a picker that may return no answer where it does not reject the input. */
export type PickerFits<A> = A extends (input: UserInput) => infer V
  ? [V] extends [never]
    ? unknown
    : FitsAsAnswer<Exclude<Awaited<V>, undefined>>
  : unknown;
type FitsAsAnswer<V> = ([V] extends [never] ? true : IsUnanswered<V>) extends true
  ? Complaint<'A picker returns the answer, or undefined to reject the input: not a boolean and not nothing.'>
  : [V] extends [Storable<V>]
    ? unknown
    : NotStorable;

/**
 * Reads what the user sent.
 *
 * `undefined` for updates that are not input: events, requests with their own answer (inline queries, checkouts), service messages,
 * commands for another bot, and kinds that are not in `InputValues`.
 *
 * @param username - the bot's own, see `parseCommand`
 */
export function inputOf(update: RawUpdate, username?: string): UserInput | undefined {
  const updateType = updateTypeOf(update);
  if (updateType === undefined) return undefined;
  const payload = objectIn(update, updateType);
  const read = payload && readInput(updateType, payload, username);
  if (read === undefined) return undefined;
  const album = albumIn(updateType, payload);
  const { kind, value } = read;
  const edited = updateType.startsWith('edited_');
  const facts = album === undefined ? { update, edited } : { update, edited, album };
  return (
    kind === 'text' ? { kind, value, text: value, ...facts } : { kind, value, ...facts }
  ) as UserInput;
}

/** Whether an input is about a poll that the bot has sent: a vote, or the poll's new state. */
export function isVote({ kind, update }: UserInput): boolean {
  return kind === 'poll_answer' || (kind === 'poll' && update.poll !== undefined);
}

/** Whether an input comes without being written to the bot. */
export function isEvent(input: UserInput): boolean {
  return input.kind === 'payment' || isVote(input);
}

/**
 * Picks the value that a step takes from an input; `undefined` if it takes none.
 *
 * Of an album or a burst each message is a part, and each part gives a list of one. What a picker throws passes through.
 */
export function acceptInput<const A extends Accept>(
  accept: A,
  input: UserInput,
): Awaitable<Accepted<A> | undefined>;
export function acceptInput(accept: Accept, input: UserInput): unknown {
  if (typeof accept === 'function') return accept(input);
  if (accept === 'any') return tagged(input.kind, input.value);
  if (typeof accept === 'string') return valueAs(accept, input);
  if ('album' in accept || 'burst' in accept) {
    const part = acceptInput('album' in accept ? accept.album : accept.burst, input);
    return part === undefined ? undefined : [part];
  }
  if ((accept as readonly string[]).includes(input.kind)) return tagged(input.kind, input.value);
  return firstOf(accept, input);
}

/** Takes what is an {@link Accept}. */
export const acceptable: Rule = /* @__PURE__ */ ruleOfKinds();

function ruleOfKinds(): Rule {
  const known: readonly unknown[] = [...inputKinds, 'own_contact', ...textKinds];
  const areKnown = (found: unknown) => {
    const kinds: readonly unknown[] = Array.isArray(found) ? found : [found];
    return kinds.length > 0 && kinds.every((kind) => known.includes(kind));
  };
  return {
    expected: `'any', a function, an album, a burst, or of ${known.join(', ')}`,
    fits: (found) =>
      found === 'any' ||
      typeof found === 'function' ||
      areKnown(holds(found, 'album') ? found.album : holds(found, 'burst') ? found.burst : found),
  };
}

/** The first of some kinds that an input has; what is found inside a text is waited for. */
function firstOf(
  [kind, ...rest]: readonly AcceptedKind[],
  input: UserInput,
): Awaitable<Tagged<InputKind> | undefined> {
  if (kind === undefined) return undefined;
  const value = valueAs(kind, input);
  const as = kind === 'own_contact' ? 'contact' : kind;
  const other = () => firstOf(rest, input);
  if (!isTextKind(kind)) return value === undefined ? other() : tagged(as, value);
  return Promise.resolve(value).then((found) =>
    found === undefined ? other() : tagged(as, found),
  );
}

/** The value of an input as one kind. Some kinds are narrower or wider than what the input is by itself. */
function valueAs(kind: AcceptedKind, input: UserInput): unknown {
  if (input.kind === kind) return input.value;
  const message = payloadOf(input.update);
  if (isTextKind(kind))
    return input.kind === 'text' ? foundIn(kind, input.text, message) : undefined;
  if (kind === 'message' && input.kind !== 'command' && input.kind !== 'payment')
    return messageIn(message);
  if (kind !== 'own_contact' || input.kind !== 'contact') return undefined;
  const isOwn = input.value.user_id !== undefined && input.value.user_id === idIn(message, 'from');
  return isOwn && message?.['forward_origin'] === undefined ? input.value : undefined;
}

function tagged(kind: string, value: unknown): Tagged<InputKind> {
  return { kind, value } as Tagged<InputKind>;
}

const messageTypes: ReadonlySet<string> = new Set([
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'business_message',
  'edited_business_message',
  'guest_message',
]);

function albumIn(updateType: string, payload: RawObject | undefined): string | undefined {
  return messageTypes.has(updateType) ? textIn(payload, 'media_group_id') : undefined;
}

function readInput(
  updateType: string,
  payload: RawObject,
  username: string | undefined,
): Tagged<InputKind> | undefined {
  if (updateType === 'callback_query') return tag('button', textIn(payload, 'data'));
  if (updateType === 'poll_answer') return tag('poll_answer', pollAnswerIn(payload));
  if (updateType === 'poll') return tag('poll', pollIn(payload));
  if (!messageTypes.has(updateType) || isFromNobody(updateType, payload)) return undefined;
  const text = textIn(payload, 'text');
  if (text !== undefined) return readText(text, payload, username);
  return valueIn(payload);
}

/**
 * Whether a message comes from no user of the bot. It may be from the owner of a business account, or from another bot. It may also be a
 * channel post that was forwarded automatically into the discussion group. Anonymous administrators and channels that write themselves
 * are users.
 */
function isFromNobody(updateType: string, message: RawObject): boolean {
  const { from, chat, sender_chat, is_automatic_forward } = message;
  if (is_automatic_forward === true) return true;
  if (updateType.endsWith('business_message') && idOf(from) !== idOf(chat)) return true;
  return sender_chat === undefined && objectIn(message, 'from')?.['is_bot'] === true;
}

function readText(
  text: string,
  message: RawObject,
  username: string | undefined,
): Tagged<'text' | 'command'> | undefined {
  const { entities } = message;
  const found = readCommand(text, Array.isArray(entities) ? entities : undefined);
  if (found === undefined) return tag('text', text);
  const { command, argument } = found;
  return isMeantFor(found, username) ? tag('command', { command, argument }) : undefined;
}
