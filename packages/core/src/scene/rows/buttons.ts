/** Buttons of scenes: their data, bound to a conversation, an entry and a question in at most 64 bytes, and their order in rows. */

import { shortHash } from '../../base/hash.ts';

/** The action of a button. */
export type ButtonAction =
  | 'choose'
  | 'pick'
  | 'unpick'
  | 'page'
  | 'finish'
  | 'skip'
  | 'back'
  | 'cancel'
  | 'edit'
  | 'restart'
  | 'continue'
  | 'row';

/** A button as it was shown. */
export interface FlowButton {
  /** Of the conversation. */
  readonly tag: string;
  /** Of the scene. */
  readonly entry: number;
  /** Stands for the question of a flow; empty in a view. */
  readonly question: string;
  readonly action: ButtonAction;
  /** Stands for a value, see {@link valueTokens}; a number behind `=` for `page`. */
  readonly value: string;
}

/** A button as it was pressed. */
export interface PressedButton extends FlowButton {
  /** The beginning of its data; the value follows. */
  readonly head: string;
}

/** The label of a button without one: Telegram would reject an empty label. */
export const dash = '–';

/** The most bytes of `callback_data` (Bot API, InlineKeyboardButton). */
export const maxBytes = 64;

const letters: Readonly<Record<ButtonAction, string>> = {
  choose: 'c',
  pick: 'a',
  unpick: 'r',
  page: 'p',
  finish: 'd',
  skip: 's',
  back: 'b',
  cancel: 'x',
  edit: 'e',
  restart: 'n',
  continue: 'k',
  row: 'v',
};
const actions: ReadonlyMap<string, ButtonAction> = /* @__PURE__ */ byLetter();

function byLetter() {
  return new Map(
    Object.entries(letters).map(([action, letter]) => [letter, action as ButtonAction]),
  );
}

/** Writes a button's data. */
export function buttonData(
  button: Omit<FlowButton, 'value'> & { readonly value?: string },
): string {
  return headOf(button, button.action) + (button.value ?? '');
}

/** Writes what the data of buttons begin with that do the same. */
export function headOf(
  { tag, entry, question }: Pick<FlowButton, 'tag' | 'entry' | 'question'>,
  action: ButtonAction,
): string {
  return `~${tag}.${entry.toString(36)}.${question}.${letters[action]}`;
}

/** Reads a button's data; `undefined` for what no scene has written. */
export function readButton(data: string): PressedButton | undefined {
  if (!/^~[^.]*\.[0-9a-z]+\.[0-9a-z]*\.[a-z]/.test(data)) return undefined;
  // cut out and not captured: an array of captures costs as much as all else here
  const behindTag = data.indexOf('.');
  const behindEntry = data.indexOf('.', behindTag + 1);
  const behindQuestion = data.indexOf('.', behindEntry + 1);
  const action = actions.get(data.charAt(behindQuestion + 1));
  if (action === undefined) return undefined;
  return {
    tag: data.slice(1, behindTag),
    entry: Number.parseInt(data.slice(behindTag + 1, behindEntry), 36),
    question: data.slice(behindEntry + 1, behindQuestion),
    action,
    value: data.slice(behindQuestion + 2),
    head: data.slice(0, behindQuestion + 2),
  };
}

/**
 * Returns a distinct token for the button of each value: the value itself after `=`, or its hash after `#` if it is too long. Values
 * with the same hash are numbered.
 */
export function valueTokens(
  values: readonly string[],
  button: Omit<FlowButton, 'value'>,
): ReadonlyMap<string, string> {
  const tokenOf = tokensBehind(headOf(button, button.action));
  return new Map(values.map((value) => [value, tokenOf(value)]));
}

/**
 * Makes the tokens of {@link valueTokens}, one by one and always in the same order.
 *
 * @param head - the data before the token
 */
export function tokensBehind(head: string): (value: string) => string {
  // ASCII: as many bytes as characters
  const room = maxBytes - head.length;
  let tokenOfLong: ((value: string) => string) | undefined;
  return (value) => {
    if (value.length * 3 < room || byteLength(value) < room) return `=${value}`;
    tokenOfLong ??= numberedHashes();
    return tokenOfLong(value);
  };
}

/** Hashes of long values; those with the same hash are numbered. */
function numberedHashes(): (value: string) => string {
  const known = new Map<string, string>();
  const taken = new Map<string, number>();
  return (value) => {
    const token = known.get(value);
    if (token !== undefined) return token;
    const hash = hashOf(value);
    const before = taken.get(hash) ?? 0;
    taken.set(hash, before + 1);
    const made = before === 0 ? hash : `${hash}.${before}`;
    known.set(value, made);
    return made;
  };
}

function hashOf(value: string): string {
  const reversed = [...value].reverse().join('');
  return `#${shortHash(value)}${shortHash(reversed)}`;
}

/** Bytes as UTF-8, without writing them. */
function byteLength(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit <= 0x7f) continue;
    // a pair of surrogates has four bytes, two for each half
    bytes += unit <= 0x7ff || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

/** Several buttons side by side: as many as a row of a phone shows. */
const rowCharacters = 28;
const rowButtons = 5;

/** Fills rows with short buttons, a long one has a row of its own; or with as many as there are columns. */
export function inRows<B extends Labelled>(
  buttons: readonly B[],
  columns?: number,
): readonly B[][] {
  const width = columns === undefined ? rowCharacters : Number.POSITIVE_INFINITY;
  const rows: B[][] = [];
  let room = 0;
  for (const button of buttons) {
    const row = rows[rows.length - 1];
    const { length } = 'text' in button ? button.text : button.label;
    if (row !== undefined && length <= room && row.length < (columns ?? rowButtons)) {
      row.push(button);
    } else {
      rows.push([button]);
      room = width;
    }
    room -= length;
  }
  return rows;
}

type Labelled = { readonly text: string } | { readonly label: string };
