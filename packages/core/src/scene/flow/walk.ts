/** The state of a walk through the steps of a flow, from question to question. */

import { type JsonObject, noData } from '../../base/json.ts';
import type { SessionAskTurn } from '../../conversation/turn.ts';
import type {
  FinishedRound,
  Passed,
  PendingQuestion,
  Position,
  QuestionFacts,
} from './pending-question.ts';
import type { Path, Progress } from './progress.ts';
import type { AskStep, NamedStep, Step } from './steps.ts';

/** A walk through the steps; where it has ended, it is the position of the flow. A class, since an answer makes two. */
export class Walk implements Position {
  readonly turn: SessionAskTurn;
  readonly passed: ReadonlySet<string>;
  readonly open: ReadonlySet<string>;
  pending: PendingQuestion | undefined;
  isClosed = false;
  finished: FinishedRound | undefined;
  private readonly home: Scope;
  /** The question before, by its parts: noted at every step of the way, and looked at once. */
  private kind: Passed['kind'] | undefined;
  private scope: Scope;
  private name = '';
  private count = 0;

  /** @param home - the level at which it begins */
  constructor(turn: SessionAskTurn, { passed, open }: Progress, home: Scope) {
    this.turn = turn;
    this.passed = setOf(passed);
    this.open = setOf(open);
    this.home = home;
    this.scope = home;
  }

  /** Continues from a question: it is the one before the next. */
  pass(kind: Passed['kind'], scope: Scope, name: string, count = 0): void {
    this.kind = kind;
    this.scope = scope;
    this.name = name;
    this.count = count;
  }

  /** Continues from a round that is finished: no way leads back into it. */
  close(): void {
    this.kind = undefined;
    this.isClosed = true;
  }

  get previous(): Passed | undefined {
    const kind = this.kind;
    if (kind === undefined) return undefined;
    const { path, level } = this.scope;
    return { kind, path: [...path, this.name], level, count: this.count };
  }

  get answers(): JsonObject {
    return this.home.answers;
  }
}

/** None for most flows. */
const noneMarked: ReadonlySet<string> = new Set();

function setOf(marks: readonly string[]): ReadonlySet<string> {
  return marks.length === 0 ? noneMarked : new Set(marks);
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
  private readonly names: readonly string[];
  /** How many of the first names the walk has come by, one after the other. */
  private passed: number;
  /** Whether something else has come between. */
  private isApart: boolean;
  /** The answers for conditions: filled when one of them looks. */
  private readonly filled: Record<string, unknown>;
  /** How many of the first names are in it. */
  private copied: number;

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
    this.names = Object.keys(this.stored);
    this.passed = 0;
    this.isApart = false;
    this.filled = {};
    this.copied = 0;
  }

  /** Comes by an answer. @returns whether it is stored */
  pass(name: string): boolean {
    if (!this.isApart && this.names[this.passed] === name) this.passed++;
    else if (Object.hasOwn(this.stored, name)) this.add(name, this.stored[name]);
    else return false;
    return true;
  }

  /** Comes by a value that is given, or made of stored answers. */
  add(name: string, value: unknown): void {
    const isNext = !this.isApart && this.names[this.passed] === name;
    if (isNext && this.stored[name] === value) this.passed++;
    else {
      this.seen[name] = value;
      this.isApart = true;
    }
  }

  /** Answers of the applicable questions so far; conditions see it as it grows. */
  get seen(): Record<string, unknown> {
    while (this.copied < this.passed) {
      const name = this.names[this.copied++] as string;
      this.filled[name] = this.stored[name];
    }
    return this.filled;
  }

  /** The same at the end of the walk. */
  get answers(): JsonObject {
    const isWhole = !this.isApart && this.passed === this.names.length;
    return isWhole ? this.stored : Object.freeze(this.seen);
  }
}

/** The question of a step, where the walk ends. */
export function questionAt<Kind extends PendingQuestion['kind'], At extends NamedStep>(
  kind: Kind,
  step: At,
  scope: Scope,
): QuestionFacts & { readonly kind: Kind; readonly step: At } {
  const { name } = step;
  const { prefix, answers, level, parameters, home, made } = scope;
  const { state: id = `${prefix}:${name}` } = scope;
  return { kind, step, id, path: [...scope.path, name], answers, level, parameters, home, made };
}
