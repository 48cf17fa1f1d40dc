/** Corrections: the answers of a summary that the user may change. Loaded with the first one. */

import { buttonData, type FlowButton, valueTokens } from '../rows/buttons.ts';
import { type ActiveFlow, bindingOf, move, text, tokenOf } from './active-flow.ts';
import { buttonTyped } from './answer.ts';
import { askAside } from './aside.ts';
import { redo } from './ask.ts';
import { distinguished, labelOf } from './choices.ts';
import { correctable } from './correctable.ts';
import type { PendingQuestion } from './pending-question.ts';

/** Shows the answers that may be corrected, and a button that leaves them as they are. */
export async function offerCorrections(
  active: ActiveFlow,
  question: PendingQuestion,
): Promise<void> {
  const binding = { ...bindingOf(active, tokenOf(question)), action: 'edit' } as const;
  const answers = labelled(active, question);
  const tokens = valueTokens(
    answers.map(({ name }) => name),
    binding,
  );
  const button = (label: string, value: string) => [
    { text: label, callback_data: buttonData({ ...binding, value }) },
  ];
  const rows = [
    ...answers.map(({ name, label }) => button(label, tokens.get(name) ?? '')),
    button(await text(active, 'keep'), ''),
  ];
  askAside(active, 'edit', {
    text: await text(active, 'pickEdit'),
    keyboard: { inline_keyboard: rows },
  });
}

function labelled(active: ActiveFlow, question: PendingQuestion) {
  const { turn } = active.run;
  const answers = correctable(question);
  return distinguished(
    answers.map(({ name, label }) => ({
      name,
      label: labelOf(label, turn, `${question.id} edit ${name}`),
    })),
    [],
  );
}

/** Takes the button of an answer to correct, or the one that leaves them as they are. */
export function edit(active: ActiveFlow, question: PendingQuestion, button: FlowButton): boolean {
  const names = correctable(question).map(({ name }) => name);
  if (button.value === '' && names.length > 0) {
    active.run.ask();
    return true;
  }
  const tokens = valueTokens(names, button);
  const name = names.find((each) => tokens.get(each) === button.value);
  if (name === undefined) return false;
  move(active, redo(active, question, name));
  return true;
}

/** Takes the label of an answer to correct, or of the button that leaves them as they are. */
export async function handleCorrection(
  active: ActiveFlow,
  question: PendingQuestion,
  typed: string,
): Promise<boolean> {
  const keep = { name: undefined, label: await text(active, 'keep') };
  const button = buttonTyped([...labelled(active, question), keep], typed, undefined);
  if (button === undefined) return false;
  if (button.name === undefined) active.run.ask();
  else move(active, redo(active, question, button.name));
  return true;
}
