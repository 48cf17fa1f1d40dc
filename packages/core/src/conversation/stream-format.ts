/** How the messages of a finished stream are formatted. */

import { holds } from '../base/holds.ts';
import { callOf, type KeyboardLike, type OutgoingMessage } from './outgoing.ts';
import type { StreamFormat } from './stream.ts';

/** A part of a stream as it is sent at the end. */
export function formatted(
  text: string,
  format: Exclude<StreamFormat, 'plain'>,
  keyboard: KeyboardLike | undefined,
): OutgoingMessage {
  const own = keyboard === undefined ? {} : { keyboard };
  if (typeof format === 'function') return { ...format(text), ...own };
  const { payload } = callOf({ text: '', ...own }, undefined);
  const markup = holds(payload, 'reply_markup') ? { reply_markup: payload.reply_markup } : {};
  return { method: 'sendRichMessage', payload: { rich_message: { markdown: text }, ...markup } };
}

/** A part of a text in Markdown, and the line that opens the code block that it leaves open. */
export interface Part {
  readonly text: string;
  readonly fence: string | undefined;
}

/** Closes a code block that continues in the next message, and opens it again there: each message is formatted by itself. */
export function withFences(part: string, before: string | undefined): Part {
  let fence = before;
  for (const [line] of part.matchAll(/^ {0,3}(?:`{3,}|~{3,}).*$/gm)) {
    if (fence === undefined) fence = line;
    else if (line.trim().startsWith(marker(fence))) fence = undefined;
  }
  const start = before === undefined ? '' : `${before}\n`;
  const isOpenLine = fence !== undefined && !part.endsWith('\n');
  const end = fence === undefined ? '' : `${isOpenLine ? '\n' : ''}${marker(fence)}`;
  return { text: start + part + end, fence };
}

function marker(fence: string): string {
  return /[`~]+/.exec(fence)?.[0] ?? '';
}
