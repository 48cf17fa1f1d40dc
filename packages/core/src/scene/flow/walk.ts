/** The state of a walk through the steps of a flow, from question to question. */

import type { JsonObject } from '../../base/json.ts';
import type { SessionAskTurn } from '../../conversation/turn.ts';
import type { FinishedRound, Passed, QuestionFacts } from './pending-question.ts';
import type { Path } from './progress.ts';
import type { AskStep, Step } from './steps.ts';

/** One walk through the steps. */
export interface Walk {
  readonly turn: SessionAskTurn;
  readonly passed: ReadonlySet<string>;
  readonly open: ReadonlySet<string>;
  /** The question before, by its parts: made for every step of the way, and looked at once. */
  kind: Passed['kind'] | undefined;
  scope: Scope | undefined;
  name: string;
  count: number;
  isClosed: boolean;
  finished: FinishedRound | undefined;
}

/** The flow of a level: the one that runs, or an included one. */
export type Home = Pick<QuestionFacts, 'parameters' | 'home'>;

/** One level of answers: the flow's, an include's, a round's. */
export interface Scope extends Home {
  readonly prefix: string;
  readonly path: Path;
  readonly stored: JsonObject;
  readonly level: readonly Step[];
  /** Answers of the applicable questions so far; conditions see it as it grows. */
  readonly seen: Record<string, unknown>;
  /** Questions that were made while the flow runs, by the name of their step. */
  readonly made: Record<string, readonly AskStep[]>;
  /** The one state of its questions; absent where each has its own. */
  readonly state?: string;
}

/** Begins a level. */
export function newScope(
  prefix: string,
  path: Path,
  stored: unknown,
  level: readonly Step[],
  { parameters, home }: Home,
): Scope {
  const kept = typeof stored === 'object' && stored !== null ? (stored as JsonObject) : {};
  return { prefix, path, stored: kept, level, seen: {}, made: {}, parameters, home };
}

/** Continues from a question: it is the one before the next. */
export function pass(
  walk: Walk,
  kind: Passed['kind'],
  scope: Scope,
  name: string,
  count = 0,
): void {
  walk.kind = kind;
  walk.scope = scope;
  walk.name = name;
  walk.count = count;
}

/** The facts about a question of a level. */
export function factsAt(name: string, scope: Scope): QuestionFacts {
  const { prefix, path, seen, level, made, parameters, home, state = `${prefix}:${name}` } = scope;
  const facts = { path: [...path, name], answers: Object.freeze(seen), level, made };
  return { id: state, ...facts, parameters, home };
}
