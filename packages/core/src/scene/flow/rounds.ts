/** Repeats: which round is pending, and whether there is another one. Loaded with the first repeat. */

import type { JsonObject } from '../../base/json.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { PendingQuestion } from './pending-question.ts';
import { type Path, pathKey } from './progress.ts';
import { againName, type RepeatStep, type Step } from './steps.ts';
import { questionAt, Scope, type Walk } from './walk.ts';

/**
 * Walks through the rounds of a repeat.
 *
 * @param walkSteps - walks through the steps of one round
 */
export async function walkRounds(
  step: RepeatStep,
  scope: Scope,
  walk: Walk,
  walkSteps: (
    steps: readonly Step[],
    scope: Scope,
    walk: Walk,
  ) => Awaitable<PendingQuestion | undefined>,
): Promise<PendingQuestion | undefined> {
  const { name, min, max } = step;
  const path = [...scope.path, name];
  const began = Object.hasOwn(scope.stored, name);
  const stored = began ? scope.stored[name] : undefined;
  const rounds: readonly JsonObject[] = Array.isArray(stored) ? stored : [];
  // a deploy may have raised the minimum
  const finished = began && rounds.length >= min && !walk.open.has(pathKey(path));
  const steps = step.stepsFor(scope.seen);
  const again = (complete: readonly JsonObject[]) => againQuestion(step, scope, complete);
  const offered = (count: number) => count >= min && count < max;
  const wasOffered = (count: number) => {
    if (offered(count)) walk.pass('again', scope, name, count);
  };
  const walkRound = async (at: number) => {
    const prefix = `${scope.prefix}.${name}`;
    const inner = new Scope(prefix, [...path, at], rounds[at], steps, scope);
    return { found: await walkSteps(steps, inner, walk), seen: inner.answers };
  };
  const finish = (at: number, item: JsonObject) => {
    if (step.after !== undefined) closeRound(step, [...path, at], item, scope, walk);
  };

  const complete: JsonObject[] = rounds.slice(0, -1);
  // Rounds before the last one were complete when it began. The last of them has the history. A question whether there is another round has
  // stored all that were before it whole; those that no question follows are walked through again.
  for (let at = 0; at < complete.length; at++) {
    const isLast = at === complete.length - 1;
    if (at + 1 >= min && !isLast) continue;
    const { found, seen } = await walkRound(at);
    if (found === undefined) complete[at] = seen;
    if (isLast) finish(at, seen);
  }
  if (rounds.length > 0) wasOffered(complete.length);
  else if (min === 0 && !finished) return again([]);
  while (!finished || complete.length < rounds.length) {
    const { found, seen } = await walkRound(complete.length);
    if (found !== undefined && !finished) return found;
    const at = complete.push(seen) - 1;
    if (!finished && at + 1 < max && at + 1 >= min) {
      // it may have been gone on from already, and come back to
      if (walk.passed.has(pathKey([...path, at]))) finish(at, seen);
      return again(complete);
    }
    finish(at, seen);
    if (finished || at + 1 >= max) break;
  }
  scope.add(name, complete);
  wasOffered(complete.length);
  return undefined;
}

/** The user has gone on from a round: no way leads back into it, and `after` is to run unless it has. */
function closeRound(
  step: RepeatStep,
  path: Path,
  item: JsonObject,
  { seen }: Scope,
  walk: Walk,
): void {
  walk.close();
  if (walk.finished !== undefined || walk.passed.has(pathKey(path))) return;
  walk.finished = { step, path, item, answers: { ...seen } };
}

function againQuestion(
  step: RepeatStep,
  scope: Scope,
  rounds: readonly JsonObject[],
): PendingQuestion {
  return {
    ...questionAt('again', step, scope),
    rounds,
    id: `${scope.prefix}.${step.name}:${againName}`,
    answers: { ...scope.seen, count: rounds.length },
  };
}
