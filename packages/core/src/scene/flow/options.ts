/** What may be chosen at a question: values with the labels that this user sees. */

import type { Awaitable } from '../../base/type-tools.ts';
import type { TextName } from '../../conversation/texts.ts';
import type { AskTurn } from '../../conversation/turn.ts';
import type { Place } from './pending.ts';
import type { Choices, Label } from './question.ts';
import { namedSteps } from './steps.ts';

/** One thing to choose. */
export interface Option {
  readonly value: string;
  readonly label: string;
}

/** What may be chosen; `undefined` if the question has no choices. */
export async function optionsOf(
  place: Place,
  turn: AskTurn,
  text: (name: TextName) => Awaitable<string>,
): Promise<readonly Option[] | undefined> {
  switch (place.kind) {
    case 'ask': {
      const { choices } = place.step.question;
      if (choices === undefined) return undefined;
      const made = typeof choices === 'function' ? await choices(place.answers, turn) : choices;
      return withoutRepeats(listOf(made, turn));
    }
    case 'again':
      return [
        { value: 'yes', label: await text('yes') },
        { value: 'no', label: await text('no') },
      ];
    case 'confirm': {
      const { yes, no } = place.step;
      const both = [
        { value: 'yes', label: yes === undefined ? await text('yes') : labelOf(yes, turn) },
        { value: 'no', label: no === undefined ? await text('cancel') : labelOf(no, turn) },
      ];
      if (correctable(place).length === 0) return both;
      return [...both, { value: 'edit', label: await text('edit') }];
    }
  }
}

/** Names of the answers that a summary lets the user correct. */
export function correctable(place: Place): readonly string[] {
  if (place.kind !== 'confirm') return [];
  const { edit } = place.step;
  const given = namedSteps(place.level)
    .filter(({ kind, name }) => kind !== 'confirm' && Object.hasOwn(place.answers, name))
    .map(({ name }) => name);
  if (typeof edit === 'boolean') return edit ? given : [];
  return given.filter((name) => edit.includes(name));
}

/** The name of a step for people: `giftWrap` reads as "Gift wrap". */
export function readable(name: string): string {
  const words = name
    .replace(/[_-]+/g, ' ')
    .replace(
      /([a-z0-9])([A-Z])/g,
      (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
    );
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function listOf(choices: Choices<object>, turn: AskTurn): readonly Option[] {
  if (Array.isArray(choices))
    return (choices as string[]).map((value) => ({ value, label: value }));
  return Object.entries(choices as { readonly [value: string]: Label<object> }).map(
    ([value, label]) => ({ value, label: labelOf(label, turn) }),
  );
}

/** A value is one choice, however often it is listed. */
function withoutRepeats(options: readonly Option[]): readonly Option[] {
  const values = new Set<string>();
  return options.filter(({ value }) => values.size < values.add(value).size);
}

function labelOf(label: Label<object>, turn: AskTurn): string {
  return typeof label === 'function' ? label(turn) : label;
}
