/** Which question is pending: the first applicable one without an answer. Looks at definition and answers only. */

import { type JsonObject, noData } from '../../base/json.ts';
import type { AskTurn } from '../../conversation/turn.ts';
import type { FlowParameters } from './parameters.ts';
import type { Passed, PendingQuestion, Position, QuestionFacts } from './pending-question.ts';
import { markOf, type Path, type Progress } from './progress.ts';
import {
  type AskStep,
  againName,
  type ConfirmStep,
  namedSteps,
  type QuestionsStep,
  type RepeatStep,
  type Step,
} from './steps.ts';
import { newScope, type Scope, type Walk } from './walk.ts';

/** The parts of a flow that decide which question is pending. */
interface FlowFacts {
  readonly id: string;
  readonly steps: readonly Step[];
  readonly parameters: FlowParameters | undefined;
}

/**
 * Finds the pending question.
 *
 * Answers of questions that do not apply any more, and of steps that are not there any more, are not looked at. Conditions are asked in
 * order, each with the answers before it.
 *
 * @param flow - the flow's id, steps and parameters
 */
export async function positionOf(
  { id, steps, parameters }: FlowFacts,
  { answers, passed, open }: Progress,
  turn: AskTurn,
): Promise<Position> {
  const walk: Walk = {
    turn,
    passed: new Set(passed),
    open: new Set(open),
    kind: undefined,
    scope: undefined,
    name: '',
    count: 0,
    isClosed: false,
    finished: undefined,
  };
  const home = { home: [], parameters: parameters?.of(answers) ?? noData };
  const scope = newScope(id, [], answers, steps, home);
  Object.assign(scope.seen, home.parameters);
  const pending = await walkSteps(steps, scope, walk);
  const { isClosed, finished } = walk;
  const previous = passedIn(walk);
  return { pending, previous, isClosed, finished, answers: Object.freeze(scope.seen) };
}

