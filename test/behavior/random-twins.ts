/** Random updates for two bots that differ in what no user may notice: both must call the Bot API alike. */

import { memoryStorage } from '@telefsm/core';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { virtualClock } from '@telefsm/testing';
import fc from 'fast-check';
import { expect } from 'vitest';
import { grammy, telegraf } from './frameworks.ts';
import { type Call, playRandom } from './random-play.ts';
import { type Deed, randomDeeds } from './random-updates.ts';

/** Two bots. */
interface Twins {
  /** Whether a deed is to have the same consequences for both. */
  readonly suits: (deed: Deed) => boolean;
  one(list: readonly Deed[]): Promise<readonly Call[]>;
  other(list: readonly Deed[]): Promise<readonly Call[]>;
}

const usual = (list: readonly Deed[]) => playRandom(grammy, { storage: memoryStorage() }, list);

/** A press is answered again when it comes again, so that its button does not keep its spinner. */
const withoutAnswers =
  (play: Twins['one']): Twins['one'] =>
  async (list) =>
    (await play(list)).filter(({ method }) => !method.startsWith('answer'));

/** For `it.each`. */
export const twins: readonly (readonly [what: string, Twins])[] = [
  [
    'on either framework',
    {
      // the polling of Telegraf hands over all updates that it got at once, that of grammY one after the other
      suits: (deed) => deed.do !== 'hurries',
      one: usual,
      other: (list) => playRandom(telegraf, { storage: memoryStorage() }, list),
    },
  ],
  [
    'with objects in memory and with texts in SQLite',
    {
      suits: () => true,
      one: usual,
      other: (list) => playRandom(grammy, { storage: sqliteStorage(':memory:') }, list),
    },
  ],
  [
    'by one process and by another one for every update',
    {
      // a process remembers how long Telegram told it to wait
      suits: (deed) => deed.do !== 'fails' || !JSON.stringify(deed.failure).includes('retry_after'),
      one: usual,
      other: (list) =>
        playRandom(grammy, { storage: sqliteStorage(':memory:') }, list, { restarts: true }),
    },
  ],
  [
    'if each update comes once, and if it comes twice',
    {
      // a question that could not be sent is sent by any update, and what others send goes to places that are not there
      suits: (deed) => ['says', 'goes on', 'presses', 'votes', 'waits'].includes(deed.do),
      one: withoutAnswers(usual),
      other: withoutAnswers((list) =>
        playRandom(grammy, { storage: memoryStorage() }, list, { doubles: true }),
      ),
    },
  ],
];

/** Plays random updates against both. */
export async function expectSame({ suits, one, other }: Twins, numRuns: number): Promise<void> {
  let callCount = 0;
  const property = fc.asyncProperty(randomDeeds, async (all) => {
    const list = all.filter(suits);
    const calls = shown(await one(list));
    expect(shown(await other(list))).toEqual(calls);
    callCount += calls.length;
  });
  await fc.assert(property, { numRuns });
  // bots that say nothing say the same
  expect(callCount).toBeGreaterThan(numRuns * 4);
}

/** Calls about conversations. Entries of scenes, whose ids are made of the time, are numbered in their order; what is random is left out. */
function shown(calls: readonly Call[]): readonly string[] {
  const entries = new Map<string, number>();
  const numbered = (entry: string) => {
    const number = entries.get(entry) ?? entries.size;
    entries.set(entry, number);
    return number;
  };
  return calls
    .filter(({ method }) => !ofPolling.has(method))
    .map(({ method, payload }) =>
      `${method} ${JSON.stringify(payload)}`
        .replace(/"~fsm\.([0-9a-z]+)\.[0-9a-z]+/, '"~fsm.$1.random')
        .replaceAll(entryId, (entry) => `entry ${numbered(entry)}`),
    );
}

/** As the time: the clock of the tests does not leave these days. */
const entryId = new RegExp(
  `\\b${virtualClock().now().toString(36).slice(0, 2)}[0-9a-z]{6}\\b`,
  'g',
);

const ofPolling = new Set(['getMe', 'getUpdates', 'deleteWebhook']);
