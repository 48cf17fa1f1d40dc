/** Does what a button of the pending question stands for, whether it was pressed or its label was typed. */

import type { UserInput } from '../../update/input.ts';
import type { FlowButton } from '../rows/buttons.ts';
import { accept, finishAlbum, skip } from './accept.ts';
import { choiceByLabel, choiceInAnyCase, takesAlbum } from './answer.ts';
import { goBack } from './controls.ts';
import { optionOn } from './keyboard.ts';
import { memoOf } from './memo.ts';
import { answered } from './moves.ts';
import { labelOn, type Offer, offerOf } from './offer.ts';
import type { Option } from './options.ts';
import type { Place } from './place.ts';
import { move, note, progressOf, type Visit } from './visit.ts';

/** Shows a selection after it has changed: below the message that was pressed, or by asking again. */
export type Redraw = (option: Option) => unknown;

/**
 * Does what a button of a question stands for.
 *
 * @returns `false` if the question does not offer it
 */
export async function act(
  visit: Visit,
  place: Place,
  button: FlowButton,
  offer: Offer,
  redraw: Redraw,
): Promise<boolean> {
  switch (button.action) {
    case 'skip':
      if (offer.skip === undefined) return false;
      skip(visit, place);
      return true;
    case 'back':
      if (offer.back === undefined) return false;
      await goBack(visit);
      return true;
    case 'cancel':
      if (offer.cancel === undefined) return false;
      visit.run.leave('canceled');
      return true;
    case 'finish':
      if (offer.finish === undefined) return false;
      return finish(visit, place, offer);
    case 'edit':
      return (await import('./corrections.ts')).edit(visit, place, button);
    case 'row':
      return false;
    default: {
      const option = optionOn(offer.options, button);
      if (option === undefined || (offer.picked !== undefined) === (button.action === 'choose'))
        return false;
      return choose(visit, place, option, button.action === 'pick', redraw);
    }
  }
}

/**
 * Takes a text that is the label of a button of the question, as if the button had been pressed.
 *
 * @returns `false` if the text is no such label
 */
export async function takeLabel(
  visit: Visit,
  place: Place,
  typed: string,
  input?: UserInput,
): Promise<boolean> {
  const { labels, editing } = memoOf(visit.run.memo);
  if (editing) {
    const { takeCorrection } = await import('./corrections.ts');
    if (await takeCorrection(visit, place, typed.trim())) return true;
  }
  const shown = labels?.map(([value, label]) => ({ value, label }));
  const offer = await offerOf(visit, place, shown && { options: shown });
  const { options, picked, finish: end, skip: pass, back, cancel } = offer;
  const label = typed.trim();
  const onButtons = options.map((option) => ({ ...option, label: labelOn(option, picked) }));
  const isFree = place.kind === 'ask' && place.step.question.accept !== undefined;
  const chosen =
    choiceByLabel(onButtons, label) ??
    choiceByLabel(options, label) ??
    (isFree ? undefined : choiceInAnyCase(options, label));
  if (chosen !== undefined) {
    const option = { value: chosen, label };
    return choose(visit, place, option, !picked?.includes(chosen), () => visit.run.ask(), input);
  }
  const is = (own: string | undefined) => own !== undefined && own.trim() === label;
  if (is(end)) return finish(visit, place, offer, input);
  if (is(pass)) skip(visit, place);
  else if (is(back)) await goBack(visit);
  else if (is(cancel)) visit.run.leave('canceled');
  else return false;
  return true;
}

async function choose(
  visit: Visit,
  place: Place,
  option: Option,
  isPicked: boolean,
  redraw: Redraw,
  input?: UserInput,
): Promise<boolean> {
  const { run } = visit;
  const { value } = option;
  if (place.kind === 'ask') {
    if (place.step.question.multiple !== true) await accept(visit, place, value, input);
    else {
      const { picked = [] } = memoOf(run.memo);
      const rest = picked.filter((one) => one !== value);
      note(visit, { picked: isPicked ? [...rest, value] : rest });
      await redraw(option);
    }
  } else if (place.kind === 'again' || value === 'yes') {
    move(visit, answered(progressOf(run), place, value));
  } else if (value === 'no') run.leave('canceled');
  else {
    const { offerCorrections } = await import('./corrections.ts');
    await offerCorrections(visit, place);
  }
  return true;
}

async function finish(
  visit: Visit,
  place: Place,
  { options, picked, loaded }: Offer,
  input?: UserInput,
): Promise<boolean> {
  if (place.kind !== 'ask') return false;
  if (picked === undefined) {
    if (!takesAlbum(place.step.question)) return false;
    await finishAlbum(visit, place);
    return true;
  }
  // what was picked, as the choices stand; of a loaded list only one page is at hand
  const values =
    loaded === undefined
      ? options.map(({ value }) => value).filter((value) => picked.includes(value))
      : picked;
  await accept(visit, place, values, input);
  return true;
}
