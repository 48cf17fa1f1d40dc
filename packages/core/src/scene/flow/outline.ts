/** Collects the steps of a flow while it is being built, and rejects invalid ones. */

import { checkOption, checkOptions } from '#option-checks';
import {
  checkBranch,
  checkCases,
  checkEdits,
  checkPrompt,
  checkQuestion,
  checkRounds,
} from '#question-checks';
import { sceneError } from '../../base/area-errors.ts';
import { holds } from '../../base/holds.ts';
import { callable, checkName, invalidOption, invalidTarget, schematic } from '../../base/rules.ts';
import type { Schema } from '../../base/schema.ts';
import { shown } from '../../base/shown.ts';
import { type AnyGroup, namesOf } from '../../conversation/states.ts';
import type { SessionAskTurn } from '../../conversation/turn.ts';
import { unfinished } from '../../state/registry.ts';
import type { AskOptions, ConfirmStep, QuestionsStep, RepeatStep, Step } from './steps.ts';
import { againName, namedSteps } from './steps.ts';

/** A finished list of steps. */
export interface Definition {
  readonly id: string;
  readonly steps: readonly Step[];
}

/** The result of a fragment's builder. */
export interface Outline {
  readonly '~outline': { readonly steps: readonly Step[] };
}

/** Where the next steps belong. */
interface Part {
  /** Id of the flow, for messages. */
  readonly flow: string;
  readonly steps: readonly Step[];
  /** Steps of the same level around this part. */
  readonly outer: readonly Step[];
  /** Whether it has parameters. Only the compiler has their names. */
  readonly hasParameters: boolean;
  /** Names that are taken outside this part. */
  readonly taken: ReadonlySet<string>;
  finish(definition: Definition, handler: unknown, hooks: unknown): unknown;
}

/** How many rounds a repeat has at most, unless it says otherwise: answers without end would not fit into a record. */
const mostRounds = 100;

/** Key under which a finished flow keeps its definition for those that include it. */
export const definitionSlot = '~definition';

/** Starts collecting. */
export function newOutline(id: string, hasParameters: boolean, finish: Part['finish']): Outline {
  checkName(id, 'a flow');
  return outline({ flow: id, steps: [], outer: [], hasParameters, taken: new Set(), finish });
}

