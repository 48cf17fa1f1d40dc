/** Matchers for `expect.extend` of vitest and jest; neither is needed to load them. */
import type { Expected } from '../driver/looking.ts';
import type { TestUser } from '../driver/user.ts';
import {
  type AskedState,
  assertData,
  assertState,
  type Peekable,
  type Transcribed,
} from './assertions.ts';

/** The result of a matcher, as `expect.extend` expects it. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/**
 * The matchers as `expect(…)` has them once it was extended.
 *
 * In vitest: `declare module 'vitest' { interface Matchers extends ChatMatchers {} }`; in jest, the same for the module `expect`.
 */
export interface ChatMatchers {
  /** A user has seen a message since they last did something: its whole text, a pattern in it, or some of its members. */
  toSee(expected: Expected): void;
  /** A user has seen nothing since they last did something. */
  toSeeNothing(): void;
  /** A conversation (`machine.at({ user })`) is in a state; `world` prints the conversation, when it is not. */
  toBeInState(expected: AskedState, world?: Transcribed): Promise<void>;
  /** A conversation has collected this, and perhaps more. */
  toHaveData(expected: object, world?: Transcribed): Promise<void>;
}

/**
 * Matchers for vitest and jest. Each failure shows the conversation so far.
 *
 * @example
 * ```ts
 * import { type ChatMatchers, matchers, telegram } from '@telefsm/testing';
 * import { Bot } from 'grammy';
 * import { expect } from 'vitest';
 *
 * declare module 'vitest' {
 *   interface Matchers<T> extends ChatMatchers {}
 * }
 * expect.extend(matchers);
 * const bot = new Bot('1:test');
 * bot.command('start', (ctx) => ctx.reply('Hello!'));
 * const anna = telegram(bot).user('Anna');
 * await anna.sends('/start');
 * expect(anna).toSee('Hello!');
 * ```
 */
export const matchers: {
  readonly toSee: (user: TestUser, expected: Expected) => Verdict;
  readonly toSeeNothing: (user: TestUser) => Verdict;
  readonly toBeInState: (
    conversation: Peekable,
    expected: AskedState,
    world?: Transcribed,
  ) => Promise<Verdict>;
  readonly toHaveData: (
    conversation: Peekable,
    expected: object,
    world?: Transcribed,
  ) => Promise<Verdict>;
} = {
  toSee: (user, expected) =>
    verdictOf(
      () => user.sees(expected),
      ({ text }) => `${user.name} sees ${JSON.stringify(text)}, which should not be visible.`,
    ),
  toSeeNothing: (user) =>
    verdictOf(
      () => user.seesNothing(),
      () => `The bot has shown ${user.name} nothing.`,
    ),
  toBeInState: (conversation, expected, world) =>
    verdictLater('The conversation is in this state.', assertState(conversation, expected, world)),
  toHaveData: (conversation, expected, world) =>
    verdictLater('The conversation has this data.', assertData(conversation, expected, world)),
};

/** @param opposite - says what is wrong where `not` was asked for */
function verdictOf<Found>(check: () => Found, opposite: (found: Found) => string): Verdict {
  try {
    return passed(opposite(check()));
  } catch (error) {
    return failed(error);
  }
}

function verdictLater(opposite: string, check: Promise<void>): Promise<Verdict> {
  return check.then(() => passed(opposite), failed);
}

function passed(opposite: string): Verdict {
  return { pass: true, message: () => opposite };
}

/** @throws what is no failed assertion but an error of its own */
function failed(error: unknown): Verdict {
  const { code, message, actual, expected } = error as NodeJS.ErrnoException & {
    readonly actual?: unknown;
    readonly expected?: unknown;
  };
  if (code !== 'ERR_ASSERTION') throw error;
  return { pass: false, message: () => message, actual, expected };
}
