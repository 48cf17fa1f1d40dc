/** Does what a button of the pending question stands for, whether it was pressed or its label was typed. */

import type { UserInput } from '../../update/input.ts';
import type { FlowButton } from '../rows/buttons.ts';
import { accept, skip } from './accept.ts';
import { type ActiveFlow, move, note, questionOf } from './active-flow.ts';
import { acceptsAlbum, buttonTyped } from './answer.ts';
import type { Option } from './choices.ts';
import { goBack } from './controls.ts';
import { isOnReplyKeyboard } from './forced-reply.ts';
import { optionOn } from './keyboard.ts';
import { answered } from './moves.ts';
import { labelOn, type Offer, offerOf } from './offer.ts';
import { finishAlbum } from './parts.ts';
import type { PendingQuestion } from './pending-question.ts';

/** A button, and what a press of it does: `false` if it is not offered. Without a label, it is not shown. */
interface Button {
  readonly label: string | undefined;
  readonly press: () => unknown;
}

/** Shows a selection after it has changed: below the message that was pressed, or by asking again. */
export type Redraw = (option: Option) => unknown;

/**
 * Does what a button of a question stands for.
 *
 * @returns `false` if the question does not offer it
 */
export async function act(
  active: ActiveFlow,
  question: PendingQuestion,
  button: FlowButton,
  offer: Offer,
  redraw: Redraw,
): Promise<boolean> {
  switch (button.action) {
    case 'skip':
      if (offer.skip === undefined) return false;
      skip(active, question);
      return true;
    case 'back':
      if (offer.back === undefined) return false;
      await goBack(active);
      return true;
    case 'cancel':
      if (offer.cancel === undefined) return false;
      active.run.leave('canceled');
      return true;
    case 'finish':
      if (offer.finish === undefined) return false;
      return finish(active, question, offer);
    case 'edit':
      return (await import('./corrections.ts')).edit(active, question, button);
    case 'row':
      return false;
    default: {
      const option = optionOn(offer.options, button);
      if (option === undefined || (offer.picked !== undefined) === (button.action === 'choose'))
        return false;
      return choose(active, question, option, button.action === 'pick', redraw);
    }
  }
}

/**
 * Takes a text that is the label of a button of the question, as if the button had been pressed.
 *
 * @returns `false` if the text is not one of the labels
 */
export async function handleLabel(
  active: ActiveFlow,
  question: PendingQuestion,
  typed: string,
  input?: UserInput,
): Promise<boolean> {
  const { labels, aside } = active.memo;
  const { prompts } = active.plan.options;
  // a reply keyboard is still below the chat, unless its message is gone, and a press on it answers the question
  const isShown = isOnReplyKeyboard(active, question) && prompts !== 'delete' && prompts !== 'edit';
  const restarts = async () =>
    aside === 'restart' && (await import('./retrigger.ts')).typedAgain(active, typed);
  if (!isShown && (await restarts())) return true;
  if (aside === 'edit') {
    const { handleCorrection } = await import('./corrections.ts');
    if (await handleCorrection(active, question, typed)) return true;
  }
  const shown = labels?.map(([value, label]) => ({ value, label }));
  const offer = await offerOf(active, question, shown && { options: shown });
  const { options, picked, finish: end, skip: pass, back, cancel } = offer;
  const ofChoice = (option: Option): Button => ({
    label: option.label,
    press: () => {
      const isPicked = !picked?.includes(option.value);
      return choose(active, question, option, isPicked, () => active.run.ask(), input);
    },
  });
  const marked = options.filter(({ value }) => picked?.includes(value));
  const buttons: readonly Button[] = [
    ...marked.map((option) => ({ ...ofChoice(option), label: labelOn(option, picked) })),
    ...options.map(ofChoice),
    { label: end, press: () => finish(active, question, offer, input) },
    { label: pass, press: () => skip(active, question) },
    { label: back, press: () => goBack(active) },
    { label: cancel, press: () => active.run.leave('canceled') },
  ];
  const button = buttonTyped(buttons, typed, questionOf(question));
  if (isShown && button === undefined && (await restarts())) return true;
  return button !== undefined && (await button.press()) !== false;
}

async function choose(
  active: ActiveFlow,
  question: PendingQuestion,
  option: Option,
  isPicked: boolean,
  redraw: Redraw,
  input?: UserInput,
): Promise<boolean> {
  const { run } = active;
  const { value } = option;
  if (question.kind === 'ask') {
    if (question.step.question.multiple !== true) await accept(active, question, value, input);
    else {
      const { picked = [] } = active.memo;
      const rest = picked.filter((one) => one !== value);
      note(active, { picked: isPicked ? [...rest, value] : rest });
      await redraw(option);
    }
  } else if (question.kind === 'again' || value === 'yes') {
    move(active, answered(active.progress, question, value));
  } else if (value === 'no') run.leave('canceled');
  else {
    const { offerCorrections } = await import('./corrections.ts');
    await offerCorrections(active, question);
  }
  return true;
}

async function finish(
  active: ActiveFlow,
  question: PendingQuestion,
  { options, picked, loaded }: Offer,
  input?: UserInput,
): Promise<boolean> {
  if (question.kind !== 'ask') return false;
  if (picked === undefined) {
    if (!acceptsAlbum(question.step.question)) return false;
    await finishAlbum(active, question);
    return true;
  }
  // the picked values among the present choices; of a loaded list only one page is at hand
  const values =
    loaded === undefined
      ? options.map(({ value }) => value).filter((value) => picked.includes(value))
      : picked;
  await accept(active, question, values, input);
  return true;
}