function outline(part: Part): Outline {
  const add = (step: Step) => outline({ ...part, steps: [...part.steps, step] });
  const inner = (build: (builder: Outline) => Outline, more: Partial<Part> = {}) => {
    const taken = new Set([...part.taken, ...namesIn(part.steps)]);
    const outer = [...part.outer, ...part.steps];
    const built = build(outline({ ...part, steps: [], outer, taken, finish: notHere, ...more }));
    if (holds(built, '~outline')) return built['~outline'].steps;
    const expected = 'a function that returns its steps, such as (b) => b.ask(…)';
    throw invalidOption(`the steps inside '${part.flow}'`, expected, shown(built));
  };
  const fresh = (name: string) => newName(part, name);
  const builder = {
    '~outline': { steps: part.steps },
    ask(name: string, question: AskOptions & { readonly was?: string | readonly string[] }) {
      checkQuestion(`${part.flow}:${name}`, question);
      return add({ kind: 'ask', name: fresh(name), was: namesOf(question.was), question });
    },
    branch(on: string | Test, cases: Cases | ((builder: Outline) => Outline)) {
      if (typeof on === 'function') {
        return add({ kind: 'block', test: on, steps: inner(cases as never) });
      }
      const known = [...part.taken, ...namesIn(part.steps)];
      if (!part.hasParameters) checkBranch(part.flow, on, known);
      checkCases(part.flow, [...part.outer, ...part.steps], on, cases);
      const built = Object.entries(cases).map(
        ([value, build]) => [value, inner(build as never)] as const,
      );
      return add({ kind: 'branch', on, cases: new Map(built) });
    },
    include(name: string, included: Included, data?: (answers: object) => object) {
      if (data !== undefined) checkOption(`${part.flow}:${name} data`, data, callable);
      const found = unfinished(included) ?? shown(included);
      if (!holds(included, definitionSlot))
        throw invalidTarget(`include('${name}')`, 'a finished flow', found);
      const { id, steps } = included[definitionSlot];
      const flows = [id, ...flowsIn(steps)];
      const [own = ''] = part.flow.split('.');
      if (flows.includes(own)) {
        throw sceneError('FLOW_CYCLE', { flow: own, path: [own, ...flows] });
      }
      return add({ kind: 'include', name: fresh(name), flows, steps, data });
    },
    repeat(name: string, options: RepeatOptions) {
      const { each, again, after, min = 1, max = mostRounds } = options;
      checkOptions(`${part.flow}:${name} `, options, { after: callable }, 'each again min max');
      checkOption(`${part.flow}:${name} each`, each, callable);
      checkPrompt(`${part.flow}:${name} again`, again);
      const stepsFor = (outside: object) =>
        inner((round) => each(round, outside), {
          flow: `${part.flow}.${name}`,
          outer: [],
          hasParameters: false,
          taken: new Set([againName]),
        });
      const steps = stepsFor({});
      checkRounds(`${part.flow}:${name}`, min, max, steps);
      const step: RepeatStep = {
        kind: 'repeat',
        name: fresh(name),
        steps,
        // only those that ask for the answers outside are built anew
        stepsFor: each.length < 2 ? () => steps : stepsFor,
        again,
        after,
        min,
        max,
      };
      return add(step);
    },
    questions(name: string, make: QuestionsStep['make'], { value }: QuestionsOptions = {}) {
      const where = `${part.flow}:${name}`;
      checkOption(where, make, callable);
      checkOptions(`${where} `, { value }, { value: schematic }, '');
      return add({ kind: 'questions', name: fresh(name), make, value, steps: [] });
    },
    confirm(options: ConfirmOptions) {
      const { name = 'confirm', prompt, yes, no, edit = false } = options;
      checkOptions(`${part.flow}:${name} `, options, {}, 'name prompt yes no edit');
      checkPrompt(`${part.flow}:${name} prompt`, prompt);
      const labels = Array.isArray(edit)
        ? Object.fromEntries(edit.map((step) => [step, undefined]))
        : edit;
      return add({ kind: 'confirm', name: fresh(name), prompt, yes, no, edit: labels });
    },
    done(handler: unknown, hooks: unknown) {
      if (namedSteps(part.steps).length === 0) throw sceneError('FLOW_EMPTY', { flow: part.flow });
      checkEdits(part.flow, part.steps);
      return part.finish({ id: part.flow, steps: part.steps }, handler, hooks);
    },
  };
  return builder;
}

type Test = (answers: object, turn: SessionAskTurn) => boolean | PromiseLike<boolean>;
interface Cases {
  readonly [value: string]: (builder: Outline) => Outline;
}
type Included = AnyGroup & { readonly [definitionSlot]: Definition };
type RepeatOptions = Pick<RepeatStep, 'again'> & {
  readonly after?: RepeatStep['after'];
  readonly min?: number;
  readonly max?: number;
  each(builder: Outline, outside: object): Outline;
};
interface QuestionsOptions {
  readonly value?: Schema;
}
type ConfirmOptions = Pick<ConfirmStep, 'prompt' | 'yes' | 'no'> &
  Partial<Pick<ConfirmStep, 'name'>> & { readonly edit?: ConfirmStep['edit'] | readonly string[] };

function notHere(): never {
  throw invalidOption('done', 'done() on the flow itself', 'called inside a branch or a round');
}

function namesIn(steps: readonly Step[]): readonly string[] {
  return namedSteps(steps).map(({ name }) => name);
}

function flowsIn(steps: readonly Step[]): readonly string[] {
  return namedSteps(steps).flatMap((step) =>
    step.kind === 'include' ? step.flows : step.kind === 'repeat' ? flowsIn(step.steps) : [],
  );
}

function newName({ flow, steps, taken }: Part, name: string): string {
  checkName(name, `a step of '${flow}'`);
  if (taken.has(name) || namesIn(steps).includes(name)) {
    throw sceneError('STEP_DUPLICATE', { flow, step: name });
  }
  return name;
}