async function walkSteps(
  steps: readonly Step[],
  scope: Scope,
  walk: Walk,
): Promise<PendingQuestion | undefined> {
  const { stored, seen } = scope;
  for (const step of steps) {
    if (step.kind === 'ask') {
      const { when } = step.question;
      if (when !== undefined && !(await when(seen, walk.turn))) continue;
      if (Object.hasOwn(stored, step.name)) seen[step.name] = stored[step.name];
      else if (!isPassed(step.name, step.was, scope, walk)) return askQuestion(step, scope);
      pass(walk, 'ask', scope, step.name);
    } else if (step.kind === 'confirm') {
      if (!isPassed(step.name, [], scope, walk)) return confirmQuestion(step, scope);
      pass(walk, 'confirm', scope, step.name);
    } else {
      const found = await walkInner(step, scope, walk);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

async function walkInner(
  step: Exclude<Step, AskStep | ConfirmStep>,
  scope: Scope,
  walk: Walk,
): Promise<PendingQuestion | undefined> {
  const { seen, stored } = scope;
  switch (step.kind) {
    case 'branch': {
      const taken = step.cases.get(String(seen[step.on]));
      return taken && walkSteps(taken, scope, walk);
    }
    case 'block':
      return (await step.test(seen, walk.turn)) ? walkSteps(step.steps, scope, walk) : undefined;
    case 'include': {
      const { name, steps } = step;
      const own = Object.hasOwn(stored, name) ? stored[name] : undefined;
      const path = [...scope.path, name];
      const parameters = step.data ? parametersIn(step.data(seen), own, steps) : noData;
      const home = { parameters, home: path };
      const inner = newScope(`${scope.prefix}.${name}`, path, own, steps, home);
      Object.assign(inner.seen, parameters);
      const found = await walkSteps(steps, inner, walk);
      seen[name] = inner.seen;
      return found;
    }
    case 'repeat':
      return walkRounds(step, scope, walk);
    case 'questions':
      return walkMade(step, scope, walk);
  }
}

/** The parameters of an included flow: those that were made, with those that its buttons have changed. */
function parametersIn(made: object, stored: unknown, steps: readonly Step[]): JsonObject {
  const names = new Set(namedSteps(steps).map(({ name }) => name));
  const changed = Object.entries(Object(stored)).filter(([name]) => !names.has(name));
  return { ...made, ...Object.fromEntries(changed) };
}

async function walkMade(
  step: QuestionsStep,
  scope: Scope,
  walk: Walk,
): Promise<PendingQuestion | undefined> {
  const { name } = step;
  const { stored, seen, prefix } = scope;
  const { madeQuestions } = await import('./made-questions.ts');
  const state = `${prefix}:${name}`;
  const steps = await madeQuestions(step, state, seen, walk.turn);
  scope.made[name] = steps;
  const own = Object.hasOwn(stored, name) ? stored[name] : undefined;
  const inner = { ...newScope(prefix, [...scope.path, name], own, steps, scope), state };
  const found = await walkSteps(steps, inner, walk);
  seen[name] = inner.seen;
  return found;
}

async function walkRounds(
  step: RepeatStep,
  scope: Scope,
  walk: Walk,
): Promise<PendingQuestion | undefined> {
  const { name, min, max } = step;
  const path = [...scope.path, name];
  const began = Object.hasOwn(scope.stored, name);
  const stored = began ? scope.stored[name] : undefined;
  const rounds: readonly JsonObject[] = Array.isArray(stored) ? stored : [];
  const finished = began && !walk.open.has(markOf(path));
  const steps = step.stepsFor(scope.seen);
  const again = (complete: readonly JsonObject[]) => againQuestion(step, scope, complete);
  const offered = (count: number) => count >= min && count < max;
  const wasOffered = (count: number) => {
    if (offered(count)) pass(walk, 'again', scope, name, count);
  };
  const walkRound = async (at: number) => {
    const prefix = `${scope.prefix}.${name}`;
    const inner = newScope(prefix, [...path, at], rounds[at], steps, scope);
    return { found: await walkSteps(steps, inner, walk), seen: inner.seen };
  };
  const finish = (at: number, item: JsonObject) => {
    if (step.after !== undefined) closeRound(step, [...path, at], item, scope, walk);
  };

  const complete: JsonObject[] = rounds.slice(0, -1);
  // rounds before the last one were complete when it began; of them only the history is looked at
  if (complete.length > 0) {
    const { seen } = await walkRound(complete.length - 1);
    finish(complete.length - 1, seen);
  }
  if (rounds.length > 0) wasOffered(complete.length);
  else if (min === 0 && !finished) return again([]);
  while (!finished || complete.length < rounds.length) {
    const { found, seen } = await walkRound(complete.length);
    if (found !== undefined && !finished) return found;
    const at = complete.push(seen) - 1;
    if (!finished && at + 1 < max && at + 1 >= min) {
      // it may have been gone on from already, and come back to
      if (walk.passed.has(markOf([...path, at]))) finish(at, seen);
      return again(complete);
    }
    finish(at, seen);
    if (finished || at + 1 >= max) break;
  }
  scope.seen[name] = complete;
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
  walk.kind = undefined;
  walk.isClosed = true;
  if (walk.finished !== undefined || walk.passed.has(markOf(path))) return;
  walk.finished = { step, path, item: Object.freeze(item), answers: { ...seen } };
}

function pass(walk: Walk, kind: Passed['kind'], scope: Scope, name: string, count = 0): void {
  walk.kind = kind;
  walk.scope = scope;
  walk.name = name;
  walk.count = count;
}

function passedIn({ kind, scope, name, count }: Walk): Passed | undefined {
  if (kind === undefined || scope === undefined) return undefined;
  return { kind, path: [...scope.path, name], level: scope.level, count };
}

function isPassed(name: string, was: readonly string[], scope: Scope, walk: Walk): boolean {
  if (walk.passed.size === 0) return false;
  return [name, ...was].some((each) => walk.passed.has(markOf([...scope.path, each])));
}

function factsAt(name: string, scope: Scope): QuestionFacts {
  const { prefix, path, seen, level, made, parameters, home, state = `${prefix}:${name}` } = scope;
  const facts = { path: [...path, name], answers: Object.freeze(seen), level, made };
  return { id: state, ...facts, parameters, home };
}

function askQuestion(step: AskStep, scope: Scope): PendingQuestion {
  return { kind: 'ask', step, ...factsAt(step.name, scope) };
}

function confirmQuestion(step: ConfirmStep, scope: Scope): PendingQuestion {
  return { kind: 'confirm', step, ...factsAt(step.name, scope) };
}

function againQuestion(
  step: RepeatStep,
  scope: Scope,
  rounds: readonly JsonObject[],
): PendingQuestion {
  return {
    kind: 'again',
    step,
    rounds,
    id: `${scope.prefix}.${step.name}:${againName}`,
    path: [...scope.path, step.name],
    answers: { ...scope.seen, count: rounds.length },
    level: scope.level,
    made: scope.made,
    parameters: scope.parameters,
    home: scope.home,
  };
}
