/** Adapts the progress of users in mid-flow to a deploy: renamed steps, and answers that the new definition rejects. */

import type { JsonObject } from '../../base/json.ts';
import { check, type Schema } from '../../base/schema.ts';
import { foundIn, isTextKind } from '../../update/text-kind.ts';
import { hash32 } from '../rows/buttons.ts';
import { isChoice, takesText } from './answer.ts';
import { entriesOf } from './choices.ts';
import { type FlowRun, progressOf } from './flow-run.ts';
import { type Path, type Progress, without } from './progress.ts';
import { type AskOptions, namedSteps, type RepeatStep, type Step } from './steps.ts';

/** Text that changes when questions, their choices or their schemas do. */
export function fingerprintOf(steps: readonly Step[]): string {
  const parts = (list: readonly Step[]): unknown =>
    namedSteps(list).map((step) => {
      if (step.kind === 'confirm' || step.kind === 'questions') return step.name;
      if (step.kind === 'repeat' && step.after !== undefined)
        return [step.name, parts(step.steps), 1];
      if (step.kind !== 'ask') return [step.name, parts(step.steps)];
      const { accept, choices, multiple, schema } = step.question;
      return [step.name, accept, keysOf(choices), multiple, schema && schemaText(schema)];
    });
  return hash32(JSON.stringify(parts(steps))).toString(36);
}

/** Moves answers from former names of their steps to the present ones; gives the same object where there are none. */
export function renamed(steps: readonly Step[], answers: JsonObject): JsonObject {
  let moved: JsonObject = answers;
  for (const step of namedSteps(steps)) {
    if (step.kind === 'ask') {
      const former = step.was.find((name) => Object.hasOwn(moved, name));
      if (former === undefined || Object.hasOwn(moved, step.name)) continue;
      const { [former]: value, ...others } = moved;
      moved = { ...others, [step.name]: value };
    } else if ('steps' in step && Object.hasOwn(moved, step.name)) {
      const inner = moved[step.name];
      const now = Array.isArray(inner)
        ? inner.map((round) => renamed(step.steps, round as JsonObject))
        : renamed(step.steps, inner as JsonObject);
      const same = Array.isArray(inner)
        ? inner.every((round, at) => round === (now as unknown[])[at])
        : now === inner;
      if (!same) moved = { ...moved, [step.name]: now };
    }
  }
  return moved;
}

/**
 * Deletes stored answers that the present definition rejects, so that they are asked again.
 *
 * Only choices, kinds and schemas are looked at; `validate` may act, so it is not run again. A schema gets what it once gave, numbers as
 * text; an object that a schema made of text cannot be judged and stays.
 */
export async function recheck({ plan, run }: FlowRun): Promise<Progress> {
  let progress = progressOf(run);
  const look = async (steps: readonly Step[], answers: JsonObject, path: Path): Promise<void> => {
    for (const step of namedSteps(steps)) {
      if (!Object.hasOwn(answers, step.name)) continue;
      // questions that are made are checked when they are made
      if (step.kind === 'confirm' || step.kind === 'questions') continue;
      const value = answers[step.name];
      const at = [...path, step.name];
      if (step.kind === 'ask') {
        if (!(await passes(step.question, value))) progress = without(progress, at);
      } else {
        for (const [inner, innerPath] of levels(step, value, at))
          await look(step.steps, inner, innerPath);
      }
    }
  };
  await look(plan.steps, run.data, []);
  return progress;
}

function levels(
  { kind }: Pick<RepeatStep, 'steps'> & { readonly kind: 'include' | 'repeat' },
  value: unknown,
  at: Path,
): readonly (readonly [JsonObject, Path])[] {
  if (typeof value !== 'object' || value === null) return [];
  if (kind === 'include') return [[value as JsonObject, at]];
  return Array.isArray(value)
    ? value.map((round, index) => [round as JsonObject, [...at, index]])
    : [];
}

async function passes(question: AskOptions, value: unknown): Promise<boolean> {
  const { schema, validate, choices } = question;
  if (schema !== undefined) {
    const isObject = typeof value === 'object' && value !== null;
    if (isObject && takesText(question) && question.multiple !== true) return true;
    const asSent =
      typeof value === 'number' || typeof value === 'boolean' ? [value, String(value)] : [value];
    for (const one of asSent) if ((await check(schema, one)).issues === undefined) return true;
    return false;
  }
  if (validate !== undefined || typeof choices === 'function') return true;
  if (choices !== undefined) {
    const options = keysOf(choices) ?? [];
    return isChoice(
      question,
      options.map((key) => ({ value: key, label: '' })),
      value,
    );
  }
  const isText = typeof value === 'string';
  if (typeof question.accept === 'function') return true;
  if (isTextKind(question.accept)) {
    const isKept = isText || typeof value === 'number';
    return isKept && (await foundIn(question.accept, String(value))) === value;
  }
  if (question.accept === 'chat_shared') return typeof value === 'number';
  return takesText(question) ? isText : typeof value === 'object' && value !== null;
}

function keysOf(choices: AskOptions['choices']): readonly string[] | undefined {
  if (choices === undefined || typeof choices === 'function') return undefined;
  return entriesOf(choices).map(([value]) => value);
}

/** As JSON Schema if the library supports it (Standard JSON Schema), else only the name of the library. */
function schemaText(schema: Schema): unknown {
  const standard = schema['~standard'] as Schema['~standard'] & {
    readonly jsonSchema?: { input(options: { readonly target: string }): unknown };
  };
  try {
    return standard.jsonSchema?.input({ target: 'draft-2020-12' }) ?? standard.vendor;
  } catch {
    // some schemas have no such form
    return standard.vendor;
  }
}
