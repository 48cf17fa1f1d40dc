/** Which question is pending: the first applicable one without an answer. Looks at definition and answers only. */

import { andThen, isPromise } from '../../base/awaitable.ts';
import { type JsonObject, noData } from '../../base/json.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { SessionAskTurn } from '../../conversation/turn.ts';
import type { FlowParameters } from './parameters.ts';
import type { PendingAsk, PendingQuestion, Position } from './pending-question.ts';
import { type Path, type Progress, pathKey, without } from './progress.ts';
import {
  type AskStep,
  type IncludeStep,
  namedSteps,
  type QuestionsStep,
  type Step,
} from './steps.ts';
import { questionAt, Scope, Walk } from './walk.ts';

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
export function positionOf(
  { id, steps, parameters }: FlowFacts,
  progress: Progress,
  turn: SessionAskTurn,
): Awaitable<Position> {
  const { answers } = progress;
  const home = { home: [], parameters: parameters?.of(answers) ?? noData };
  const scope = new Scope(id, [], answers, steps, home);
  if (parameters !== undefined) addAll(home.parameters, scope);
  const walk = new Walk(turn, progress, scope);
  return andThen(walkSteps(steps, scope, walk), (pending) => {
    walk.pending = pending;
    return walk;
  });
}

/** Finds the question at a path as it would be asked now; `undefined` if it does not apply, or if another one comes first. */
export async function questionAgain(
  flow: FlowFacts,
  progress: Progress,
  path: Path,
  turn: SessionAskTurn,
): Promise<PendingAsk | undefined> {
  const { pending } = await positionOf(flow, without(progress, path), turn);
  return pending?.kind === 'ask' && pathKey(pending.path) === pathKey(path) ? pending : undefined;
}

function addAll(parameters: JsonObject, scope: Scope): void {
  for (const name of Object.keys(parameters)) scope.add(name, parameters[name]);
}

type Found = Awaitable<PendingQuestion | undefined>;

/** Walks on from a step of a level. @param from - its number */
function walkSteps(steps: readonly Step[], scope: Scope, walk: Walk, from = 0): Found {
  for (let at = from; at < steps.length; at++) {
    const found = walkStep(steps[at] as Step, scope, walk);
    if (isPromise(found)) {
      return found.then((pending) => pending ?? walkSteps(steps, scope, walk, at + 1));
    }
    if (found !== undefined) return found;
  }
  return undefined;
}

function walkStep(step: Step, scope: Scope, walk: Walk): Found {
  switch (step.kind) {
    case 'ask': {
      const { when } = step.question;
      if (when === undefined) return walkQuestion(step, scope, walk);
      return andThen(when(scope.seen, walk.turn), (applies) =>
        applies ? walkQuestion(step, scope, walk) : undefined,
      );
    }
    case 'confirm':
      if (!isPassed(step.name, [], scope, walk)) return questionAt('confirm', step, scope);
      walk.pass('confirm', scope, step.name);
      return undefined;
    case 'branch': {
      const taken = step.cases.get(String(scope.seen[step.on]));
      return taken && walkSteps(taken, scope, walk);
    }
    case 'block':
      return andThen(step.test(scope.seen, walk.turn), (applies) =>
        applies ? walkSteps(step.steps, scope, walk) : undefined,
      );
    case 'include':
      return walkIncluded(step, scope, walk);
    case 'repeat':
      // loaded with the first repeat: other flows do without it
      return import('./rounds.ts').then(({ walkRounds }) =>
        walkRounds(step, scope, walk, walkSteps),
      );
    case 'questions':
      return walkMade(step, scope, walk);
  }
}

function walkQuestion(step: AskStep, scope: Scope, walk: Walk): PendingQuestion | undefined {
  const { name, was, question } = step;
  // a deploy may have made it mandatory since it was left out
  const mayLack = question.optional || question.onTimeout;
  if (!scope.pass(name) && !(mayLack && isPassed(name, was, scope, walk))) {
    return questionAt('ask', step, scope);
  }
  walk.pass('ask', scope, name);
  return undefined;
}

function walkIncluded(step: IncludeStep, scope: Scope, walk: Walk): Found {
  const { name, steps } = step;
  const { stored } = scope;
  const own = Object.hasOwn(stored, name) ? stored[name] : undefined;
  const path = [...scope.path, name];
  const parameters = step.data ? parametersIn(step.data(scope.seen), own, steps) : noData;
  const home = { parameters, home: path };
  const inner = new Scope(`${scope.prefix}.${name}`, path, own, steps, home);
  addAll(parameters, inner);
  return andThen(walkSteps(steps, inner, walk), (found) => {
    scope.add(name, inner.answers);
    return found;
  });
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
  const { stored, prefix } = scope;
  const { madeQuestions } = await import('./made-questions.ts');
  const state = `${prefix}:${name}`;
  const steps = await madeQuestions(step, state, scope.seen, walk.turn);
  scope.made[name] = steps;
  const own = Object.hasOwn(stored, name) ? stored[name] : undefined;
  const inner = new Scope(prefix, [...scope.path, name], own, steps, scope, state);
  const found = await walkSteps(steps, inner, walk);
  scope.add(name, inner.answers);
  return found;
}

function isPassed(name: string, was: readonly string[], scope: Scope, walk: Walk): boolean {
  if (walk.passed.size === 0) return false;
  return [name, ...was].some((each) => walk.passed.has(pathKey([...scope.path, each])));
}
