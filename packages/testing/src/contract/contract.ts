/** The storage contract, to be run by any test runner. */

import assert from 'node:assert/strict';
import type { Awaitable, FsmStorage } from '@telefsm/core';
import { commitRules } from './commits.ts';
import { deadlineRules } from './deadlines.ts';
import { fenceRules } from './fences.ts';
import { leaseRules } from './leases.ts';
import { lifetimeRules } from './lifetimes.ts';
import { listingRules } from './listing.ts';
import { raceRules } from './races.ts';
import { recordRules } from './records.ts';
import type { Rule, StorageNeed, StorageUnderTest } from './rule.ts';
import { benchOf } from './rule.ts';
import { waitingRules } from './waiting.ts';

/** One rule of the contract, ready to run. */
export interface StorageRule {
  /** The topic, for grouping. */
  readonly concept: string;
  /** The rule, as a sentence. */
  readonly name: string;
  /** {@link StorageRule.name}, with the reason where the rule is excepted: print this one. */
  readonly title: string;
  /** The feature that the storage needs for the rule to apply. */
  readonly needs: readonly StorageNeed[];
  /** The failure of a bot whose storage breaks the rule. */
  readonly breaks?: string;
  /** Why the rule does not apply to this storage. */
  readonly exception?: string;
  /** Resolves if the storage keeps the rule; rejects with an `AssertionError` if not, also for an exception that is none. */
  run(): Promise<void>;
}

/** Options of {@link storageContract}. */
export interface StorageContractOptions {
  /** Why parts of the contract do not apply, by what the storage lacks (`'fencing'`) or by the name of a rule. */
  readonly exceptions?: { readonly [needOrRule: string]: string };
  /** How long a message to a waiter may take, in ms; 2,000 unless given. */
  readonly patience?: number;
}

const needs: readonly StorageNeed[] = ['shared', 'fencing', 'ttl', 'deadlines', 'list', 'granted'];

const concepts: { readonly [concept: string]: readonly Rule[] } = {
  records: recordRules,
  leases: leaseRules,
  commits: commitRules,
  fences: fenceRules,
  lifetimes: lifetimeRules,
  deadlines: deadlineRules,
  listing: listingRules,
  waiting: waitingRules,
  races: raceRules,
};

/**
 * Says what every storage has to do, as rules that any test runner runs.
 *
 * A missing feature of a storage must be excepted with a reason, and an exception that is not needed fails: nothing is left out in
 * silence. Each rule makes its own storage and closes it.
 *
 * @param make - makes a storage to test; it need not be empty
 * @throws AssertionError for an exception that names no rule and no need
 *
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import { memoryStorage } from '@telefsm/core';
 * import { storageContract } from '@telefsm/testing';
 *
 * const exceptions = { shared: 'it lives in one process' };
 * for (const rule of storageContract(() => memoryStorage(), { exceptions })) {
 *   test(rule.title, () => rule.run());
 * }
 * ```
 */
export function storageContract(
  make: () => Awaitable<FsmStorage | StorageUnderTest>,
  { exceptions = {}, patience = 2000 }: StorageContractOptions = {},
): readonly StorageRule[] {
  const names = new Set<string>([
    ...needs,
    ...Object.values(concepts)
      .flat()
      .map(({ name }) => name),
  ]);
  for (const name of Object.keys(exceptions)) {
    assert.ok(
      names.has(name),
      `'${name}' is neither a rule of the contract nor one of ${needs.join(', ')}.`,
    );
  }

  const ready = (concept: string, rule: Rule): StorageRule => {
    const lacking = rule.needs.find((need) => exceptions[need] !== undefined);
    const exception = exceptions[lacking ?? rule.name];
    const run = () =>
      onBench(make, patience, async (storage, check) => {
        if (lacking !== undefined) assertLacks(storage, lacking);
        else if (exception !== undefined)
          await assert.rejects(check(rule), `excepted (${exception}), but kept`);
        else await check(rule);
      });
    const { name, needs, breaks } = rule;
    return {
      concept,
      name,
      title: exception === undefined ? name : `${name} (excepted: ${exception})`,
      needs,
      ...(breaks === undefined ? {} : { breaks }),
      ...(exception === undefined ? {} : { exception }),
      run,
    };
  };
  return Object.entries(concepts).flatMap(([concept, rules]) =>
    rules.map((rule) => ready(concept, rule)),
  );
}

async function onBench(
  make: () => Awaitable<FsmStorage | StorageUnderTest>,
  patience: number,
  use: (storage: FsmStorage, check: (rule: Rule) => Promise<void>) => Promise<void>,
): Promise<void> {
  const made = await make();
  const under = 'storage' in made ? made : { storage: made };
  const opened = [under.storage];
  try {
    await use(under.storage, async (rule) => {
      for (const need of rule.needs) assertOffers(under.storage, need);
      await rule.check(benchOf(under, opened, patience));
    });
  } finally {
    for (const storage of opened.reverse()) await storage.close?.();
  }
}

function offers(storage: FsmStorage, need: StorageNeed): boolean {
  return need === 'granted' ? storage.granted !== undefined : storage.features[need];
}

function assertOffers(storage: FsmStorage, need: StorageNeed): void {
  const advice = `If that is meant to be so, say why: storageContract(make, { exceptions: { ${need}: 'why' } }).`;
  assert.ok(offers(storage, need), `The storage does not offer '${need}'. ${advice}`);
}

function assertLacks(storage: FsmStorage, need: StorageNeed): void {
  assert.ok(!offers(storage, need), `The storage offers '${need}', so its exception must go.`);
}
