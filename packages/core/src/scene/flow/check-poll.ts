/** Rejects the prompt of a question for votes if no vote can answer it. Prompts are made for each user, so this is checked in production too. */

import { invalidOption } from '../../base/rules.ts';
import { kindsIn } from '../../update/accepted-kinds.ts';
import type { AskOptions } from './steps.ts';

/**
 * Rejects a question for votes that sends no poll, or an anonymous one. Telegram sends a bot only the votes of other polls, and a vote
 * answers only the poll of its question.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function checkPoll(where: string, accept: AskOptions['accept'], prompt: unknown): void {
  const kinds = kindsIn(accept);
  if (!kinds.includes('poll_answer')) return;
  const { method, payload }: { method?: unknown; payload?: object } = Object(prompt);
  const reject = (expected: string, found: string) =>
    invalidOption(`${where} prompt`, expected, found);
  if (!/^sendpoll$/i.test(String(method)))
    throw reject("a poll: { method: 'sendPoll', payload }", 'another message');
  if (Object(payload).is_anonymous !== false && !kinds.includes('poll')) {
    const expected = "a poll with `is_anonymous: false`, or accept: 'poll' for its result";
    throw reject(expected, 'an anonymous poll, whose votes Telegram does not send');
  }
}
