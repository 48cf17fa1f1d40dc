/** The choices of the pending question as this user sees them: all of them, or one page. */

import { invalidOption } from '../../base/rules.ts';
import { shown } from '../../base/shown.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { TextName } from '../../conversation/texts.ts';
import type { SessionAskTurn } from '../../conversation/turn.ts';
import { entriesOf, isPage, type Option, pageSize } from './choices.ts';
import { correctable } from './correctable.ts';
import type { PendingQuestion } from './pending-question.ts';
import type { Choices, Label } from './question.ts';

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

function labelOf(label: Label<object>, turn: SessionAskTurn): string {
  const made: unknown = typeof label === 'function' ? label(turn) : label;
  if (typeof made === 'string') return made;
  throw invalidOption('a label of choices', 'a text', shown(made));
}
