/** Corrections: the answers of a summary that the user may change. Loaded with the first one. */

import { buttonData, type FlowButton, valueTokens } from '../rows/buttons.ts';
import { redo } from './ask.ts';
import { correctable } from './options.ts';
import type { Place } from './place.ts';
import { bindingOf, move, note, text, tokenOf, type Visit } from './visit.ts';

/** Shows the answers that may be corrected, and a button that leaves them as they are. */
export async function offerCorrections(visit: Visit, place: Place): Promise<void> {
  const binding = { ...bindingOf(visit, tokenOf(place)), action: 'edit' } as const;
  const answers = correctable(place);
  const tokens = valueTokens(
    answers.map(({ name }) => name),
    binding,
  );
  const button = (label: string, value: string) => [
    { text: label, callback_data: buttonData({ ...binding, value }) },
  ];
  const rows = [
    ...answers.map(({ name, label }) => button(label, tokens.get(name) ?? '')),
    button(await text(visit, 'keep'), ''),
  ];
  note(visit, { editing: true });
  const say = { text: await text(visit, 'pickEdit'), keyboard: { inline_keyboard: rows } };
  if (visit.plan.options.prompts === 'edit') visit.run.ask({ instead: say });
  else visit.run.say(say);
}

/** Takes the button of an answer to correct, or the one that leaves them as they are. */
export function edit(visit: Visit, place: Place, button: FlowButton): boolean {
  const names = correctable(place).map(({ name }) => name);
  if (button.value === '' && names.length > 0) {
    visit.run.ask();
    return true;
  }
  const tokens = valueTokens(names, button);
  const name = names.find((each) => tokens.get(each) === button.value);
  if (name === undefined) return false;
  move(visit, redo(visit, place, name));
  return true;
}

/** Takes the label of an answer to correct, or of the button that leaves them as they are. */
export async function takeCorrection(visit: Visit, place: Place, label: string): Promise<boolean> {
  const found = correctable(place).find((each) => each.label === label);
  if (found !== undefined) move(visit, redo(visit, place, found.name));
  else if (label === (await text(visit, 'keep'))) visit.run.ask();
  else return false;
  return true;
}
