/** The choices of a question: values with the labels that this user sees. */

import { invalidOption } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { TextName } from '../../conversation/texts.ts';
import type { AskTurn } from '../../conversation/turn.ts';
import { entriesOf, isPage } from './choices.ts';
import type { PendingQuestion } from './pending-question.ts';
import type { Choices, Label } from './question.ts';
import { type AskStep, closesRounds, type NamedStep, namedSteps } from './steps.ts';

/** One thing to choose. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

/** How many choices are on a page. */
export const pageSize = 20;

/** A list of choices. */
export interface Listing {
  /** All of them, or those of one page. */
  readonly options: readonly Option[];
  /** Which page of how many this is, where a loader gives one page at a time. */
  readonly loaded?: { readonly page: number; readonly pages: number } | undefined;
}

/** Whether there is something to choose: a summary and the question for another round always have choices. */
export function hasChoices(question: PendingQuestion): boolean {
  return question.kind !== 'ask' || question.step.question.choices !== undefined;
}

/**
 * Finds what may be chosen; `undefined` if the question has no choices.
 *
 * @param page - the page that is wanted of a loaded list, from 0; the last one, if the list has become shorter
 */
export async function optionsOf(
  question: PendingQuestion,
  turn: AskTurn,
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

/** An answer that may be corrected. */
export interface Correction {
  /** The name of its step; of a question that a step has made, `step.question`. */
  readonly name: string;
  readonly label: string;
}

/** The answers that a summary lets the user correct. */
export function correctable(question: PendingQuestion): readonly Correction[] {
  if (question.kind !== 'confirm') return [];
  const { edit } = question.step;
  const mayEdit = (name: string) => (typeof edit === 'boolean' ? edit : edit.includes(name));
  const found = namedSteps(question.level).flatMap((step): readonly Correction[] => {
    const { kind, name } = step;
    if (kind === 'confirm' || !mayEdit(name) || !Object.hasOwn(question.answers, name)) return [];
    const answer = question.answers[name];
    if (kind === 'questions') return corrections(name, question.made[name] ?? [], Object(answer));
    return mayCorrect(step, answer) ? [{ name, label: readable(name) }] : [];
  });
  return distinguished(found, []);
}

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
  if (buttons.length === 0) return buttons;
  const taken = new Set(others.map((label) => label?.trim()));
  return buttons.map((button) => {
    let own = button.label;
    for (let at = 2; taken.has(own.trim()); at++) own = `${button.label} (${at})`;
    taken.add(own.trim());
    return own === button.label ? button : { ...button, label: own };
  });
}

/** How much of a question is on the button that corrects its answer, in characters. */
const labelLength = 40;

function corrections(
  step: string,
  made: readonly AskStep[],
  answers: object,
): readonly Correction[] {
  return made
    .filter(({ name }) => Object.hasOwn(answers, name))
    .map(({ name, question: { prompt } }) => {
      const label = typeof prompt === 'string' ? prompt : readable(name);
      const isLong = label.length > labelLength;
      return { name: `${step}.${name}`, label: isLong ? `${label.slice(0, labelLength)}…` : label };
    });
}

/** Finished rounds stay as they are, so a repeat with `after` may only get more of them. */
function mayCorrect(step: NamedStep, answer: unknown): boolean {
  if (!closesRounds([step])) return true;
  return step.kind === 'repeat' && step.after !== undefined && Array.isArray(answer)
    ? answer.length < step.max
    : false;
}

/** The name of a step for people: `giftWrap` reads as "Gift wrap". */
function readable(name: string): string {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(
      /([a-z0-9])([A-Z])/g,
      (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
    );
  return words.charAt(0).toUpperCase() + words.slice(1);
}

async function listingOf(
  where: string,
  turn: AskTurn,
  load: (page: number) => Promise<Choices<object>>,
  page: number,
): Promise<Listing> {
  const made = await load(page);
  if (!isPage(made)) return { options: withLabels(entriesOf(made, `${where} choices`), turn) };
  const { items, total } = made;
  if (!Number.isSafeInteger(total) || total < 0) {
    throw invalidOption(`${where} choices`, '{ items, total } with a whole number', shown(total));
  }
  const pages = Math.max(1, Math.ceil(total / pageSize));
  if (page >= pages) return listingOf(where, turn, load, pages - 1);
  return {
    options: withLabels(entriesOf(items, `${where} choices`), turn),
    loaded: { page, pages },
  };
}

function withLabels(entries: ReturnType<typeof entriesOf>, turn: AskTurn): readonly Option[] {
  return withoutRepeats(entries.map(([value, label]) => ({ value, label: labelOf(label, turn) })));
}

/** A value is one choice, however often it is listed. */
function withoutRepeats(options: readonly Option[]): readonly Option[] {
  const values = new Set<string>();
  return options.filter(({ value }) => values.size < values.add(value).size);
}

function labelOf(label: Label<object>, turn: AskTurn): string {
  const made: unknown = typeof label === 'function' ? label(turn) : label;
  if (typeof made === 'string') return made;
  throw invalidOption('a label of choices', 'a text', shown(made));
}
