/** Parameters and answers that come with the trigger of a flow; answers are kept aside until their question is reached. Loaded with the first of them. */

import { isFsmError } from '../../base/errors.ts';
import { frozenData, isStorable, type JsonObject } from '../../base/json.ts';
import { noAnswer } from '../no-answer.ts';
import { type ActiveFlow, advance, note } from './active-flow.ts';
import { checkValue } from './answer.ts';
import { asSent } from './as-sent.ts';
import { answered } from './moves.ts';
import type { FlowParameters } from './parameters.ts';
import type { PendingQuestion } from './pending-question.ts';
import { type Path, pathKey, readAt, withParameters } from './progress.ts';
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

/** Takes an answer that came with the trigger, checked as if the user had sent it. */
export async function acceptFrom(active: ActiveFlow, question: PendingQuestion): Promise<boolean> {
  const { memo, progress } = active;
  const all = memo.given ?? {};
  const given = readAt(all, question.path);
  if (given === undefined) return false;
  const rest = left(all, question.path);
  if (question.kind === 'again' && Array.isArray(given)) {
    const { length: count } = question.rounds;
    // no step has such a name
    const decided = `~${pathKey(question.path)}`;
    if (count <= Number(all[decided] ?? -1)) {
      // the user has come back to it, and decides
      note(active, { given: rest });
      return false;
    }
    const isMore = count < given.length;
    const next = answered(progress, question, isMore ? 'yes' : 'no');
    advance(active, next, { given: isMore ? { ...all, [decided]: count } : rest });
    return true;
  }
  if (question.kind !== 'ask') {
    note(active, { given: rest });
    return false;
  }
  const value = await asSent(active, question, given);
  const verdict =
    value === undefined
      ? undefined
      : await checkValue(question.step.question, value, question.answers, active.run.turn);
  if (verdict?.kind !== 'answer') {
    note(active, { given: rest });
    return false;
  }
  advance(active, answered(progress, question, verdict.value), { given: rest });
  return true;
}

/** Returns the answers that came with the trigger without one that is taken; a list of rounds keeps its length. */
function left(given: JsonObject, path: Path): JsonObject {
  const none = { answers: given, passed: [], open: [] };
  return withParameters(none, path.slice(0, -1), { [String(path.at(-1))]: undefined }).answers;
}
