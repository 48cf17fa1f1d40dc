/** How often a growing text may be shown in a chat. */

import type { StreamTarget } from './stream.ts';

/** Ms between two calls that show a growing text: a bot should not send more than one message per second to a chat (Bots FAQ, limits). */
const privateGap = 1000;
/** The same for a group, which takes 20 messages a minute (Bots FAQ, limits). */
const groupGap = 3100;
/** When the next call may show something, by clock, bot and chat: several conversations of a group share its limit. */
const calendars = new WeakMap<object, Map<string, number>>();
/** How many chats are remembered before those are forgotten that may be called again. */
const manyChats = 1000;

/** The pace of one chat. */
export class Pace {
  readonly #clock: StreamTarget['clock'];
  readonly #calendar: Map<string, number>;
  readonly #name: string;
  readonly #gap: number;

  constructor(clock: StreamTarget['clock'], bot: number, chat: number) {
    this.#clock = clock;
    this.#calendar = calendarOf(clock);
    this.#name = `${bot} ${chat}`;
    this.#gap = chat > 0 ? privateGap : groupGap;
  }

  /** Ms until the next call may be made. */
  wait(): number {
    return Math.max(0, (this.#calendar.get(this.#name) ?? 0) - this.#clock.monotonic());
  }

  /** A call is made. */
  spend(): void {
    this.pause(this.#gap);
  }

  /** No call may be made for so many ms. */
  pause(ms: number): void {
    this.#calendar.set(this.#name, this.#clock.monotonic() + ms);
  }
}

/** When which chat may be called next, by the monotonic time of a clock. */
function calendarOf(clock: StreamTarget['clock']): Map<string, number> {
  const calendar = calendars.get(clock) ?? new Map<string, number>();
  calendars.set(clock, calendar);
  if (calendar.size > manyChats) {
    const now = clock.monotonic();
    for (const [chat, at] of calendar) if (at <= now) calendar.delete(chat);
  }
  return calendar;
}

/** Waits, unless the stream is to end. */
export async function rest({ signal, clock }: StreamTarget, ms: number): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const timer = clock.setTimeout(end, ms);
  signal.addEventListener('abort', end);
  await ended;
  signal.removeEventListener('abort', end);
  clock.clearTimeout(timer);
}
