/** The choices of a question: the forms in which they are given, and what a user sees of them. */

import type { FsmError } from '../../base/errors.ts';
import { holds } from '../../base/holds.ts';
import { invalidOption } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { TextName } from '../../conversation/texts.ts';
import type { SessionAskTurn } from '../../conversation/turn.ts';
import { dash } from '../rows/buttons.ts';
import type { Page } from '../rows/page.ts';
import { correctable } from './correctable.ts';
import type { PendingQuestion } from './pending-question.ts';
import type { Choice, Choices, Label } from './question.ts';
import type { AskOptions } from './steps.ts';

/** One thing to choose. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

/** A label as any keyboard types it: accents in one form, and no marks of the writing direction. */
export function asTyped(label: string): string {
  return label
    .normalize()
    .replace(/[\u200e\u200f\u2066-\u2069]/g, '')
    .trim();
}

/** How many choices are on a page. */
export const pageSize = 20;

/**
 * A reply keyboard sends the label alone, and a label may be typed. So no two buttons of a question have the same one: the second "Anna" is
 * "Anna (2)".
 *
 * @param others - labels of its other buttons
 */
export function distinguished<Labeled extends { readonly label: string }>(
  buttons: readonly Labeled[],
  others: readonly (string | undefined)[],
): readonly Labeled[] {
  const taken = new Set(others.map((label) => label && asTyped(label)));
  return buttons.map((button) => {
    let own = button.label;
    for (let at = 2; taken.has(asTyped(own)); at++) own = `${button.label} (${at})`;
    taken.add(asTyped(own));
    return own === button.label ? button : { ...button, label: own };
  });
}

/** Whether choices are one page of a longer list; an object of choices has labels, not a list. */
function isPage(choices: Choices<object>): choices is Page<Choice<object>> {
  return holds(choices, 'items') && Array.isArray(choices.items);
}

/**
 * The values of choices with their labels, in the order in which they are shown.
 *
 * @param where - the option, for messages
 * @throws FsmError `INVALID_OPTION` for what is no list and no object, for a value that is no text and a label that is no text or function
 */
export function entriesOf(
  choices: Choices<object>,
  where = 'choices',
): readonly (readonly [value: string, label: Label<object>])[] {
  if (isPage(choices)) return entriesOf(choices.items, where);
  const isObject = typeof choices === 'object' && choices !== null;
  // a map or a set has no entries of its own
  const isOther = !isObject || (!Array.isArray(choices) && Symbol.iterator in choices);
  if (isOther) throw noChoices(choices, where);
  const entries = Array.isArray(choices)
    ? (choices as readonly Choice<object>[]).map((one) =>
        typeof one === 'string' ? ([one, one] as const) : one,
      )
    : Object.entries(choices);
  const wrong = entries.findIndex((entry) => !isEntry(entry));
  if (wrong !== -1) throw noChoices(entries[wrong], where);
  return entries;
}

/** The values of choices that are fixed; `undefined` where a function makes them, or there are none. */
export function valuesOf(choices: AskOptions['choices']): readonly string[] | undefined {
  if (choices === undefined || typeof choices === 'function') return undefined;
  return entriesOf(choices).map(([value]) => value);
}

function isEntry(entry: unknown): boolean {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
  return typeof entry[1] === 'string' || typeof entry[1] === 'function';
}

function noChoices(found: unknown, where: string): FsmError {
  const inside = Array.isArray(found) ? `[${found.map(shown).join(', ')}]` : shown(found);
  return invalidOption(where, 'texts, [value, label] pairs, or { value: label }', inside);
}

/** A list of choices. */
export interface Listing {
  /** All of them, or those of one page. */
  readonly options: readonly Option[];
  /** Which page of how many this is, where a loader gives one page at a time. */
  readonly loaded?: { readonly page: number; readonly pages: number } | undefined;
}

/**
 * Finds what may be chosen; `undefined` if the question has no choices.
 *
 * @param page - the page that is wanted of a loaded list, from 0; the last one, if the list has become shorter
 */
export async function optionsOf(
  question: PendingQuestion,
  turn: SessionAskTurn,
  text: (name: TextName) => Awaitable<string>,
  page: number,
): Promise<Listing | undefined> {
  switch (question.kind) {
    case 'ask': {
      const { choices } = question.step.question;
      if (choices === undefined) return undefined;
      const load = async (at: number) =>
        typeof choices === 'function'
          ? choices(question.answers, turn, { page: at, size: pageSize, offset: at * pageSize })
          : choices;
      return listingOf(question.id, turn, load, page);
    }
    case 'again':
      return {
        options: [
          { value: 'yes', label: await text('yes') },
          { value: 'no', label: await text('no') },
        ],
      };
    case 'confirm': {
      const { yes, no } = question.step;
      const both = [
        { value: 'yes', label: yes === undefined ? await text('yes') : labelOf(yes, turn) },
        { value: 'no', label: no === undefined ? await text('cancel') : labelOf(no, turn) },
      ];
      if (correctable(question).length === 0) return { options: both };
      return { options: [...both, { value: 'edit', label: await text('edit') }] };
    }
  }
}

async function listingOf(
  where: string,
  turn: SessionAskTurn,
  load: (page: number) => Promise<Choices<object>>,
  page: number,
): Promise<Listing> {
  const made = await load(page);
  if (!isPage(made)) return { options: withLabels(entriesOf(made, `${where} choices`), turn) };
  const { items, total } = made;
  if (!Number.isSafeInteger(total) || total < 0) {
    throw invalidOption(`${where} choices`, '{ items, total } with a whole number', shown(total));
  }
  if (Array.isArray(items) && items.length > pageSize) {
    const expected = `at most ${pageSize} items, those of the page`;
    throw invalidOption(`${where} choices`, expected, `${items.length} items`);
  }
  const pages = Math.max(1, Math.ceil(total / pageSize));
  if (page >= pages) return listingOf(where, turn, load, pages - 1);
  return {
    options: withLabels(entriesOf(items, `${where} choices`), turn),
    loaded: { page, pages },
  };
}

function withLabels(
  entries: ReturnType<typeof entriesOf>,
  turn: SessionAskTurn,
): readonly Option[] {
  return withoutRepeats(entries.map(([value, label]) => ({ value, label: labelOf(label, turn) })));
}

/** A value is one choice, however often it is listed. */
function withoutRepeats(options: readonly Option[]): readonly Option[] {
  const values = new Set<string>();
  return options.filter(({ value }) => values.size < values.add(value).size);
}

/**
 * Evaluates a label. An empty one becomes a dash, as in a view.
 *
 * @param where - the option that it is in
 * @throws FsmError `INVALID_OPTION` if it is not a text
 */
export function labelOf(
  label: Label<object>,
  turn: SessionAskTurn,
  where = 'a label of choices',
): string {
  const made: unknown = typeof label === 'function' ? label(turn) : label;
  if (typeof made === 'string') return made || dash;
  throw invalidOption(where, 'a text', shown(made));
}
