/** What comes with the trigger of a flow: parameters, and answers that are kept aside until their question is reached. Loaded when it first comes. */

import { isFsmError } from '../../base/errors.ts';
import { frozenData, isStorable, type JsonObject } from '../../base/json.ts';
import { noAnswer } from '../no-answer.ts';
import type { FlowParameters } from './parameters.ts';
import { givenSlot } from './steps.ts';

/** Makes start data of what the flow has read from its trigger; `null` does not start the flow. */
export async function startData(
  given: JsonObject | null | undefined,
  parameters: FlowParameters | undefined,
  rejected: ReportRejected,
): Promise<object | null | undefined> {
  if (given == null) return parameters === undefined ? undefined : null;
  if (parameters === undefined) return { [givenSlot]: kept(given, rejected) };
  const own = parameters.of(given);
  if (!(await areParameters(parameters, own, rejected))) return null;
  return { ...own, [givenSlot]: kept(parameters.rest(given), rejected) };
}

type ReportRejected = (error: unknown) => void;

/** The answers that can be kept of those that came with the trigger: a user wrote what they were made of. */
function kept(given: JsonObject, rejected: ReportRejected): JsonObject {
  const answers = Object.entries(given).filter(([name, value]) => {
    const isKept = isStorable(value);
    if (!isKept && value !== undefined) rejected(noAnswer(`from ${name}`, value));
    return isKept;
  });
  return Object.fromEntries(answers) as JsonObject;
}

/** Whether what came with the trigger can start the flow; otherwise the command is left to the bot. */
async function areParameters(
  parameters: FlowParameters,
  given: JsonObject,
  rejected: ReportRejected,
): Promise<boolean> {
  try {
    await parameters.check(frozenData(given, 'from'));
    return true;
  } catch (error) {
    if (!isFsmError(error, 'DATA_NOT_JSON') && !isFsmError(error, 'DATA_INVALID')) throw error;
    rejected(error);
    return false;
  }
}
