/** Answers of users in mid-flow that a new definition rejects. Loaded when a flow has changed under a user. */

import type { JsonObject } from '../../base/json.ts';
import { check } from '../../base/schema.ts';
import { foundIn, isTextKind } from '../../update/text-kind.ts';
import type { ActiveFlow } from './active-flow.ts';
import { acceptsText, isChoice } from './answer.ts';
import { valuesOf } from './choices.ts';
import { type Path, type Progress, without } from './progress.ts';
import { type AskOptions, namedSteps, type RepeatStep, type Step } from './steps.ts';

/**
 * Deletes stored answers that the present definition rejects, so that they are asked again.
 *
 * Only choices, kinds and schemas are looked at; `validate` may act, so it is not run again. A schema gets what it once gave, numbers as
 * text; an object that a schema made of text cannot be judged and stays.
 */
export async function recheck({ plan, run, progress: before }: ActiveFlow): Promise<Progress> {
  let progress = before;
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
    if (isObject && acceptsText(question) && question.multiple !== true) return true;
    const asSent =
      typeof value === 'number' || typeof value === 'boolean' ? [value, String(value)] : [value];
    for (const one of asSent) if ((await check(schema, one)).issues === undefined) return true;
    return false;
  }
  if (validate !== undefined || typeof choices === 'function') return true;
  if (choices !== undefined) {
    const options = valuesOf(choices) ?? [];
    return isChoice(
      question,
      options.map((key) => ({ value: key, label: '' })),
      value,
    );
  }
  const isText = typeof value === 'string';
  if (typeof question.accept === 'function') return true;
  if (question.accept === 'number') return typeof value === 'number';
  if (isTextKind(question.accept)) {
    return isText && (await foundIn(question.accept, value)) === value;
  }
  if (question.accept === 'chat_shared') return typeof value === 'number';
  return acceptsText(question) ? isText : typeof value === 'object' && value !== null;
}
