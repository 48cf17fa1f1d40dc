/** Faults of a bot that show immediately, in what came of a single move. */
import type { ApiCall } from '../cloud/cloud.ts';
import { type Move, shortened } from './move.ts';
import type { Outcome } from './walk.ts';

/**
 * The kinds of faults.
 *
 * - `crash`: the bot's code threw.
 * - `unkept`: the result of an input cannot be stored, or is not an answer, so the user was asked again.
 * - `rejected`: Telegram rejected a call: a text that is too long, a bad button.
 * - `unanswered`: a press did something, but its query was not answered, so that the button keeps a spinner.
 * - `dead-button`: a press on a button of the present question led nowhere.
 * - `silence`: an input was met by nothing in a state that answers other input of its kind. Also a text in a state that answers nothing
 *   but commands: its handler seems to be missing.
 * - `dead-end`: nothing that was tried led out of a state, or a view has no button, no input and no timeout.
 * - `endless-loop`: nothing that was tried led out of a round of states.
 * - `unreachable`: a state that no walk came to.
 * - `no-cancel`: a flow with neither a cancel command nor a time-out.
 */
export type FaultKind =
  | 'crash'
  | 'unkept'
  | 'rejected'
  | 'unanswered'
  | 'dead-button'
  | 'silence'
  | 'dead-end'
  | 'endless-loop'
  | 'unreachable'
  | 'no-cancel';

/** A fault before its shortest path is known. */
export interface Finding {
  readonly kind: FaultKind;
  /** The same for the same fault on every path. */
  readonly key: string;
  readonly message: string;
  /** The state in which it shows. */
  readonly state: string | null;
}

/** Finds what is wrong with an outcome by itself. */
export function findingsIn(outcome: Outcome, strict: boolean): readonly Finding[] {
  const { move, before: state, press, noticed } = outcome;
  const refusals = outcome.refusals.filter(
    (call) => !outcome.again.includes(call) && !isHarmless(call, outcome),
  );
  const errors = outcome.errors.filter(
    (error) => ![...outcome.refusals].some((call) => isAbout(error, call)),
  );
  const found = [
    ...errors.map((error) => crash(error, state)),
    ...outcome.rejectedInputs.map((error) => unkept(error, state)),
    ...refusals.map((call) => rejection(call, outcome)),
  ];
  if (outcome.isDeadEnd && outcome.after !== null) found.push(deadEnd(outcome.after));
  if (found.length > 0 || outcome.again.length > 0) return found;
  if (press === undefined || move.do !== 'taps') return [];
  const address = `[${move.label}]${inState(state)}`;
  const key = `${state} [${masked(move.label)}]`;
  if (press.current && !noticed) {
    const message = `The button ${address} leads nowhere: nothing was shown and the state stayed. Handle it, or answer its query with a text.`;
    return [{ kind: 'dead-button', key: `dead-button ${key}`, message, state }];
  }
  if (press.answered || !(press.current || strict)) return [];
  const late = press.current ? '' : ', pressed late,';
  const message = `The press of ${address}${late} was not answered: the user's button keeps a spinner. Call answerCallbackQuery.`;
  return [{ kind: 'unanswered', key: `unanswered ${key}`, message, state }];
}

/** A view that leaves its user nothing to do. */
function deadEnd(state: string): Finding {
  const message = `The view of the state '${state}' has no button, the state takes no message, and it has no timeout, so only a command leads out. Add a button, or end the conversation with leave().`;
  return { kind: 'dead-end', key: deadEndKey(state), message, state };
}

/** The key of a state that nothing leads out of. */
export function deadEndKey(state: string): string {
  return `dead-end ${state}`;
}

/** Names a state within a sentence. */
export function inState(state: string | null): string {
  return state === null ? '' : ` in the state '${state}'`;
}

/** Names the kind of input that a move is, where states answer whole kinds: nothing for commands and presses. */
export function inputKindOf(move: Move): string | undefined {
  if (move.do === 'shares') return move.what;
  return move.do === 'sends' && !move.text.startsWith('/') ? 'text' : undefined;
}

function crash(error: unknown, state: string | null): Finding {
  const message = messageOf(error);
  return {
    kind: 'crash',
    key: `crash ${masked(message)} ${frameOf(error)}`,
    message: `The bot threw${inState(state)}: ${shortened(message)}`,
    state,
  };
}

function unkept(error: unknown, state: string | null): Finding {
  const message = messageOf(error);
  return {
    kind: 'unkept',
    key: `unkept ${masked(message)} ${state}`,
    message: `The bot rejected an input${inState(state)} because the result cannot be stored: ${shortened(message)}`,
    state,
  };
}

function rejection(call: ApiCall, { before: state, after }: Outcome): Finding {
  const why = call.answer?.description ?? '';
  const text = call.payload['text'] ?? call.payload['caption'];
  const length = typeof text === 'string' ? ` (its text has ${text.length} characters)` : '';
  return {
    kind: 'rejected',
    key: `refused ${call.method} ${masked(why)} ${after}`,
    message: `Telegram refused ${call.method}${inState(state)}: ${why}${length}.`,
    state,
  };
}

/** Rejections that are nobody's fault: bots usually ignore them. */
const ordinary = /not modified|message to \w+ not found|can't be (?:edited|deleted)/;

/** A second delivery answers a query for the second time, which Telegram itself forgives. */
const answeredTwice = /query is too old/;

function isHarmless(call: ApiCall, { errors, move }: Outcome): boolean {
  const why = call.answer?.description ?? '';
  if (answeredTwice.test(why) && move.do === 'repeats') return true;
  return ordinary.test(why) && !errors.some((error) => isAbout(error, call));
}

function isAbout(error: unknown, call: ApiCall): boolean {
  const why = call.answer?.description;
  return why !== undefined && messageOf(error).includes(why);
}

function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { name = 'Error', message = '' } = error as { name?: string; message?: string };
  return `${name}: ${message}`;
}

/** The first place in the bot's own code, so that one mistake is one fault wherever it is met. */
function frameOf(error: unknown): string {
  const { stack = '' } = (error ?? {}) as { readonly stack?: string };
  const own = stack
    .split('\n')
    .find((line) => /^\s+at /.test(line) && !/node:|node_modules|<anonymous>/.test(line));
  return own?.trim() ?? '';
}

/** Without numbers and quoted words, which differ from walk to walk. */
function masked(text: string): string {
  return text.replaceAll(/\d+/g, '#').replaceAll(/'[^']*'|"[^"]*"/g, '…');
}
