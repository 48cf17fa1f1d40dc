/** From what a user sent to an answer: what a question accepts, and how it is checked. */

import type { FsmError } from '../../base/errors.ts';
import { holds } from '../../base/holds.ts';
import { isStorable, type JsonObject } from '../../base/json.ts';
import { check, describeIssues } from '../../base/schema.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { OutgoingMessage } from '../../conversation/outgoing.ts';
import type { SessionTurn } from '../../conversation/turn.ts';
import { type Accept, type AcceptedKind, acceptInput, type UserInput } from '../../update/input.ts';
import { isTextKind } from '../../update/text-kind.ts';
import { isAnswer, noAnswer } from '../no-answer.ts';
import { asTyped, type Option } from './choices.ts';
import { withVerdict } from './dropped-verdict.ts';
import type { Invalid, Redo } from './question.ts';
import type { AskOptions } from './steps.ts';

/** The result of checking a value. */
export type Verdict =
  | { readonly kind: 'answer'; readonly value: unknown }
  /** With the flow's own words, or by one of telefsm's texts. */
  | ({ readonly kind: 'rejected' } & (
      | { readonly say: OutgoingMessage }
      | { readonly text: 'invalid' | 'tooLong' }
    ) & {
        /** The error for observers, if the bot's own code has made no answer of the input. */
        readonly error?: FsmError;
      })
  | { readonly kind: 'redo'; readonly name: string };

/** The input that a question accepts beside its choices; `undefined` if none. */
export function acceptOf({ accept, choices, share }: AskOptions): Accept | undefined {
  if (accept !== undefined) return ownOnly(accept, share);
  return choices === undefined ? 'text' : undefined;
}

/** Kinds that a question accepts: where a button shares the user's own contact, no other contact. */
function ownOnly(accept: Accept, share: AskOptions['share']): Accept {
  if (share === undefined) return accept;
  if (Array.isArray(accept)) return (accept as readonly AcceptedKind[]).map(own);
  return accept === 'contact' ? 'own_contact' : accept;
}

function own(kind: AcceptedKind): AcceptedKind {
  return kind === 'contact' ? 'own_contact' : kind;
}

/** Whether a question collects the parts of an album. */
export function acceptsAlbum({ accept }: AskOptions): boolean {
  return holds(accept, 'album');
}

/** Whether a question collects the messages of a burst. */
export function takesBurst({ accept }: AskOptions): boolean {
  return holds(accept, 'burst');
}

/** Picks the value that a question accepts; `undefined` if it takes none. Commands only where it names them. */
export function valueIn(question: AskOptions, input: UserInput): unknown {
  const accept = acceptOf(question);
  if (accept === undefined || (accept === 'any' && input.kind === 'command')) return undefined;
  return acceptInput(accept, input);
}

/**
 * Finds the button whose label was typed. Other letters, capital or small, count where only one button is meant, and where they are not a
 * text that the question accepts.
 *
 * @param question - that of `ask`; `undefined` for a summary and for the question for another round
 */
export function buttonTyped<Button extends { readonly label: string | undefined }>(
  buttons: readonly Button[],
  typed: string,
  question: AskOptions | undefined,
): Button | undefined {
  const label = asTyped(typed);
  const labels = buttons.map((button) => button.label && asTyped(button.label));
  const exact = buttons[labels.indexOf(label)];
  const isFree = question !== undefined && acceptOf(question) !== undefined;
  if (exact !== undefined || isFree) return exact;
  const small = label.toLowerCase();
  const found = buttons.filter((_, at) => labels[at]?.toLowerCase() === small);
  return found.length === 1 ? found[0] : undefined;
}

/** The longest text that is an answer, in characters: as long as a message may be. What a web app or a link gives may be longer. */
const longestTextAnswer = 4096;

/**
 * Checks and converts a value: its length, `schema`, then `validate`.
 *
 * What comes out must be storable. A boolean and nothing are no answers: they come from a `validate` that tests or has no return. What
 * `schema` and `validate` throw passes through.
 */
