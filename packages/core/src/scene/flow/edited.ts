/** Edited messages that change answers. Loaded with the first one. */

import type { UserInput } from '../../update/input.ts';
import { messageId, wordsOf } from './accept.ts';
import { checkValue, valueIn } from './answer.ts';
import { answersPaying, type FlowRun, keep, locate, wasAsked } from './flow-run.ts';
import { changing, reviewed } from './moves.ts';
import { positionOf } from './pending.ts';
import { isClosed, pathKey, withAnswer, without } from './progress.ts';

/** Changes the answer that a message gave, after the message was edited; `false` if it gave none. */
export async function handleEdited(flowRun: FlowRun, input: UserInput): Promise<boolean> {
  const { plan, run } = flowRun;
  const message = messageId(flowRun, input);
  const given = flowRun.memo.gave?.find(([, id]) => id === message);
  if (given === undefined) return false;
  if (await answersPaying(flowRun)) return true;
  const [path] = given;
  if (isClosed(flowRun.progress, path)) return false;
  const rest = without(flowRun.progress, path);
  const { pending } = await positionOf(plan, rest, run.turn);
  // the question may not apply any more
  if (pending?.kind !== 'ask' || pathKey(pending.path) !== pathKey(path)) return false;
  const value = await valueIn(pending.step.question, input);
  if (value === undefined) return false;
  const verdict = await checkValue(pending.step.question, value, pending.answers, run.turn);
  if (verdict.kind === 'rejected') run.say(await wordsOf(flowRun, verdict));
  if (verdict.kind !== 'answer') return true;
  const others = changing(reviewed(flowRun.progress, path, pending.level), path, pending.level);
  keep(flowRun, withAnswer(others, path, verdict.value));
  const after = (await locate(flowRun)).pending;
  // a summary or an invoice that was shown is of what was said before
  const isOutdated = after?.kind === 'confirm' || flowRun.memo.invoice !== undefined;
  if (isOutdated || after === undefined || !wasAsked(flowRun, after)) run.ask();
  return true;
}
