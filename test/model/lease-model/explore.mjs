/** Breadth-first over every interleaving; what must hold is checked in every state. */

import { attemptSteps } from './attempts.mjs';
import { requestSteps, rowSteps } from './requests.mjs';
import { clone, first, keyOf, LONG, normalise, OVER, Violation } from './world.mjs';

function* allSteps(s, sc, M) {
  yield* attemptSteps(s, sc, M);
  yield* requestSteps(s, sc, M);
  yield* rowSteps(s, sc, M);
}

const outcomesLost = new Set(['lost', 'lost, duplicate']);
/** The invariants of every state. */
function check(s, sc) {
  const applied = new Map(),
    effects = new Map();
  s.a.forEach((me, i) => {
    const { phase, outcome, unit, accepted, effects: run, lapsed } = me;
    const u = sc.attempts[i].update;
    if (accepted) applied.set(u, (applied.get(u) ?? 0) + 1);
    if (run) effects.set(u, (effects.get(u) ?? 0) + 1);
    if (run & ~accepted) throw new Violation(`effects of ${i} ran without its commit`);
    if (phase !== OVER) return;
    if (outcomesLost.has(outcome) && accepted & (1 << unit))
      throw new Violation(`LEASE_LOST for ${i}, but its commit was kept`);
    if ((outcomesLost.has(outcome) || outcome === 'kept, then lost') && !lapsed)
      throw new Violation(`the healthy turn ${i} lost its lease`);
  });
  for (const [u, count] of applied)
    if (count > 1) throw new Violation(`update ${u} was applied ${count} times`);
  for (const [u, count] of effects)
    if (count > 1) throw new Violation(`effects of update ${u} ran ${count} times`);
  s.a.forEach(({ outcome }, i) => {
    if (
      (outcome === 'duplicate' || outcome === 'lost, duplicate') &&
      !applied.has(sc.attempts[i].update)
    )
      throw new Violation(`${i} was skipped, but nobody applied its update`);
  });
  if (s.z && s.own >= 0 && s.lea === LONG)
    throw new Violation('a late acquire locks the conversation for a long lease');
}

export function explore(sc, M = {}, limit = 3_000_000) {
  const start = first(sc);
  const seen = new Map([[keyOf(start, sc), undefined]]);
  let frontier = [[start, keyOf(start, sc)]],
    depth = 0,
    edges = 0;
  const outcomes = new Set();
  const trace = (key, last) => {
    const path = [];
    for (let k = key; seen.get(k); k = seen.get(k)[0]) path.push(seen.get(k)[1]);
    return [...path.reverse(), last];
  };
  while (frontier.length) {
    const next = [];
    for (const [s, key] of frontier) {
      let what = '';
      try {
        for (const [said, raw] of allSteps(s, sc, M)) {
          edges++;
          what = said;
          const t = clone(raw);
          check(t, sc);
          for (const { phase, outcome } of t.a) if (phase === OVER) outcomes.add(outcome);
          normalise(t, sc, M.isMutant);
          const k = keyOf(t, sc);
          if (seen.has(k)) continue;
          seen.set(k, M.trace ? [key, said] : undefined);
          next.push([t, k]);
        }
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        return {
          states: seen.size,
          edges,
          depth,
          violation: error.message,
          path: M.trace ? trace(key, what) : undefined,
        };
      }
      if (seen.size > limit)
        return { states: seen.size, edges, depth, cut: true, outcomes: [...outcomes] };
    }
    frontier = next;
    depth++;
  }
  return { states: seen.size, edges, depth, outcomes: [...outcomes] };
}
