/** A flow as JSON, for diagrams and checks. */

import type { FlowOptions } from './flow.ts';
import type { Step } from './steps.ts';

/** A step as JSON. */
export type StepDescription =
  | {
      readonly kind: 'ask';
      readonly name: string;
      readonly accept?: string | readonly string[];
      readonly choices?: readonly string[] | 'dynamic';
      readonly conditional?: true;
      readonly optional?: true;
      readonly back?: true;
    }
  | { readonly kind: 'confirm'; readonly name: string }
  | { readonly kind: 'include'; readonly name: string; readonly steps: readonly StepDescription[] }
  | {
      readonly kind: 'repeat';
      readonly name: string;
      readonly min: number;
      readonly max?: number;
      readonly steps: readonly StepDescription[];
    }
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
  readonly description?: string;
  readonly steps: readonly StepDescription[];
}

/** Describes a flow. */
export function describeFlow(
  steps: readonly Step[],
  { trigger, description }: FlowOptions<unknown>,
): FlowDescription {
  return {
    kind: 'flow',
    ...(trigger !== undefined && { trigger }),
    ...(description !== undefined && { description }),
    steps: steps.map(describeStep),
  };
}

function describeStep(step: Step): StepDescription {
  switch (step.kind) {
    case 'ask': {
      const { accept, choices, when, optional, back } = step.question;
      const kinds = typeof accept === 'object' && 'album' in accept ? accept.album : accept;
      return {
        kind: 'ask',
        name: step.name,
        ...(kinds !== undefined && { accept: typeof kinds === 'function' ? 'picker' : kinds }),
        ...(choices !== undefined && { choices: keysOf(choices) }),
        ...(when !== undefined && { conditional: true }),
        ...(optional === true && { optional: true }),
        ...(back === true && { back: true }),
      };
    }
    case 'confirm':
      return { kind: 'confirm', name: step.name };
    case 'include':
      return { kind: 'include', name: step.name, steps: step.steps.map(describeStep) };
    case 'repeat': {
      const { name, min, max, steps } = step;
      const limit = Number.isFinite(max) ? { max } : {};
      return { kind: 'repeat', name, min, ...limit, steps: steps.map(describeStep) };
    }
    case 'branch': {
      const cases = [...step.cases].map(
        ([value, steps]) => [value, steps.map(describeStep)] as const,
      );
      return { kind: 'branch', on: step.on, cases: Object.fromEntries(cases) };
    }
    case 'block':
      return { kind: 'block', steps: step.steps.map(describeStep) };
  }
}

function keysOf(choices: object): readonly string[] | 'dynamic' {
  if (typeof choices === 'function') return 'dynamic';
  return Array.isArray(choices) ? choices : Object.keys(choices);
}
