/**
 * Shows a text while it is being written, within Telegram's limits.
 *
 * A private chat sees a draft that grows (Bot API, sendMessageDraft: private chats only, a preview of 30 seconds, replaced by sendMessage); any
 * other chat a message that is edited. Only the finished messages are formatted.
 */

import { holds } from '../base/holds.ts';
import { pieces } from './long-text.ts';
import { callOf, longestText, type OutgoingMessage } from './outgoing.ts';
import { codeOf, isDeleted, isNotModified, secondsToWait } from './rejected.ts';
import {
  type FormattedStream,
  type Stream,
  type Streamed,
  type StreamTarget,
  withOptions,
} from './stream.ts';
import { close, next, textIn } from './stream-chunks.ts';
import { formatted, withFences } from './stream-format.ts';
import { Pace, rest } from './stream-pace.ts';

/** A draft is shown for 30 seconds; one that does not change is sent again before that, in ms. */
const draftLasts = 20_000;

let drafts = 0;

/**
 * Shows a stream until it ends.
 *
 * @returns the complete text, and the last message
 * @throws the reason of the signal, after what was written so far has been sent; what the stream throws passes
 */
export async function showStream(target: StreamTarget, stream: Stream): Promise<Streamed> {
  return new Showing(target, withOptions(stream)).run();
}

/** A class, since a stream in the making has much to remember. */
class Showing {
  readonly #target: StreamTarget;
  readonly #stream: FormattedStream;
  readonly #pace: Pace;
  /** Of the draft; `undefined` where messages are edited. */
  #draft: number | undefined;
  #text = '';
  /** Where the message that grows begins in the text. */
  #start = 0;
  /** The growing message as it is shown, and when that was. */
  #shown = '';
  #shownAt = 0;
  /** The growing message, if it was sent to be edited. */
  #message: number | undefined;
  #last = 0;
  /** The line that opened the code block in which the next message begins. */
  #fence: string | undefined;
  /** Until when Telegram accepts no call. */
  #limitedUntil = 0;

  constructor(target: StreamTarget, stream: FormattedStream) {
    this.#target = target;
    this.#stream = stream;
    const { chat = 0, business, receiver, directMessagesTopic } = target.replyAddress ?? {};
    const isPlain =
      business === undefined && receiver === undefined && directMessagesTopic === undefined;
    if (chat > 0 && isPlain) this.#draft = ++drafts % 0x7fffffff || ++drafts;
    this.#pace = new Pace(target.clock, target.bot, chat);
  }

  async run(): Promise<Streamed> {
    const { signal } = this.#target;
    const chunks = this.#stream.text[Symbol.asyncIterator]();
    const ended = new Promise<'ended'>((resolve) => {
      if (signal.aborted) resolve('ended');
      signal.addEventListener('abort', () => resolve('ended'));
    });
    try {
      let chunk = next(chunks);
      for (;;) {
        const got = await this.#first(chunk, ended);
        if (got === 'ended') break;
        if (got === 'time') await this.#grow();
        else if (got.done) break;
        else {
          this.#text += textIn(got.value);
          chunk = next(chunks);
        }
      }
      signal.throwIfAborted();
    } catch (error) {
      void close(chunks);
      // what was written stays, as a message that a reader may refer to; where that fails too, the first error says why
      await this.#finish().catch(() => {});
      throw error;
    }
    await this.#finish();
    return { message_id: this.#last, text: this.#text };
  }

  /** Resolves with the first of these: another chunk, the end, or the time at which the text may be shown again. */
  async #first(
    chunk: Promise<IteratorResult<string>>,
    ended: Promise<'ended'>,
  ): Promise<IteratorResult<string> | 'ended' | 'time'> {
    const { clock } = this.#target;
    const wait = this.#wait();
    if (wait === undefined) return Promise.race([ended, chunk]);
    if (wait <= 0) return 'time';
    let timer: unknown;
    const time = new Promise<'time'>((resolve) => {
      timer = clock.setTimeout(() => resolve('time'), wait);
    });
    try {
      return await Promise.race([ended, chunk, time]);
    } finally {
      clock.clearTimeout(timer);
    }
  }

