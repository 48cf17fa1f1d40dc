/** Adapts the progress of users in mid-flow to a deploy: renamed steps, and the fingerprint of a definition. */

import { shortHash } from '../../base/hash.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Schema } from '../../base/schema.ts';
import { valuesOf } from './choices.ts';
import { namedSteps, type Step } from './steps.ts';

/** Text that changes when questions, their choices or their schemas do. */
export function fingerprintOf(steps: readonly Step[]): string {
  const parts = (list: readonly Step[]): unknown =>
    namedSteps(list).map((step) => {
      if (step.kind === 'confirm' || step.kind === 'questions') return step.name;
      if (step.kind === 'include') return [step.name, parts(step.steps)];
      if (step.kind === 'repeat') return [step.name, parts(step.steps), step.after ? 1 : 0];
      const { accept, choices, multiple, schema } = step.question;
      return [step.name, accept, valuesOf(choices), multiple, schema && schemaText(schema)];
    });
  return shortHash(JSON.stringify(parts(steps)));
}

/** Moves answers from former names of their steps to the present ones; gives the same object where there are none. */
export function renamed(steps: readonly Step[], answers: JsonObject): JsonObject {
  // a deploy may have made another kind of step of one
  if (Object(answers) !== answers) return answers;
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
