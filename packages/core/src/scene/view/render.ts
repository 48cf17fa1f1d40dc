/** Renders a view: what it returns becomes a message to send or to edit, and the buttons that it offers. */

import { checkOptions } from '#option-checks';
import { holds } from '../../base/holds.ts';
import { anything, invalidOption, type Rule } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import {
  callOf,
  longestCaption,
  longestText,
  mediaKinds,
  type OutgoingMessage,
  tooLong,
} from '../../conversation/outgoing.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import { inlineOf, type LaidOut, type Rows, rowHead } from '../rows/rows.ts';
import { type Drawing, drawingOf } from './drawing.ts';
import { Fingerprint } from './fingerprint.ts';
import type { View } from './view-turn.ts';

/** How many buttons Telegram accepts below a message. */
const mostButtons = 100;

const buttons: Rule = { expected: 'a list of rows', fits: Array.isArray };
/** The members of a view; each name with a rule, since they are checked at each render. */
const parts: Readonly<Record<string, Rule>> = /* @__PURE__ */ partRules();

function partRules() {
  const contents = ['text', 'entities', 'parse_mode', 'caption', ...mediaKinds];
  return { ...Object.fromEntries(contents.map((name) => [name, anything])), rows: buttons };
}

/**
 * Makes of what a view has returned what is sent.
 *
 * @param rows - its rows, laid out
 * @throws FsmError `INVALID_OPTION` for more buttons than Telegram accepts, and for a text that is longer than a message: in parts, it could not be edited
 */
export function drawn(
  made: Parts,
  rows: LaidOut,
  { tag, entry }: Pick<FrameRun, 'tag' | 'entry'>,
  where: string,
): Drawing {
  const call = callOf(made as OutgoingMessage, undefined);
  const head = rowHead({ tag, entry, question: '' });
  // each callback data begins with it: it is enough to look at that once
  const buttons = new Fingerprint();
  buttons.add(head);
  let count = 0;
  for (const row of rows) {
    count += row.length;
    for (const { label, fields, '~button': id } of row) {
      buttons.add(label);
      buttons.add(fields ?? id);
    }
    buttons.add(null);
  }
  if (count > mostButtons) {
    const expected = `at most ${mostButtons} buttons; show a long list by pages`;
    throw invalidOption(`${where} rows`, expected, `${count}`);
  }
  if (count > 0) {
    call.payload['reply_markup'] = { inline_keyboard: inlineOf(rows, head, where) };
  }
  const long = tooLong(call);
  if (long !== undefined) {
    const most = long === 'text' ? longestText : longestCaption;
    const expected = `at most ${most}, since one message is edited; show a long list by pages`;
    const { length } = String(Reflect.get(call.payload, long));
    throw invalidOption(`${where} ${long}`, expected, `${length} characters`);
  }
  return drawingOf(call, buttons.value);
}

/** Names a view in messages. */
export function whereOf(scene: string): string {
  return `${scene} view`;
}

/** The result of a view that is more than a text. */
export interface Parts {
  readonly text?: unknown;
  readonly caption?: unknown;
  readonly rows?: Rows;
}

/** Reads what a view has returned. @throws FsmError `INVALID_OPTION` for what cannot be shown */
export function partsOf(made: View, where: string): Parts {
  if (typeof made === 'string') return sayable({ text: made }, where);
  if (typeof made === 'object' && made !== null) return sayable(made as Parts, where);
  throw noContent(made, where);
}

function noContent(made: unknown, where: string) {
  return invalidOption(where, 'a text, or an object with text or media', shown(made));
}

function sayable<T extends object>(made: T, where: string): T {
  checkOptions(`${where} `, made, parts, '');
  const { text } = made as Parts;
  const words = holds(text, 'text') ? text.text : text;
  const kind = mediaKinds.find((each) => each in made);
  if (kind !== undefined) {
    if ('text' in made) throw invalidOption(`${where} text`, '`caption` beside media', shown(text));
    const file: unknown = Reflect.get(made, kind);
    if (!file || !/^(?:string|object)$/.test(typeof file))
      throw invalidOption(`${where} ${kind}`, 'an id, an address or a file', shown(file));
  } else if (!('text' in made)) throw noContent(made, where);
  else if (typeof words !== 'string' || words.trim() === '')
    throw invalidOption(`${where} text`, 'a text', shown(text));
  return made;
}
