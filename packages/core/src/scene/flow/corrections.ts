/** Corrections: the answers of a summary that the user may change. Loaded with the first one. */

import { buttonData, type FlowButton, valueTokens } from '../rows/buttons.ts';
import { redo } from './ask.ts';
import { asTyped, distinguished } from './choices.ts';
import { correctable } from './correctable.ts';
import { bindingOf, type FlowRun, move, note, text, tokenOf } from './flow-run.ts';
import type { PendingQuestion } from './pending-question.ts';

/** Shows the answers that may be corrected, and a button that leaves them as they are. */
export async function offerCorrections(flowRun: FlowRun, question: PendingQuestion): Promise<void> {
  const binding = { ...bindingOf(flowRun, tokenOf(question)), action: 'edit' } as const;
  const answers = distinguished(correctable(question), []);
  const tokens = valueTokens(
    answers.map(({ name }) => name),
    binding,
  );
  const button = (label: string, value: string) => [
    { text: label, callback_data: buttonData({ ...binding, value }) },
  ];
  const rows = [
    ...answers.map(({ name, label }) => button(label, tokens.get(name) ?? '')),
    button(await text(flowRun, 'keep'), ''),
  ];
  note(flowRun, { editing: true });
  const say = { text: await text(flowRun, 'pickEdit'), keyboard: { inline_keyboard: rows } };
  if (flowRun.plan.options.prompts === 'edit') flowRun.run.ask({ instead: say });
  else flowRun.run.say(say);
}

/** Takes the button of an answer to correct, or the one that leaves them as they are. */
export function edit(flowRun: FlowRun, question: PendingQuestion, button: FlowButton): boolean {
  const names = correctable(question).map(({ name }) => name);
  if (button.value === '' && names.length > 0) {
    flowRun.run.ask();
    return true;
  }
  const tokens = valueTokens(names, button);
  const name = names.find((each) => tokens.get(each) === button.value);
  if (name === undefined) return false;
  move(flowRun, redo(flowRun, question, name));
  return true;
}

/** Takes the label of an answer to correct, or of the button that leaves them as they are. */
export async function handleCorrection(
  flowRun: FlowRun,
  question: PendingQuestion,
  typed: string,
): Promise<boolean> {
  const label = asTyped(typed);
  const answers = distinguished(correctable(question), []);
  const found = answers.find((each) => asTyped(each.label) === label);
  if (found !== undefined) move(flowRun, redo(flowRun, question, found.name));
  else if (label === asTyped(await text(flowRun, 'keep'))) flowRun.run.ask();
  else return false;
  return true;
}
