/** How far a user has come in a flow: answers, and marks of what has been passed without one. Pure, never a cursor. */

import { frozenData, type JsonObject, mergedData } from '../../base/json.ts';

/** The path of an answer: names of steps, and numbers of rounds. */
export type Path = readonly (string | number)[];

/** The facts from which the pending question is computed. */
export interface Progress {
  /** Deeply frozen: every change makes others, which share what stays. */
  readonly answers: JsonObject;
  /** Questions that have been left out, summaries that have been confirmed, and rounds for which `after` has run. */
  readonly passed: readonly string[];
  /** Repeats that are not finished. */
  readonly open: readonly string[];
}

/** A path as a mark. */
export function pathKey(path: Path): string {
  return path.join('.');
}

/** Keeps an answer; `undefined` is none, and passes the question. */
export function withAnswer(progress: Progress, path: Path, value: unknown): Progress {
  if (value === undefined) return withPassed(progress, path);
  const answers = put(progress.answers, path, value);
  return { ...progress, answers, open: opened(progress.open, path) };
}

/** Passes a question without an answer. */
export function withPassed(progress: Progress, path: Path): Progress {
  return { ...progress, passed: including(progress.passed, pathKey(path)) };
}

/** Whether a path leads into a round that is finished for good. */
export function isClosed({ passed }: Progress, path: Path): boolean {
  return path.some(
    (key, at) => typeof key === 'number' && passed.includes(pathKey(path.slice(0, at + 1))),
  );
}

/** Deletes the answers at a path and below it; in a repeat, also the rounds after it. */
export function without(progress: Progress, path: Path): Progress {
  const mark = pathKey(path);
  const stays = (each: string) => each !== mark && !each.startsWith(`${mark}.`);
  return {
    answers: taken(endingAt(progress.answers, path), path),
    passed: progress.passed.filter(stays),
    open: opened(progress.open.filter(stays), path),
  };
}

/** Changes parameters of a flow; `undefined` removes one. @param home - where its answers are kept, among those of the flow around it */
export function withParameters(progress: Progress, home: Path, change: JsonObject): Progress {
  let { answers } = progress;
  for (const [name, value] of Object.entries(change)) {
    const path = [...home, name];
    answers = value === undefined ? taken(answers, path) : put(answers, path, value);
  }
  return { ...progress, answers };
}

/** Deletes the confirmation of a summary. */
export function unconfirmed(progress: Progress, paths: readonly Path[]): Progress {
  const marks = paths.map(pathKey);
  return { ...progress, passed: progress.passed.filter((mark) => !marks.includes(mark)) };
}

/**
 * Keeps whether there is another round.
 *
 * @param rounds - those that are complete
 */
export function withRounds(
  progress: Progress,
  path: Path,
  rounds: readonly JsonObject[],
  another: boolean,
): Progress {
  const mark = pathKey(path);
  const answers = put(progress.answers, path, another ? [...rounds, {}] : rounds);
  const open = another
    ? including(progress.open, mark)
    : progress.open.filter((each) => each !== mark);
  return { ...progress, answers, open };
}

/** Goes back to the question whether there is another round, after so many. */
export function reopened(progress: Progress, path: Path, count: number): Progress {
  const before = endingAt(progress.answers, path);
  const rounds = readAt(before, path);
  if (count === 0 || !Array.isArray(rounds)) return without(progress, path);
  const answers = put(before, path, rounds.slice(0, count));
  return { ...progress, answers, open: including(opened(progress.open, path), pathKey(path)) };
}

/** The value at a path. */
export function readAt(answers: JsonObject, path: Path): unknown {
  let at: unknown = answers;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

function put(answers: JsonObject, [key, ...rest]: Path, value: unknown): JsonObject {
  const name = String(key);
  const own = Object.hasOwn(answers, name) ? answers[name] : undefined;
  const now = rest.length === 0 ? value : within(own, rest, value);
  return mergedData(answers, { [name]: now }, 'data');
}

/** A value with another one at a path. */
function within(holder: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const list: unknown[] = Array.isArray(holder) ? [...holder] : [];
    while (list.length < key) list.push({});
    list[key] = within(list[key], rest, value);
    return list;
  }
  const object = typeof holder === 'object' && holder !== null ? (holder as JsonObject) : {};
  const own = Object.hasOwn(object, key) ? object[key] : undefined;
  return { ...object, [key]: within(own, rest, value) };
}

function taken(answers: JsonObject, path: Path): JsonObject {
  return frozenData(take(answers, path), 'data', answers);
}

function take(holder: unknown, [key, ...rest]: Path): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key as string)) {
    return holder;
  }
  if (Array.isArray(holder)) {
    return holder.map((item, at) => (at === key ? take(item, rest) : item));
  }
  const { [key as string]: own, ...others } = holder as JsonObject;
  if (rest.length === 0) return others;
  const left = take(own, rest);
  // an include without answers is as if it had not been begun
  const blank = typeof left === 'object' && left !== null && !Array.isArray(left);
  return blank && Object.keys(left).length === 0 ? others : { ...holder, [key as string]: left };
}

/** Without the rounds after a path: they cannot be reached before it is answered. */
function endingAt(answers: JsonObject, path: Path): JsonObject {
  let left = answers;
  path.forEach((key, at) => {
    const rounds = typeof key === 'number' ? readAt(left, path.slice(0, at)) : undefined;
    if (Array.isArray(rounds) && rounds.length > (key as number) + 1) {
      left = put(left, path.slice(0, at), rounds.slice(0, (key as number) + 1));
    }
  });
  return left;
}

/** Every repeat around a path is open while it is answered. */
function opened(open: readonly string[], path: Path): readonly string[] {
  let all = open;
  for (let at = 0; at < path.length; at++) {
    if (typeof path[at] === 'number') all = including(all, pathKey(path.slice(0, at)));
  }
  return all;
}

function including(marks: readonly string[], mark: string): readonly string[] {
  return marks.includes(mark) ? marks : [...marks, mark];
}
