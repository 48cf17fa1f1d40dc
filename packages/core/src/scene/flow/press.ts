/** Takes a press of one of the flow's own buttons. One of an earlier visit, or of another user, changes nothing. */

import type { ReplyMarkup } from '../../conversation/say.ts';
import { objectIn, wholeIn } from '../../update/raw-update.ts';
import { redo } from './ask.ts';
import { buttonData, type FlowButton, isValue } from './button.ts';
import { goBack } from './controls.ts';
import { pageOf } from './keyboard.ts';
import { memoOf } from './memo.ts';
import { answered } from './moves.ts';
import { correctable, type Option, readable } from './options.ts';
import { saysPaying } from './payment.ts';
import type { Place } from './pending.ts';
import { bindingOf, choicesOf, inlineMarkup } from './prompt.ts';
import { accept, finishAlbum, skip } from './take.ts';
import { restart } from './trigger.ts';
import { locate, move, note, progressOf, text, tokenOf, type Visit, wasAsked } from './visit.ts';

/** Takes a button; it has been answered when this returns. */
export async function press(visit: Visit, button: FlowButton): Promise<void> {
  const { run } = visit;
  if (button.tag !== run.tag) return run.answer(await text(visit, 'notYours'), true);
  const stale = async () => run.answer(await text(visit, 'stale'));
  if (button.visit !== run.visit) return stale();
  if (await saysPaying(visit)) return;
  run.answer();
  if (button.action === 'restart') return restart(visit, '');
  if (button.action === 'continue') return run.ask();
  const { pending } = await locate(visit);
  if (pending === undefined || !wasAsked(visit, pending)) {
    await stale();
    return run.ask();
  }
  if (button.question !== tokenOf(pending)) return stale();
  if (!(await act(visit, pending, button))) await stale();
}

/** @returns `false` if the button means nothing any more */
async function act(visit: Visit, place: Place, button: FlowButton): Promise<boolean> {
  switch (button.action) {
    case 'skip':
      if (place.kind !== 'ask' || place.step.question.optional !== true) return false;
      skip(visit, place);
      return true;
    case 'back':
      await goBack(visit);
      return true;
    case 'cancel':
      visit.run.leave('cancelled');
      return true;
    case 'edit':
      return edit(visit, place, button);
    case 'finish':
      if (place.kind !== 'ask') return false;
      if (place.step.question.multiple === true)
        await accept(visit, place, await inOrder(visit, place));
      else await finishAlbum(visit, place);
      return true;
    default: {
      const options = (await choicesOf(visit, place)) ?? [];
      if (button.action === 'page') {
        const page = Number(button.value.slice(1));
        redraw(visit, await inlineMarkup(visit, place, options, page));
        return true;
      }
      const option = options.find(({ value }) => isValue(button, value));
      return option !== undefined && choose(visit, place, button, option.value, options);
    }
  }
}

async function choose(
  visit: Visit,
  place: Place,
  { action }: FlowButton,
  value: string,
  options: readonly Option[],
): Promise<boolean> {
  const { run } = visit;
  const multiple = place.kind === 'ask' && place.step.question.multiple === true;
  if (multiple !== (action !== 'choose')) return false;
  if (multiple) {
    const { picked = [] } = memoOf(run.memo);
    const rest = picked.filter((one) => one !== value);
    note(visit, { picked: action === 'pick' ? [...rest, value] : rest });
    redraw(visit, await inlineMarkup(visit, place, options, pageOf(options, value)));
  } else if (place.kind === 'ask') await accept(visit, place, value);
  else if (place.kind === 'again' || value === 'yes') {
    move(visit, answered(progressOf(run), place, value));
  } else if (value === 'no') run.leave('cancelled');
  else await offerCorrections(visit, place);
  return true;
}

/** What is picked, as the choices stand. */
async function inOrder(visit: Visit, place: Place): Promise<readonly string[]> {
  const { picked = [] } = memoOf(visit.run.memo);
  const options = (await choicesOf(visit, place)) ?? [];
  return options.map(({ value }) => value).filter((value) => picked.includes(value));
}

async function offerCorrections(visit: Visit, place: Place): Promise<void> {
  const binding = bindingOf(visit, tokenOf(place));
  const rows = correctable(place).map((name) => [
    {
      text: readable(name),
      callback_data: buttonData({ ...binding, action: 'edit', value: name }),
    },
  ]);
  visit.run.say({ text: await text(visit, 'pickEdit'), keyboard: { inline_keyboard: rows } });
}

function edit(visit: Visit, place: Place, button: FlowButton): boolean {
  const name = correctable(place).find((each) => isValue(button, each));
  if (name === undefined) return false;
  move(visit, redo(visit, place, name));
  return true;
}

/** Shows another keyboard below the message that was pressed. */
function redraw({ run }: Visit, reply_markup: ReplyMarkup | undefined): void {
  const query = run.input && objectIn(run.input.update, 'callback_query');
  const message_id = wholeIn(objectIn(query, 'message'), 'message_id');
  if (message_id === undefined) return;
  run.call({ method: 'editMessageReplyMarkup', payload: { message_id, reply_markup } });
}
