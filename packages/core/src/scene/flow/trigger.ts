/** The commands of a flow: its trigger while it runs, cancel, back and skip. */

import { isFsmError } from '../../base/errors.ts';
import { frozenData, isStorable, type JsonObject } from '../../base/json.ts';
import type { CommandPolicy, Trigger } from '../../conversation/behavior.ts';
import { kindsIn } from '../../update/accepted-kinds.ts';
import type { InputValues } from '../../update/input.ts';
import { noAnswer } from '../no-answer.ts';
import { skip } from './accept.ts';
import { handleLabel } from './choose.ts';
import { backEverywhere, goBack } from './controls.ts';
import type { AnyFlowOptions } from './flow.ts';
import {
  answersPaying,
  awaitsPayment,
  type FlowRun,
  locate,
  questionOf,
  text,
  wasAsked,
} from './flow-run.ts';
import { asText, handleInput } from './handle-input.ts';
import { isOnReplyKeyboard } from './offer.ts';
import type { FlowParameters } from './parameters.ts';
import { givenSlot, makesQuestions, questionsIn } from './steps.ts';

type Command = InputValues['command'];

/** How a flow is started; answers that come with it are kept aside until their question is reached. */
export function triggerOf(
  { trigger, deepLink, description }: AnyFlowOptions,
  from: ((argument: string, turn: never) => unknown) | undefined,
  parameters: FlowParameters | undefined,
): Trigger | undefined {
  if (trigger === undefined && deepLink === undefined) return undefined;
  return {
    ...(trigger !== undefined && { command: nameOf(trigger) }),
    ...(deepLink !== undefined && { deepLink }),
    ...(description !== undefined && { description }),
    ...(from !== undefined && {
      async from(argument: string, turn: unknown, rejected: ReportRejected) {
        // without parameters there is nothing to make of nothing
        if (argument === '' && parameters === undefined) return undefined;
        const given = (await from(argument, turn as never)) as JsonObject | null | undefined;
        if (given == null) return parameters === undefined ? undefined : null;
        if (parameters === undefined) return { [givenSlot]: kept(given, rejected) };
        const own = parameters.of(given);
        if (!(await areParameters(parameters, own, rejected))) return null;
        return { ...own, [givenSlot]: kept(parameters.rest(given), rejected) };
      },
    }),
  };
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

/** Takes a command; `false` if it is none of the flow's. */
export async function handleCommand(flowRun: FlowRun, command: Command): Promise<boolean> {
  const { run } = flowRun;
  const own = ownCommand(flowRun, command.command);
  // an approved payment is on its way: what would leave its question waits, and the bot's other commands continue
  if ((own ?? run.starts) !== undefined && (await answersPaying(flowRun))) return true;
  if (run.trigger !== undefined) {
    const { retrigger } = await import('./retrigger.ts');
    await retrigger(flowRun, run.trigger);
    return true;
  }
  switch (own) {
    case 'cancel':
      run.leave('canceled');
      return true;
    case 'back':
      await goBack(flowRun);
      return true;
    case 'skip':
      await skipPending(flowRun);
      return true;
    case undefined:
      return handleOtherCommand(flowRun);
  }
}

/** Returns the policy for other commands while this flow runs. */
export function policyOf({ plan, run }: FlowRun): CommandPolicy {
  return plan.options.otherCommands ?? run.defaults.otherCommands;
}

function ownCommand({ plan, run }: FlowRun, name: string): 'cancel' | 'back' | 'skip' | undefined {
  const { commands } = plan.options;
  const names = {
    cancel: 'cancel',
    back: 'back',
    skip: 'skip',
    ...run.defaults.commands,
    ...commands,
  };
  const is = (own: string | false) => own !== false && nameOf(own) === name;
  if (is(names.cancel)) return 'cancel';
  const questions = questionsIn(plan.steps);
  // a command that no question allows is left to the bot
  const backSomewhere =
    backEverywhere(plan.options) || questions.some(({ question }) => question.back);
  if (is(names.back) && backSomewhere) return 'back';
  const skipSomewhere =
    makesQuestions(plan.steps) || questions.some(({ question }) => question.optional);
  if (is(names.skip) && skipSomewhere) return 'skip';
  return undefined;
}

/** A command is an answer only where the question names that kind, or shows it as a label; other ones may be blocked. */
async function handleOtherCommand(flowRun: FlowRun): Promise<boolean> {
  const { run } = flowRun;
  const { input } = run;
  const { pending } = await locate(flowRun);
  const isOpen = awaitsPayment(flowRun) === undefined;
  if (
    input?.kind === 'command' &&
    isOpen &&
    pending?.kind === 'ask' &&
    wasAsked(flowRun, pending)
  ) {
    const typed = asText(flowRun, input);
    const isLabel = isOnReplyKeyboard(flowRun, pending) && typed.kind === 'text';
    if (isLabel && (await handleLabel(flowRun, pending, typed.text, typed))) return true;
    if (kindsIn(pending.step.question.accept).includes('command')) {
      await handleInput(flowRun, input, async () => {});
      return true;
    }
  }
  if (policyOf(flowRun) !== 'block') return false;
  run.say(await text(flowRun, 'blocked'));
  return true;
}

async function skipPending(flowRun: FlowRun): Promise<void> {
  const { pending } = await locate(flowRun);
  if (pending === undefined || !wasAsked(flowRun, pending)) return flowRun.run.ask();
  if (questionOf(pending)?.optional === true) return skip(flowRun, pending);
  flowRun.run.say(await text(flowRun, 'noSkip'));
}

/** A command as the parser gives it: without the slash, in lower case. */
function nameOf(command: string): string {
  return command.replace(/^\//, '').toLowerCase();
}
