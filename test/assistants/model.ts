/** The model of both bots: it thinks, then writes an answer that names what it was asked, and a word at its end. */

import { setTimeout as pause } from 'node:timers/promises';

/** A message from the process. */
export type Said =
  /** It takes webhooks at this port. */
  | { readonly port: number }
  /** Its model has begun an answer, or has ended it. */
  | { readonly model: 'begins' | 'ends' };

/** How a bot is started. */
export interface Job {
  readonly token: string;
  /** Of the fake Bot API. */
  readonly api: string;
  readonly redis: { readonly port: number; readonly prefix: string };
  /** Whether it takes the best settings for this conversation, or the defaults. */
  readonly best: boolean;
}

/** Only a complete answer ends with it. */
export const lastWord = '(end)';
const words = 20;
const wordTakes = 100;

/** Tells the process that has started this one. */
export function say(message: Said): void {
  process.send?.(message);
}

/** Writes an answer, a word each tenth of a second. */
export async function* answerTo(text: string, signal: AbortSignal): AsyncGenerator<string> {
  say({ model: 'begins' });
  try {
    yield `You wrote ${text}. `;
    for (let word = 0; word < words; word++) {
      await pause(wordTakes, undefined, { signal });
      yield 'word ';
    }
    yield lastWord;
  } finally {
    say({ model: 'ends' });
  }
}
