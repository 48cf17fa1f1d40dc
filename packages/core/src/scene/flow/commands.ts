/** The commands of a flow while it runs: its trigger, cancel, back and skip. Loaded with the first command. */

import { kindsIn } from '../../update/accepted-kinds.ts';
import type { InputValues } from '../../update/input.ts';
import { skip } from './accept.ts';
import { handleLabel } from './choose.ts';
import { backEverywhere, goBack } from './controls.ts';
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
import { makesQuestions, questionsIn } from './steps.ts';
import { nameOf, policyOf } from './trigger.ts';

type Command = InputValues['command'];

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
