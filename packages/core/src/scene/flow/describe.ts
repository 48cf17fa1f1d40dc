/** A flow as JSON, for diagrams and checks. */

import { toMs } from '../../base/clock.ts';
import { holds } from '../../base/holds.ts';
import type { OwnCommands } from '../../conversation/behavior.ts';
import type { Plan } from './active-flow.ts';
import { entriesOf, valuesOf } from './choices.ts';
import { backEverywhere } from './controls.ts';
import type { AskOptions, Step } from './steps.ts';

/** A step as JSON. The result of a function at run time is omitted, or `'dynamic'`. */
export type StepDescription =
  | {
      readonly kind: 'ask';
      readonly name: string;
      /** The text, if it is fixed. */
      readonly prompt?: string;
      readonly accept?: string | readonly string[];
      /** Values of its choices. */
      readonly choices?: readonly string[] | 'dynamic';
      /** Label of the button that shares what it takes. */
      readonly share?: string;
      /** Fixed labels of its choices, by value. */
      readonly labels?: { readonly [value: string]: string };
      readonly multiple?: true;
      readonly conditional?: true;
      readonly optional?: true;
      readonly back?: true;
      readonly attempts?: number;
      /** In ms. */
      readonly timeout?: number;
    }
  | {
      readonly kind: 'confirm';
      readonly name: string;
      readonly prompt?: string;
      /** Names of the answers that may be corrected; `true` for all. */
      readonly edit?: true | readonly string[];
    }
  | { readonly kind: 'include'; readonly name: string; readonly steps: readonly StepDescription[] }
  | {
      readonly kind: 'repeat';
      readonly name: string;
      readonly min: number;
      readonly max?: number;
      readonly steps: readonly StepDescription[];
    }
  /** Asks questions that are made while the flow runs. */
  | { readonly kind: 'questions'; readonly name: string }
  | {
      readonly kind: 'branch';
      readonly on: string;
      readonly cases: { readonly [value: string]: readonly StepDescription[] };
    }
  | { readonly kind: 'block'; readonly steps: readonly StepDescription[] };

/** A flow as JSON. */
export interface FlowDescription {
  readonly kind: 'flow';
  readonly trigger?: string;
  readonly deepLink?: string;
  readonly description?: string;
  /** In ms, without progress. */
  readonly timeout?: number;
  /** Names of its own commands, where it chooses them. */
  readonly commands?: OwnCommands;
  readonly steps: readonly StepDescription[];
}

/**
 * Describes a flow.
 *
 * @param flowTimeout - the time-out where the flow sets none, in ms
 */
export function describeFlow(
  { steps, options }: Pick<Plan, 'steps' | 'options'>,
  flowTimeout: number | undefined,
): FlowDescription {
  const { trigger, deepLink, description, timeout = flowTimeout, commands } = options;
  return {
    kind: 'flow',
    ...(trigger !== undefined && { trigger }),
    ...(deepLink !== undefined && { deepLink }),
    ...(description !== undefined && { description }),
    ...(timeout !== undefined && timeout !== false && { timeout: toMs(timeout, 'timeout') }),
    ...(commands !== undefined && { commands }),
    steps: steps.map((step) => describeStep(step, backEverywhere(options))),
  };
}

function describeStep(step: Step, everywhere: boolean): StepDescription {
  const inner = (steps: readonly Step[]) => steps.map((each) => describeStep(each, everywhere));
  switch (step.kind) {
    case 'ask':
      return { kind: 'ask', name: step.name, ...describeQuestion(step.question, everywhere) };
    case 'confirm': {
      const { name, prompt } = step;
      const edit = typeof step.edit === 'object' ? Object.keys(step.edit) : step.edit;
      return { kind: 'confirm', name, ...shownPrompt(prompt), ...(edit !== false && { edit }) };
    }
    case 'questions':
      return { kind: 'questions', name: step.name };
    case 'include':
      return { kind: 'include', name: step.name, steps: inner(step.steps) };
    case 'repeat': {
      const { name, min, max, steps } = step;
      const limit = Number.isFinite(max) ? { max } : {};
      return { kind: 'repeat', name, min, ...limit, steps: inner(steps) };
    }
    case 'branch': {
      const cases = [...step.cases].map(([value, steps]) => [value, inner(steps)] as const);
      return { kind: 'branch', on: step.on, cases: Object.fromEntries(cases) };
    }
    case 'block':
      return { kind: 'block', steps: inner(step.steps) };
  }
}

function describeQuestion(question: AskOptions, everywhere: boolean): object {
  const { prompt, accept, choices, share, multiple, when, optional, attempts, timeout } = question;
  const kinds = holds(accept, 'album')
    ? accept.album
    : holds(accept, 'burst')
      ? accept.burst
      : accept;
  return {
    ...shownPrompt(prompt),
    ...(kinds !== undefined && { accept: typeof kinds === 'function' ? 'picker' : kinds }),
    ...(choices !== undefined && { choices: valuesOf(choices) ?? 'dynamic', ...labelsOf(choices) }),
    ...(share !== undefined && { share: typeof share === 'string' ? share : share.label }),
    ...(multiple === true && { multiple }),
    ...(when !== undefined && { conditional: true }),
    ...(optional === true && { optional }),
    ...((question.back ?? everywhere) && { back: true }),
    ...(attempts !== undefined && { attempts }),
    ...(timeout !== undefined && { timeout: toMs(timeout, 'timeout') }),
  };
}

function shownPrompt(prompt: unknown): { readonly prompt?: string } {
  if (typeof prompt === 'string') return { prompt };
  if (typeof prompt !== 'object' || prompt === null) return {};
  const { text, caption } = prompt as { readonly text?: unknown; readonly caption?: unknown };
  return typeof text === 'string' ? { prompt: text } : shownPrompt(caption);
}

type FixedOrMade = Exclude<AskOptions['choices'], undefined>;

function labelsOf(choices: FixedOrMade): { readonly labels?: object } {
  if (typeof choices === 'function') return {};
  const fixed = entriesOf(choices).filter(
    ([value, label]) => typeof label === 'string' && label !== value,
  );
  return fixed.length === 0 ? {} : { labels: Object.fromEntries(fixed) };
}
