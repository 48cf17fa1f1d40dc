/** The handlers of the registration bot without a framework: what the update says, and `state`. */

import { noState, type Turn } from '@telefsm/core';
import { inputOf } from '@telefsm/core/adapter';
import {
  ageIn,
  Form,
  summary,
  texts,
  wordIn,
} from '../../../examples/registration/registration.ts';

const buttons = [
  { text: 'Yes', callback_data: 'yes' },
  { text: 'No', callback_data: 'no' },
];

/** Handles one update: commands first, then by state. */
export async function registration(turn: Turn): Promise<void> {
  const { state, reply, update } = turn;
  const input = update && inputOf(update);
  const command = input?.kind === 'command' ? input.value.command : undefined;
  const text = input?.kind === 'text' ? input.text : undefined;
  if (command === 'start') {
    state.set(Form.name);
    await reply(texts.name);
  } else if (command === 'cancel') {
    const wasBusy = !state.is(noState);
    state.clear();
    await reply(wasBusy ? texts.canceled : texts.nothing);
  } else if (state.is(Form.name) && command === 'skip') {
    state.set(Form.age, { name: 'Anonymous' });
    await reply(texts.age('Anonymous'));
  } else if (state.is(Form.name) && text !== undefined) {
    const name = wordIn(text);
    if (name === undefined) return void (await reply(texts.tooLong));
    state.set(Form.age, { name });
    await reply(texts.age(name));
  } else if (state.is(Form.age) && text !== undefined) {
    const age = ageIn(text);
    if (age === undefined) return void (await reply(texts.badAge));
    state.set(Form.city, { age });
    await reply(texts.city);
  } else if (state.is(Form.city) && text !== undefined) {
    const city = wordIn(text);
    if (city === undefined) return void (await reply(texts.tooLong));
    const { name, age } = state.data;
    state.set(Form.confirm, { city });
    await reply({ text: summary({ name, age, city }), keyboard: { inline_keyboard: [buttons] } });
  } else if (state.is(Form.confirm) && input?.kind === 'button') {
    const { name } = state.data;
    state.clear();
    if (input.value === 'no') state.set(Form.name);
    await turn.api('answerCallbackQuery', { callback_query_id: queryIn(turn) });
    await reply(input.value === 'no' ? texts.again : texts.done(name));
  }
}

function queryIn({ update }: Turn): unknown {
  return (update?.['callback_query'] as { readonly id?: unknown } | undefined)?.id;
}
