/** Keyboards for choices: inline with pages and check marks, or as a reply keyboard. */

import type { ReplyMarkup } from '../../conversation/say.ts';
import { buttonData, type FlowButton } from './button.ts';
import type { ControlLabels } from './controls.ts';
import type { Option } from './options.ts';

/** An inline button; the Bot API calls its data `callback_data`. */
interface InlineButton {
  readonly text: string;
  readonly callback_data: string;
}

/** What an inline keyboard shows. */
export interface InlineKeyboard {
  readonly options: readonly Option[];
  /** Of several choices: those that are picked; `undefined` where one choice answers. */
  readonly picked: readonly string[] | undefined;
  readonly page: number;
  /** Labels of further buttons; a missing one is not shown. */
  readonly labels: {
    readonly finish?: string | undefined;
    readonly skip?: string | undefined;
    readonly more: string;
    readonly back: string;
  };
  readonly controls: ControlLabels;
}

/** What binds buttons to a question. */
export type Binding = Pick<FlowButton, 'tag' | 'visit' | 'question'>;

const pageSize = 20;
const rowCharacters = 28;
const rowButtons = 5;

/** Makes an inline keyboard; `undefined` if it would be empty. */
export function inlineKeyboard(shown: InlineKeyboard, binding: Binding): ReplyMarkup | undefined {
  const { options, picked, page, labels, controls } = shown;
  const button = (text: string, action: FlowButton['action'], value?: string): InlineButton => ({
    text,
    callback_data: buttonData({ ...binding, action, ...(value !== undefined && { value }) }),
  });
  // a page of one more would only hold what fits on the last one
  const pages = options.length <= pageSize * 1.5 ? 1 : Math.ceil(options.length / pageSize);
  const at = Math.min(Math.max(page, 0), pages - 1);
  const onPage = pages === 1 ? options : options.slice(at * pageSize, (at + 1) * pageSize);
  const rows = inRows(
    onPage.map(({ value, label }) => {
      if (picked === undefined) return button(label, 'choose', value);
      return picked.includes(value)
        ? button(`✓ ${label}`, 'unpick', value)
        : button(label, 'pick', value);
    }),
  );
  const turns = [
    ...(at > 0 ? [button(labels.back, 'page', String(at - 1))] : []),
    ...(at < pages - 1 ? [button(labels.more, 'page', String(at + 1))] : []),
  ];
  const further = [
    ...(labels.finish === undefined ? [] : [button(labels.finish, 'finish')]),
    ...(labels.skip === undefined ? [] : [button(labels.skip, 'skip')]),
  ];
  const own = [
    // on later pages the same label turns a page
    ...(controls.back === undefined || at > 0 ? [] : [button(controls.back, 'back')]),
    ...(controls.cancel === undefined ? [] : [button(controls.cancel, 'cancel')]),
  ];
  const all = [...rows, turns, further, own].filter((row) => row.length > 0);
  return all.length === 0 ? undefined : { inline_keyboard: all };
}

/** The page on which an option stands. */
export function pageOf(options: readonly Option[], value: string): number {
  const at = options.findIndex((option) => option.value === value);
  return Math.floor(Math.max(at, 0) / pageSize);
}

/** Makes a reply keyboard. */
export function replyKeyboard(labels: readonly string[], selective: boolean): ReplyMarkup {
  return {
    keyboard: inRows(labels.map((text) => ({ text }))),
    resize_keyboard: true,
    one_time_keyboard: true,
    ...(selective && { selective }),
  };
}

/** Fills rows with short buttons; a long one has a row of its own. */
function inRows<B extends { readonly text: string }>(buttons: readonly B[]): readonly B[][] {
  const rows: B[][] = [];
  let room = 0;
  for (const button of buttons) {
    const row = rows[rows.length - 1];
    const fits = button.text.length <= room && (row?.length ?? 0) < rowButtons;
    if (row !== undefined && fits) row.push(button);
    else {
      rows.push([button]);
      room = rowCharacters;
    }
    room -= button.text.length;
  }
  return rows;
}
