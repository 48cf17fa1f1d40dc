/** The history: through which states a frame has come, each kept as the difference to what came after it, as the text keeps it. */

import {
  freezeParsed,
  isBlank,
  isJsonObject,
  type JsonObject,
  noData,
  put,
  roughSize,
} from '../base/json.ts';

/** A state that was left, with its data: where `back` leads. */
export interface Past {
  readonly scene: string | null;
  readonly state: string | null;
  readonly data: JsonObject;
  readonly memo: JsonObject;
}

/** The state to which a difference leads. */
type After = Pick<Past, 'scene' | 'data'>;

/** There was no data yet. */
const everyName = 1;
/** The answer of the state itself: leaving `Form:age` has added `age`. */
const ownName = 2;

/**
 * One step, in the form of the text: what has its usual value at the end is left out.
 *
 * `added` are the names of data that were not there yet, or what most forms need: {@link everyName}, {@link ownName}. `other` are the
 * values that were others, or are gone.
 */
export type Step = readonly [
  state?: string | null,
  added?: readonly string[] | typeof everyName | typeof ownName,
  other?: JsonObject | 0,
  scene?: string | null,
  memo?: JsonObject,
];

type Added = NonNullable<Step[1]>;

/** Where `back` leads from a scene and its data. */
export interface History extends After {
  /** Newest first. */
  readonly steps: readonly Step[];
  /** About how many characters the steps have, or more. */
  readonly weight: number;
}

/** No history. */
export const noHistory: History = /* @__PURE__ */ Object.freeze({
  scene: null,
  data: noData,
  steps: /* @__PURE__ */ Object.freeze([]),
  weight: 0,
});

/** How much is remembered. */
export interface HistoryRules {
  /** At most so many steps. */
  readonly most: number;
  /** At most so many characters, counted roughly; the oldest steps go first. */
  readonly characters: number;
}

/**
 * Adds a state that is left for another.
 *
 * @param patch - what has made the new data of the past ones, if it is known
 */
export function remember(
  history: History,
  past: Past,
  { scene, data }: After,
  { most, characters }: HistoryRules,
  patch?: object,
): History {
  if (most === 0) return noHistory;
  const step = stepOf(past, { scene, data }, patch);
  const earlier = stepsFrom(history, past);
  // sliced also where it is short enough: a spread leaves room for more, and every conversation keeps its list
  const steps = [step, ...earlier].slice(0, most);
  let weight = history.weight + roughSize(step);
  if (earlier !== history.steps) weight += roughSize(earlier[0]);
  // what was counted of steps that are gone, or of a whole text, is counted anew only where it could matter
  return weight <= characters
    ? { scene, data, steps, weight }
    : { scene, data, ...within(steps, characters) };
}

/** The state that was left last. */
export function lastOf({ steps, ...after }: History): Past | undefined {
  const [step] = steps;
  return step && pastOf(step, after);
}

/** The history from the state that was left last. */
export function before({ steps, weight }: History, { scene, data }: Past): History {
  return { scene, data, steps: steps.slice(1), weight };
}

/** The steps as they lead back from a scene and data that may have changed since the last one was taken. */
export function stepsFrom(history: History, from: After): readonly Step[] {
  const { steps, scene, data } = history;
  if (steps.length === 0 || (data === from.data && scene === from.scene)) return steps;
  return [stepOf(lastOf(history) as Past, from), ...steps.slice(1)];
}

/** Every state that was left, newest first: where one `back` after the other leads from here. */
export function walkBack(history: History, from: After): readonly Past[] {
  const all: Past[] = [];
  let rest: History = { ...history, ...from, steps: stepsFrom(history, from) };
  for (let past = lastOf(rest); past !== undefined; past = lastOf(rest)) {
    all.push(past);
    rest = before(rest, past);
  }
  return all;
}

