/** Keyboards under messages, checked as Telegram checks them. */
import { reject } from '../cloud/answer.ts';
import type { Payload, RawButton, RawMarkup } from '../cloud/raw.ts';
import { objectOf } from './parameters.ts';

const actions = [
  'url',
  'callback_data',
  'web_app',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'switch_inline_query_chosen_chat',
  'copy_text',
  'callback_game',
  'pay',
];

/** Reads `reply_markup`, rejecting what Telegram rejects. */
export function markupOf(payload: Payload): RawMarkup | undefined {
  const given = objectOf(payload, 'reply_markup');
  if (given === undefined) {
    if (payload['reply_markup'] !== undefined)
      reject(400, 'Bad Request: object expected as reply markup');
    return undefined;
  }
  const markup: RawMarkup = given;
  const inline = markup.inline_keyboard?.flat() ?? [];
  if (inline.length > 100) reject(400, 'Bad Request: reply markup is too long');
  for (const button of inline) checkInline(button);
  for (const button of markup.keyboard?.flat() ?? []) {
    const label = typeof button === 'string' ? button : button?.text;
    if (typeof label !== 'string')
      reject(400, 'Bad Request: can\'t parse keyboard button: Field "text" must be of type String');
    if (label.trim() === '')
      reject(400, 'Bad Request: reply markup is invalid: keyboard button text must be non-empty');
  }
  return markup;
}

function checkInline(button: RawButton): void {
  if (typeof button?.text !== 'string') {
    reject(400, 'Bad Request: can\'t parse inline keyboard button: Can\'t find field "text"');
  }
  if (button.text === '') reject(400, 'Bad Request: BUTTON_TEXT_INVALID');
  if (!actions.some((action) => button[action] !== undefined)) {
    reject(
      400,
      "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    );
  }
  const data = button['callback_data'];
  if (data !== undefined) {
    if (typeof data !== 'string' || data === '' || Buffer.byteLength(data) > 64)
      reject(400, 'Bad Request: BUTTON_DATA_INVALID');
  }
  const url = button['url'];
  if (
    url !== undefined &&
    !/^(?:https?:\/\/|tg:\/\/|ton:\/\/|mailto:|tel:|[\w-]+(?:\.[\w-]+)+)/i.test(String(url))
  ) {
    reject(
      400,
      `Bad Request: inline keyboard button URL '${String(url)}' is invalid: Wrong HTTP URL`,
    );
  }
}
