/** Keyboards for choices: inline with pages and check marks, or as a reply keyboard. */

import type { ReplyMarkup } from '../../conversation/outgoing.ts';
import { buttonData, type FlowButton, inRows, valueTokens } from '../rows/buttons.ts';
import type { Binding } from '../rows/rows.ts';
import { type Option, pageSize } from './choices.ts';
import { labelOn, type Offer } from './offer.ts';

/** An inline button; the Bot API calls its data `callback_data`. */
interface InlineButton {
  readonly text: string;
  readonly callback_data: string;
}

/**
 * Makes an inline keyboard; `undefined` if it would be empty.
 *
 * @param page - which page of many choices
 * @param turns - labels of the buttons that turn pages
 */
export function inlineKeyboard(
  { options, picked, loaded, columns, rows: above, ...further }: Offer,
  page: number,
  turns: { readonly more: string; readonly back: string },
  binding: Binding,
): ReplyMarkup | undefined {
  const tokens = tokensFor(options, binding);
  const button = (text: string, action: FlowButton['action'], value?: string): InlineButton => ({
    text,
    callback_data: buttonData({ ...binding, action, ...(value !== undefined && { value }) }),
  });
  const pages = loaded?.pages ?? pagesOf(options);
  const at = loaded?.page ?? Math.min(Math.max(page, 0), pages - 1);
  const isWhole = loaded !== undefined || pages === 1;
  const onPage = isWhole ? options : options.slice(at * pageSize, (at + 1) * pageSize);
  const rows = inRows(
    onPage.map((option) => {
      const isPicked = picked?.includes(option.value);
      const action = picked === undefined ? 'choose' : isPicked ? 'unpick' : 'pick';
      return button(labelOn(option, picked), action, tokens.get(option.value));
    }),
    columns,
  );
  const turning = [
    ...(at > 0 ? [button(turns.back, 'page', `=${at - 1}`)] : []),
    ...(at < pages - 1 ? [button(turns.more, 'page', `=${at + 1}`)] : []),
  ];
  const { finish, skip, back, cancel } = further;
  const ending = [
    ...(finish === undefined ? [] : [button(finish, 'finish')]),
    ...(skip === undefined ? [] : [button(skip, 'skip')]),
  ];
  const own = [
    // on later pages the same label turns a page
    ...(back === undefined || at > 0 ? [] : [button(back, 'back')]),
    ...(cancel === undefined ? [] : [button(cancel, 'cancel')]),
  ];
  const all = [...above, ...rows, turning, ending, own].filter((row) => row.length > 0);
  return all.length === 0 ? undefined : { inline_keyboard: all };
}

/** On how many pages choices are shown. */
export function pagesOf(options: readonly Option[]): number {
  // a page of one more would only hold what fits on the last one
  return options.length <= pageSize * 1.5 ? 1 : Math.ceil(options.length / pageSize);
}

/** Finds the choice that a button stands for. */
export function optionOn(
  options: readonly Option[],
  { tag, entry, question, value: token }: FlowButton,
): Option | undefined {
  const tokens = tokensFor(options, { tag, entry, question });
  return options.find(({ value }) => tokens.get(value) === token);
}

function tokensFor(options: readonly Option[], binding: Binding): ReadonlyMap<string, string> {
  return valueTokens(
    options.map(({ value }) => value),
    { ...binding, action: 'choose' },
  );
}

/** The page of an option. */
export function pageOf(options: readonly Option[], value: string): number {
  const at = options.findIndex((option) => option.value === value);
  return Math.floor(Math.max(at, 0) / pageSize);
}

/**
 * Makes a reply keyboard.
 *
 * @param selective - whether only the user to whose message it replies sees it
 */
export function replyKeyboard(
  { options, picked, share, columns, finish, skip, back, cancel }: Offer,
  selective: boolean,
): ReplyMarkup {
  const choices = options.map((option) => ({ text: labelOn(option, picked) }));
  const own = [finish, skip, back, cancel].flatMap((text) =>
    text === undefined ? [] : [{ text }],
  );
  const rows =
    columns === undefined
      ? inRows([...choices, ...own])
      : [...inRows(choices, columns), ...inRows(own)];
  return {
    keyboard: share === undefined ? rows : [[share], ...rows],
    resize_keyboard: true,
    one_time_keyboard: true,
    ...(selective && { selective }),
  };
}