  /** Ms until something is to be shown; `undefined` while there is nothing. */
  #wait(): number | undefined {
    const { clock } = this.#target;
    const now = clock.monotonic();
    const until = this.#pace.wait();
    const growing = this.#growing;
    if (growing.trim() !== '' && growing !== this.#shown) return until;
    if (this.#draft === undefined || this.#shown === '') return undefined;
    return Math.max(until, this.#shownAt + draftLasts - now);
  }

  get #growing(): string {
    return this.#text.slice(this.#start);
  }

  /** Shows what has been written since. A failure loses nothing: the next call shows more. */
  async #grow(): Promise<void> {
    const all = this.#growing;
    const full = pieces(all, longestText).slice(0, -1);
    for (const [start, end] of full) await this.#send(all.slice(start, end));
    // the rest when it is time
    if (full.length > 0) return;
    // half of a character comes with the next chunk
    const text = this.#growing.replace(/[\uD800-\uDBFF]$/, '');
    if (text.trim() === '') return;
    this.#pace.spend();
    try {
      if (this.#draft !== undefined) {
        await this.#call('sendMessageDraft', { draft_id: this.#draft, text });
      } else if (this.#message === undefined) {
        this.#message = idOf(await this.#call('sendMessage', { text }));
      } else {
        await this.#call('editMessageText', { message_id: this.#message, text });
      }
    } catch (error) {
      const limit = secondsToWait(error);
      if (limit !== undefined) return this.#limit(limit);
      // nothing came back: the next call shows more
      if (codeOf(error) === undefined) return;
      if (!isNotModified(error)) {
        // nothing can be sent to this chat
        if (this.#draft === undefined && this.#message === undefined) throw error;
        if (codeOf(error) === 403) throw error;
        // a server that has no drafts, or a message that was deleted meanwhile
        this.#draft = undefined;
        this.#message = undefined;
        return;
      }
    }
    this.#shown = text;
    this.#shownAt = this.#target.clock.monotonic();
  }

  /** Sends what is left, formatted. */
  async #finish(): Promise<void> {
    const rest = this.#growing;
    const parts = pieces(rest, longestText).map(([start, end]) => rest.slice(start, end));
    for (const [at, part] of parts.entries()) await this.#send(part, at === parts.length - 1);
  }

  /** Sends a part of the text that is complete, in place of the message that grows. */
  async #send(part: string, isLast = false): Promise<void> {
    if (part.trim() !== '') {
      const keyboard = isLast ? this.#stream.keyboard : undefined;
      const plain: OutgoingMessage = keyboard === undefined ? part : { text: part, keyboard };
      const finished = this.#formatted(part, plain);
      // an edited message that shows all of it already
      const isThere = finished === plain && keyboard === undefined && part === this.#shown;
      if (this.#message === undefined || !isThere) {
        const sent = await this.#deliver(finished).catch((error: unknown) => {
          if (finished === plain || codeOf(error) !== 400) throw error;
          return this.#deliver(plain);
        });
        this.#last = this.#message ?? idOf(sent) ?? 0;
      } else this.#last = this.#message;
    }
    this.#start += part.length;
    this.#message = undefined;
    this.#shown = '';
  }

  #formatted(part: string, plain: OutgoingMessage): OutgoingMessage {
    const { format = 'plain' } = this.#stream;
    if (format === 'plain') return plain;
    const { text, fence } = withFences(part, this.#fence);
    this.#fence = fence;
    const keyboard = typeof plain === 'object' && 'keyboard' in plain ? plain.keyboard : undefined;
    return formatted(text, format, keyboard);
  }

  /** Sends or edits a finished message; waits as long as Telegram asks for. */
  async #deliver(say: OutgoingMessage): Promise<unknown> {
    const { method, payload } = callOf(say, undefined);
    for (;;) {
      // a finished message does not wait for its second, as other replies do not; only for what Telegram has asked
      const wait = this.#limitedUntil - this.#target.clock.monotonic();
      await rest(this.#target, wait);
      this.#pace.spend();
      try {
        if (this.#message === undefined) return await this.#call(method, payload);
        return await this.#call('editMessageText', { ...payload, message_id: this.#message });
      } catch (error) {
        const limit = secondsToWait(error);
        if (limit !== undefined && !this.#target.signal.aborted) {
          this.#limit(limit);
          continue;
        }
        if (isNotModified(error)) return undefined;
        const isGone = this.#message !== undefined && isDeleted(error);
        if (!isGone) throw error;
        this.#message = undefined;
      }
    }
  }

  #call(method: string, payload: object): Promise<unknown> {
    const call = callOf({ method, payload }, this.#target.replyAddress);
    return this.#target.call(call.method, call.payload);
  }

  /** Telegram accepts no call for so many seconds. */
  #limit(seconds: number): void {
    this.#pace.pause(seconds * 1000);
    this.#limitedUntil = this.#target.clock.monotonic() + seconds * 1000;
  }
}

/** The id of a message that was sent. */
function idOf(sent: unknown): number | undefined {
  return holds(sent, 'message_id') ? Number(sent.message_id) : undefined;
}