/**
 * Rewrites every state that was left, newest first.
 *
 * @param from - the scene and data that the history leads back from, as they were
 * @param now - the same, as they are now
 * @param rewrite - returns `undefined` where the history is to end
 */
export function rewritten(
  history: History,
  from: After,
  now: After,
  rewrite: (past: Past) => Past | undefined,
): History {
  const pasts: Past[] = [];
  for (const before of walkBack(history, from)) {
    const past = rewrite(before);
    if (past === undefined) break;
    pasts.push(past);
  }
  const steps = pasts.map((past, at) => stepOf(past, pasts[at - 1] ?? now));
  return { scene: now.scene, data: now.data, steps, weight: roughSize(steps) };
}

/** Whether a foreign value has the form of a step. */
export function isStep(value: unknown): value is Step {
  if (!Array.isArray(value)) return false;
  const [state = null, added = everyName, other = 0, scene = null, memo = noData] = value;
  return (
    (state === null || typeof state === 'string') &&
    (added === everyName || added === ownName || Array.isArray(added)) &&
    (other === 0 || isJsonObject(other)) &&
    (scene === null || typeof scene === 'string') &&
    isJsonObject(memo)
  );
}

function within(all: readonly Step[], characters: number): Pick<History, 'steps' | 'weight'> {
  const steps: Step[] = [];
  let weight = 0;
  for (const step of all) {
    const own = roughSize(step);
    // the last one is kept whatever it weighs
    if (steps.length > 0 && weight + own > characters) break;
    steps.push(step);
    weight += own;
  }
  return { steps, weight };
}

/** @param patch - what has changed data, if it is known: only its names are looked at, however many data has */
function stepOf(
  { state, scene, data, memo }: Past,
  after: After,
  patch: object = after.data,
): Step {
  let names: string[] | undefined;
  let other: Record<string, unknown> | undefined;
  for (const name of Object.keys(data === after.data ? noData : patch)) {
    const isThere = Object.hasOwn(after.data, name);
    if (Object.hasOwn(data, name)) {
      if (isThere && after.data[name] === data[name]) continue;
      other ??= {};
      put(other, name, data[name]);
    } else if (isThere) {
      if (names === undefined) names = [name];
      else names.push(name);
    }
  }
  // names that are gone: a patch itself has those that it removes
  for (const name of Object.keys(data === after.data || patch !== after.data ? noData : data)) {
    if (Object.hasOwn(after.data, name)) continue;
    other ??= {};
    put(other, name, data[name]);
  }
  let added: Added = names ?? [];
  if (names !== undefined && isBlank(data)) added = everyName;
  else if (names?.length === 1 && names[0] === nameOf(state)) added = ownName;
  if (!isBlank(memo)) return [state, added, other ?? 0, scene, memo];
  if (scene !== after.scene) return [state, added, other ?? 0, scene];
  if (other !== undefined) return [state, added, other];
  if (names !== undefined) return [state, added];
  return state === null ? [] : [state];
}

function pastOf(
  [state = null, added = [], other = 0, scene, memo = noData]: Step,
  after: After,
): Past {
  return {
    scene: scene === undefined ? after.scene : scene,
    state,
    data: dataOf(added === ownName ? [nameOf(state)] : added, other || noData, after.data),
    memo: freezeParsed(memo),
  };
}

function dataOf(
  added: Exclude<Added, typeof ownName>,
  other: JsonObject,
  after: JsonObject,
): JsonObject {
  const data: Record<string, unknown> = {};
  // picked and not deleted from a copy: an object that has lost a member is slow from then on
  if (added !== everyName) {
    for (const name of Object.keys(after)) {
      if (!added.includes(name)) put(data, name, after[name]);
    }
  }
  for (const name of Object.keys(other)) put(data, name, freezeParsed(other[name]));
  return Object.freeze(data);
}

/** The last part of a state's id. */
function nameOf(state: string | null): string {
  return state === null ? '' : state.slice(state.lastIndexOf(':') + 1);
}
