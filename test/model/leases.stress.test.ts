/**
 * An exhaustive model of the lease protocol: one conversation, up to three attempts in up to three processes, and every interleaving of
 * requests that are delayed, reordered, lost or executed twice, answers that are lost or late, leases that lapse, crashes, renewals, giving up,
 * `commit()` then more work or a throw, `clear()`, deleted rows, and one jump of the server's clock backwards.
 *
 * In every state: a commit overwrites nothing that it has not seen; an update is applied by one attempt at most; effects run only after an own
 * accepted commit, and once per update; `LEASE_LOST` means not kept; a skipped update was applied; a turn whose lease never lapsed is never lost;
 * a late acquire holds no long lease; an impossible lock does not outlive a busy answer.
 *
 * Not in the model: the gate, waiting rules, messages, interrupts, eviction from the rings of ids and marks, a server that loses writes.
 * `TELEFSM_MODEL=full` explores with larger budgets.
 */

import { describe, expect, it } from 'vitest';
import { explore } from './lease-model/explore.mjs';
import { mutants, scenarios } from './lease-model/scenarios.mjs';

const isFull = process.env['TELEFSM_MODEL'] === 'full';
/** States after which a scenario is given up; without the variable a bounded run must not find anything within them. */
const most = isFull ? 4_000_000 : 60_000;
const mostOfMutant = 120_000;

describe('the lease protocol', () => {
  it.each(Object.keys(scenarios))('holds: %s', { timeout: 900_000 }, (name) => {
    const scenario = scenarios[name] ?? { attempts: [] };
    const found = explore(isFull ? { ...scenario, ...scenario.full } : scenario, {}, most);
    expect(found.violation).toBe(undefined);
    expect(found.states).toBeGreaterThan(1000);
    if (isFull) expect(found.cut).not.toBe(true);
  });
});

describe('the model', () => {
  it.each(Object.keys(mutants))('finds: %s', { timeout: 900_000 }, (name) => {
    const mutant = mutants[name] ?? {};
    const isHint = (scenario: string) =>
      mutant.look !== undefined && scenario.includes(mutant.look);
    const order = Object.keys(scenarios).sort((a, b) => Number(isHint(b)) - Number(isHint(a)));
    const violation = order.reduce<string | undefined>((found, scenario) => {
      if (found !== undefined) return found;
      const limit = isHint(scenario) ? 4 * mostOfMutant : mostOfMutant;
      const flags = { ...mutant, isMutant: true };
      return explore(scenarios[scenario] ?? { attempts: [] }, flags, limit).violation;
    }, undefined);
    expect(violation).toBeTypeOf('string');
  });
});
