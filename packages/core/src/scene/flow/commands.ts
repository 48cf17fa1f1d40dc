/** The commands of a flow while it runs: its trigger, cancel, back and skip. Loaded with the first command. */

import { kindsIn } from '../../update/accepted-kinds.ts';
import type { InputValues, UserInput } from '../../update/input.ts';
import { textIn } from '../../update/raw-update.ts';
import { payloadOf } from '../../update/subject.ts';
import { skip } from './accept.ts';
import {
  type ActiveFlow,
  answersPaying,
  awaitsPayment,
  locate,
  questionOf,
  text,
  wasAsked,
} from './active-flow.ts';
import { handleLabel } from './choose.ts';
import { backEverywhere, goBack } from './controls.ts';
import { isOnReplyKeyboard, sayBeside } from './forced-reply.ts';
import { handleInput } from './handle-input.ts';
import { makesQuestions, questionsIn } from './steps.ts';
import { nameOf, policyOf } from './trigger.ts';

type Command = InputValues['command'];

/** Takes a command; `false` if it is none of the flow's. */
export async function handleCommand(active: ActiveFlow, command: Command): Promise<boolean> {
  const { run } = active;
  const own = ownCommand(active, command.command);
  // an approved payment is on its way: what would leave its question waits, and the bot's other commands continue
  if ((own ?? run.starts) !== undefined && (await answersPaying(active))) return true;
  if (run.trigger !== undefined) {
    const { retrigger } = await import('./retrigger.ts');
    return retrigger(active, run.trigger);
  }
  switch (own) {
    case 'cancel':
      run.leave('canceled');
      return true;
    case 'back':
      await goBack(active);
      return true;
    case 'skip':
      await skipPending(active);
      return true;
    case undefined:
      return handleOtherCommand(active);
  }
}

function ownCommand(
  { plan, run }: ActiveFlow,
  name: string,
): 'cancel' | 'back' | 'skip' | undefined {
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
async function handleOtherCommand(active: ActiveFlow): Promise<boolean> {
  const { run } = active;
  const { input } = run;
  const { pending } = await locate(active);
  const isOpen = awaitsPayment(active) === undefined;
  if (input?.kind === 'command' && isOpen && pending?.kind === 'ask' && wasAsked(active, pending)) {
    const typed = asText(input);
    const isLabel = isOnReplyKeyboard(active, pending) && typed.kind === 'text';
    if (isLabel && (await handleLabel(active, pending, typed.text, typed))) return true;
    if (kindsIn(pending.step.question.accept).includes('command')) {
      await handleInput(active, input, async () => {});
      return true;
    }
  }
  if (policyOf(active) !== 'block') return false;
  sayBeside(active, pending, await text(active, 'blocked'));
  return true;
}

async function skipPending(active: ActiveFlow): Promise<void> {
  const { pending } = await locate(active);
  if (pending === undefined || !wasAsked(active, pending)) return active.run.ask();
  if (questionOf(pending)?.optional === true) return skip(active, pending);
  sayBeside(active, pending, await text(active, 'noSkip'));
}

/** A command as the text that was sent, for where commands are answers. */
export function asText(input: Extract<UserInput, { readonly kind: 'command' }>): UserInput {
  const { command, argument } = input.value;
  const text = textIn(payloadOf(input.update), 'text') ?? `/${command} ${argument}`.trim();
  return { ...input, kind: 'text', value: text, text };
}
