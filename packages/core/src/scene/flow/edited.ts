/** Edited messages that change answers. Loaded with the first one. */

import type { UserInput } from '../../update/input.ts';
import { messageId, wordsOf } from './accept.ts';
import { checkValue, valueIn } from './answer.ts';
import { type FlowRun, keep, locate, progressOf, saysPaying, wasAsked } from './flow-run.ts';
import { memoOf } from './memo.ts';
import { changing, reviewed } from './moves.ts';
import { positionOf } from './pending.ts';
import { isClosed, markOf, withAnswer, without } from './progress.ts';

/** Changes the answer that a message gave, after the message was edited; `false` if it gave none. */
export async function takeEdited(flowRun: FlowRun, input: UserInput): Promise<boolean> {
  const { plan, run } = flowRun;
  const message = messageId(flowRun, input);
  const given = memoOf(run.memo).gave?.find(([, id]) => id === message);
  if (given === undefined) return false;
  if (await saysPaying(flowRun)) return true;
  const [path] = given;
  if (isClosed(progressOf(run), path)) return false;
  const rest = without(progressOf(run), path);
  const { pending } = await positionOf(plan, rest, run.turn);
  // the question may not apply any more
  if (pending?.kind !== 'ask' || markOf(pending.path) !== markOf(path)) return false;
  const value = await valueIn(pending.step.question, input);
  if (value === undefined) return false;
  const verdict = await checkValue(pending.step.question, value, pending.answers, run.turn);
  if (verdict.kind === 'refused') run.say(await wordsOf(flowRun, verdict));
  if (verdict.kind !== 'answer') return true;
  const others = changing(reviewed(progressOf(run), path, pending.level), path, pending.level);
  keep(flowRun, withAnswer(others, path, verdict.value), memoOf(run.memo));
  const after = (await locate(flowRun)).pending;
  // a summary or an invoice that was shown is of what was said before
  const isOutdated = after?.kind === 'confirm' || memoOf(run.memo).invoice !== undefined;
  if (isOutdated || after === undefined || !wasAsked(flowRun, after)) run.ask();
  return true;
}
