/** What holds for every program. */

import type { FsmErrorCode } from '@telefsm/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { networks } from './networks.ts';
import { play, playMessages } from './play.ts';
import { faultless, hasty, patient, program, without } from './program.ts';
import type { Message, Outcome, Setting } from './stage.ts';

const framework = fc.constantFrom('grammY', 'Telegraf');
const storage = fc.constantFrom('memory', 'text');
const hasInitial = fc.boolean();
const setting: fc.Arbitrary<Setting> = fc.record({ framework, storage, hasInitial });
const nth = fc.integer({ min: 2, max: 7 });

/** Handlers, users, observers and records show the same on grammY as on Telegraf. */
const frameworks = fc.asyncProperty(
  fc.record({ storage, hasInitial }),
  patient,
  async (given, deeds) => {
    const onGrammy = await play({ ...given, framework: 'grammY' }, deeds);
    const onTelegraf = await play({ ...given, framework: 'Telegraf' }, deeds);
    expect(onTelegraf).toEqual(onGrammy);
  },
);

/** A bot cannot observe whether its storage keeps objects or texts, and whether an answer takes time. */
const storages = fc.asyncProperty(
  fc.record({ framework, hasInitial }),
  patient,
  async (given, deeds) => {
    const inMemory = await play({ ...given, storage: 'memory' }, deeds);
    const asText = await play({ ...given, storage: 'text' }, deeds);
    // on a shared storage, observers are also notified of some commits that change nothing
    expect({ ...asText, commits: [] }).toEqual({ ...inMemory, commits: [] });
  },
);

/** All that matters of a conversation is in its record, also while deadlines, prompts and called scenes are pending. */
const restarts = fc.asyncProperty(setting, program, async (given, all) => {
  // in memory, the process and not the storage remembers the updates of empty conversations
  const deeds = given.storage === 'memory' ? without(all, 'repeats') : all;
  const inOneProcess = await play(given, deeds);
  const inMany = await play(given, deeds, { restarts: true });
  expect(inMany).toEqual(inOneProcess);
});

/** When an update that was handled is delivered again, no record changes, and Telegram gets nothing but the answer to a press. */
const redeliveries = fc.asyncProperty(setting, faultless, async (given, deeds) => {
  const once = await play(given, deeds);
  // an update that has failed is handled again
  fc.pre(once.errors.length === 0);
  const twice = await play(given, deeds, { redelivers: true });
  expect(twice.records).toEqual(once.records);
  expect(withoutAnswers(twice)).toEqual(withoutAnswers(once));
});

const withoutAnswers = ({ calls }: Outcome) =>
  calls.filter((call) => !call.includes('answerCallbackQuery'));

/** Each call to the storage may fail before or after it is executed: it is repeated, and nobody notices. */
const failures = fc.asyncProperty(
  fc.record({ framework, hasInitial }),
  patient,
  fc.constantFrom('fails', 'loses answers'),
  nth,
  async (given, all, network, every) => {
    // repeating takes time, so deadlines are not compared
    const deeds = without(all, 'waits');
    const onText: Setting = { ...given, storage: 'text' };
    const undisturbed = await play(onText, deeds);
    const disturbed = await play(onText, deeds, { network: networks[network](every) });
    expect({ ...disturbed, deadlines: [] }).toEqual({ ...undisturbed, deadlines: [] });
  },
);

/** Commits that handlers and hooks do not await, also several at once, neither disturb each other nor lose the lease. */
const commits = fc.asyncProperty(
  fc.record({ framework, hasInitial }),
  hasty,
  nth,
  async (given, deeds, every) => {
    const network = networks.delays(every);
    const { errors } = await play({ ...given, storage: 'text' }, deeds, { network });
    expect(errors.filter((error) => ofTheStorage.has(error))).toEqual([]);
  },
);

const ofTheStorage: ReadonlySet<string> = new Set<FsmErrorCode>([
  'BUSY',
  'COMMIT_UNKNOWN',
  'LEASE_LOST',
  'STORAGE_FAILED',
]);

/** Updates that arrive at once are handled in the order of their arrival, as if each had waited for the one before. */
const atOnce = fc.asyncProperty(setting, program, nth, async (given, deeds, every) => {
  const messages = deeds.filter((deed): deed is Message => deed.do === 'says');
  const inTurn = await playMessages(given, messages, 'in turn', networks.delays(every));
  const together = await playMessages(given, messages, 'at once', networks.delays(every));
  expect(together.records).toEqual(inTurn.records);
  expect(together.errors.toSorted()).toEqual(inTurn.errors.toSorted());
});

/** The properties and their names. */
export const properties: readonly (readonly [string, fc.IAsyncProperty<unknown>])[] = [
  ['both frameworks do the same', frameworks],
  ['memory and a shared storage do the same', storages],
  ['a restart after each deed changes nothing', restarts],
  ['an update that is delivered twice changes nothing more', redeliveries],
  ['a storage that fails or loses answers changes nothing', failures],
  ['commits that nobody awaits do not fail', commits],
  ['updates at once end as they do one after the other', atOnce],
];