export function checkValue(
  question: AskOptions,
  value: unknown,
  answers: JsonObject,
  turn: SessionTurn,
): Awaitable<Verdict> {
  const { schema, validate, maxLength = longestTextAnswer } = question;
  if (isLongerThan(maxLength, value)) return { kind: 'rejected', text: 'tooLong' };
  const rejected = (own?: string, error?: FsmError) =>
    rejection(question, answers, turn, own, error);
  if (schema !== undefined || validate !== undefined) {
    return convert(question, value, answers, turn, rejected);
  }
  // a picker that tests gives a boolean
  return isAnswer(value)
    ? { kind: 'answer', value }
    : rejected(undefined, noAnswer('accept', value));
}

async function convert(
  { schema, validate }: AskOptions,
  value: unknown,
  answers: JsonObject,
  turn: SessionTurn,
  rejected: (own?: string, error?: FsmError) => Promise<Verdict>,
): Promise<Verdict> {
  let checked = value;
  if (schema !== undefined) {
    const result = await check(schema, value);
    if (result.issues !== undefined) {
      const issues = result.issues.filter(({ message }) => message);
      return rejected(describeIssues(issues).join('\n') || undefined);
    }
    checked = result.value;
  }
  if (validate === undefined) {
    // a boolean too: the schema has made it of the input
    return isStorable(checked)
      ? { kind: 'answer', value: checked }
      : rejected(undefined, noAnswer('schema', checked));
  }
  const result = await withVerdict(String(turn.state.current), () =>
    validate(checked, answers, turn),
  );
  if (isInvalid(result)) {
    const words: OutgoingMessage | undefined = result['~invalid'];
    return words == null ? rejected() : { kind: 'rejected', say: words };
  }
  if (isRedo(result)) return { kind: 'redo', name: result['~redo'] };
  return isAnswer(result)
    ? { kind: 'answer', value: result }
    : rejected(undefined, noAnswer('validate', result));
}

/** Rejects a value with the question's words, else with those of its check. */
async function rejection(
  { otherwise }: AskOptions,
  answers: JsonObject,
  turn: SessionTurn,
  own: string | undefined,
  error: FsmError | undefined,
): Promise<Verdict> {
  const message = typeof otherwise === 'function' ? await otherwise(answers, turn) : otherwise;
  const say = message ?? own;
  const words = say === undefined ? { text: 'invalid' as const } : { say };
  return { kind: 'rejected', ...words, ...(error && { error }) };
}

/** Whether a text is too long, also one with its kind, or a part of several messages. */
function isLongerThan(most: number, value: unknown): boolean {
  if (typeof value === 'string') return value.length > most && charactersOf(value) > most;
  if (Array.isArray(value)) return value.some((part) => isLongerThan(most, part));
  return holds(value, 'kind') && holds(value, 'value') && isLongerThan(most, value.value);
}

/** Characters as users see them: a flag, or an emoji of a family, is one, whatever it is composed of. */
function charactersOf(text: string): number {
  return [...new Intl.Segmenter().segment(text)].length;
}

/** Whether a value is among the choices. */
export function isChoice(
  { multiple, accept }: AskOptions,
  options: readonly Option[],
  value: unknown,
): boolean {
  const known = (one: unknown) => options.some((option) => option.value === one);
  if (multiple === true && Array.isArray(value)) return value.every(known);
  return (multiple !== true && known(value)) || accept !== undefined;
}

/** Whether what a user sends here is text, or the key of a choice. */
export function acceptsText(question: AskOptions): boolean {
  const accept = acceptOf(question) ?? 'button';
  return isTextKind(accept) || accept === 'text' || accept === 'button' || accept === 'web_app';
}

/** Whether a handler asks for an answer to be given again. */
export function isRedo(value: unknown): value is Redo {
  return holds(value, '~redo');
}

/** Whether a handler rejects the answer. */
export function isInvalid(value: unknown): value is Invalid {
  return holds(value, '~invalid');
}
