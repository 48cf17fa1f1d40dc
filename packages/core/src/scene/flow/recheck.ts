/** Answers of users in mid-flow that a new definition rejects. Loaded when a flow has changed under a user. */

import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { check, type Schema } from '../../base/schema.ts';
import { isAccepted } from '../../update/stored-kind.ts';
import type { ActiveFlow } from './active-flow.ts';
import { acceptsText, isChoice } from './answer.ts';
import { valuesOf } from './choices.ts';
import { type Path, type Progress, without, withParameters } from './progress.ts';
import { type AskOptions, namedSteps, type Step } from './steps.ts';

/**
 * Deletes stored answers that the present definition rejects, so that they are asked again.
 *
 * Only choices, kinds and schemas are looked at; `validate` may act, so it is not run again. A schema gets what it once gave, numbers as
 * text; an object that a schema made of text cannot be judged and stays. A schema that is new converts the text that was sent.
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
        const now = await present(step.question, value);
        if (now === undefined) progress = without(progress, at);
        else if (now !== value) progress = withParameters(progress, path, { [step.name]: now });
      } else if (step.kind === 'include' && isJsonObject(value)) {
        await look(step.steps, value, at);
      } else if (step.kind === 'repeat' && isListOfObjects(value)) {
        for (const [round, item] of value.entries()) {
          await look(step.steps, item, [...at, round]);
        }
      } else progress = without(progress, at);
    }
  };
  await look(plan.steps, run.data, []);
  return progress;
}

function isListOfObjects(value: unknown): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every(isJsonObject);
}

/** The answer as the present definition has it; `undefined` if that rejects it. */
async function present(question: AskOptions, value: unknown): Promise<unknown> {
  const { schema, validate, choices, accept = 'text' } = question;
  if (schema !== undefined) return throughSchema(schema, question, value);
  if (validate !== undefined || typeof choices === 'function') return value;
  const options = valuesOf(choices)?.map((key) => ({ value: key, label: '' }));
  const fits = options ? isChoice(question, options, value) : await isAccepted(accept, value);
  return fits ? value : undefined;
}

async function throughSchema(
  schema: Schema,
  question: AskOptions,
  value: unknown,
): Promise<unknown> {
  const isObject = typeof value === 'object' && value !== null;
  if (isObject && acceptsText(question) && question.multiple !== true) return value;
  const result = await check(schema, value);
  if (result.issues === undefined) {
    const { value: made } = result;
    const isOther = typeof value === 'string' && typeof made !== 'string' && made !== null;
    if (!isOther || question.validate !== undefined) return value;
    // a text was sent before there was a schema; what the schema does not know again may be its own result, and is asked for
    return (await isOwn(schema, made)) ? made : undefined;
  }
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  const asSent = isScalar ? await check(schema, String(value)) : result;
  return asSent.issues === undefined ? value : undefined;
}

/** Whether a number or a truth value is what a schema makes of it again. */
async function isOwn(schema: Schema, made: unknown): Promise<boolean> {
  const isScalar = Number.isFinite(made) || typeof made === 'boolean';
  for (const sent of isScalar ? [made, String(made)] : []) {
    const again = await check(schema, sent);
    if (again.issues === undefined && again.value === made) return true;
  }
  return false;
}
