/** The state of a walk through the steps of a flow, from question to question. */

import { type JsonObject, noData } from '../../base/json.ts';
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
export class Scope implements Home {
  readonly prefix: string;
  readonly path: Path;
  readonly stored: JsonObject;
  readonly level: readonly Step[];
  readonly parameters: JsonObject;
  readonly home: Path;
  /** The one state of its questions; absent where each has its own. */
  readonly state: string | undefined;
  /** Questions that were made while the flow runs, by the name of their step. */
  readonly made: Record<string, readonly AskStep[]>;
  /** The names of the stored answers. Usually they are in the order of the steps, and so need no copy. */
  readonly #names: readonly string[];
  /** How many of the first names the walk has come by, one after the other. */
  #passed: number;
  /** Whether something else has come between. */
  #isApart: boolean;
  /** The answers for conditions: filled when one of them looks. */
  readonly #seen: Record<string, unknown>;
  /** How many of the first names it has. */
  #copied: number;

  constructor(
    prefix: string,
    path: Path,
    stored: unknown,
    level: readonly Step[],
    { parameters, home }: Home,
    state?: string,
  ) {
    this.prefix = prefix;
    this.path = path;
    this.stored = typeof stored === 'object' && stored !== null ? (stored as JsonObject) : noData;
    this.level = level;
    this.parameters = parameters;
    this.home = home;
    this.state = state;
    this.made = {};
    this.#names = Object.keys(this.stored);
    this.#passed = 0;
    this.#isApart = false;
    this.#seen = {};
    this.#copied = 0;
  }

  /** Comes by an answer. @returns whether it is stored */
  pass(name: string): boolean {
    if (!this.#isApart && this.#names[this.#passed] === name) this.#passed++;
    else if (Object.hasOwn(this.stored, name)) this.add(name, this.stored[name]);
    else return false;
    return true;
  }

  /** Comes by a value that is given, or made of stored answers. */
  add(name: string, value: unknown): void {
    const isNext = !this.#isApart && this.#names[this.#passed] === name;
    if (isNext && this.stored[name] === value) this.#passed++;
    else {
      this.seen[name] = value;
      this.#isApart = true;
    }
  }

  /** Answers of the applicable questions so far; conditions see it as it grows. */
  get seen(): Record<string, unknown> {
    while (this.#copied < this.#passed) {
      const name = this.#names[this.#copied++] as string;
      this.#seen[name] = this.stored[name];
    }
    return this.#seen;
  }

  /** The same at the end of the walk. */
  get answers(): JsonObject {
    const isWhole = !this.#isApart && this.#passed === this.#names.length;
    return isWhole ? this.stored : Object.freeze(this.seen);
  }
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

/** The facts about a question of a level, where the walk ends. */
export function factsAt(name: string, scope: Scope): QuestionFacts {
  const { prefix, path, level, made, parameters, home, state = `${prefix}:${name}` } = scope;
  const facts = { path: [...path, name], level, made };
  return { id: state, answers: scope.answers, ...facts, parameters, home };
}
