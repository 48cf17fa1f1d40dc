/** Text that is still being written, as bots return it. What shows it is loaded with the first stream. */

import type { ReplyAddress } from '../update/address.ts';
import type { KeyboardLike, OutgoingMessage, RichText, Sent } from './outgoing.ts';

/**
 * How the finished text is formatted, once for each message.
 *
 * - `'plain'` (default): not at all.
 * - `'markdown'`: Telegram reads it as Markdown (Bot API 10.1, sendRichMessage).
 * - A function makes a text with `entities` or a `parse_mode` of it; use it with a converter such as `telegramify-markdown`.
 *
 * A message that Telegram rejects as it is formatted is sent without formatting.
 */
export type StreamFormat = 'plain' | 'markdown' | ((text: string) => RichText);

/** A stream with what belongs to it. */
export interface FormattedStream {
  readonly text: AsyncIterable<string>;
  readonly format?: StreamFormat;
  /** Under the last message, when the text is complete. */
  readonly keyboard?: KeyboardLike;
}

/** Text that is still being written, such as the `textStream` of the AI SDK. */
export type Stream = AsyncIterable<string> | FormattedStream;

/** The result of a stream: its complete text, and its last message. */
export interface Streamed {
  /** Id of the last message; 0 if the stream had no text, so that nothing was sent. */
  readonly message_id: number;
  readonly text: string;
}

/** Distinguishes a stream from other messages. */
export function isStream(said: OutgoingMessage | Stream | Sent): said is Stream {
  if (typeof said !== 'object') return false;
  return isIterable(said) || ('text' in said && isIterable(said.text));
}

/** The text of what a bot says, as far as it is known; empty for media without a caption, calls and streams. */
export function wordsOf(said: OutgoingMessage | Stream | Sent): string {
  if (typeof said === 'string') return said;
  if (isStream(said)) return '';
  const words = 'text' in said ? said.text : 'caption' in said ? said.caption : undefined;
  return words === undefined ? '' : wordsOf(words);
}

/** A stream with its options. */
export function withOptions(stream: Stream): FormattedStream {
  return isIterable(stream) ? { text: stream } : stream;
}

/** Where a stream is shown, and what shows it. */
export interface StreamTarget {
  readonly replyAddress: ReplyAddress | undefined;
  readonly bot: number;
  readonly clock: {
    readonly monotonic: () => number;
    setTimeout(callback: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
  };
  /** Aborted when the stream is to end. */
  readonly signal: AbortSignal;
  call(method: string, payload: object): Promise<unknown>;
}

function isIterable(value: unknown): value is AsyncIterable<string> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
