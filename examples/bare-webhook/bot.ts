/** A bot without a framework: a shopping list by plain handlers, and feedback as a flow. */

import {
  type Clock,
  type FsmStorage,
  flow,
  noState,
  state,
  states,
  type Turn,
} from '@telefsm/core';
import { createMachine, inputOf } from '@telefsm/core/adapter';
import { type BareBot, botPort, type WebhookOptions, webhook } from './adapter.ts';

const List = states('List', {
  open: state<{ items: readonly string[] }>(),
  confirm: state<{ items: readonly string[] }>(),
});

/** A flow needs no handlers. */
const feedback = flow('feedback', { trigger: '/feedback' })
  .ask('rating', { prompt: 'How was it?', choices: { good: '👍', bad: '👎' } })
  .ask('comment', { prompt: 'Any comments?', optional: true })
  .done(({ rating }) => `Thank you! You rated us "${rating}".`);

const buttons = [
  { text: 'Yes', callback_data: 'yes' },
  { text: 'No', callback_data: 'no' },
];

/** Handles the updates that no flow handles: by the state of the conversation and the update. */
async function shopping(turn: Turn): Promise<void> {
  const { state, reply, update } = turn;
  const input = update && inputOf(update);
  const command = input?.kind === 'command' ? input.value.command : undefined;
  if (command === 'list') {
    state.set(List.open, { items: [] });
    await reply('Write what you need, then /done.');
  } else if (command === 'cancel') {
    const text = state.is(noState) ? 'There is nothing to cancel. Send /list.' : 'Canceled.';
    state.clear();
    await reply(text);
  } else if (state.is(List.open) && command === 'done') {
    const { items } = state.data;
    state.set(List.confirm, { items });
    const text = `Order ${items.join(', ') || 'nothing'}?`;
    await reply({ text, keyboard: { inline_keyboard: [buttons] } });
  } else if (state.is(List.open) && input?.kind === 'text') {
    const items = [...state.data.items, input.text.slice(0, 40)].slice(-20);
    state.update({ items });
    await reply(`On your list: ${items.join(', ')}.`);
  } else if (state.is(List.confirm) && input?.kind === 'button') {
    const { items } = state.data;
    state.clear();
    const query = update?.['callback_query'] as { readonly id?: unknown } | undefined;
    await turn.api('answerCallbackQuery', { callback_query_id: query?.id });
    await reply(input.value === 'yes' ? `Ordered ${items.length}.` : 'Not ordered.');
  } else if (input) {
    await reply('Send /list or /feedback.');
  }
}

/** The token and the secret of the bot, and what a test replaces. */
export interface BotOptions extends BareBot, Pick<WebhookOptions, 'secret' | 'onError'> {
  readonly storage?: FsmStorage;
  readonly clock?: Clock;
}

/**
 * Makes the bot: its machine, its port, and the handler of its webhook.
 *
 * @throws Error without a secret
 */
export function makeBot({ storage, clock, secret, onError, ...bot }: BotOptions) {
  const machine = createMachine({
    states: [List, feedback],
    ...(storage && { storage }),
    ...(clock && { clock }),
  });
  const port = botPort(bot);
  const options = { secret, rest: shopping, ...(onError && { onError }) };
  return { machine, port, handler: webhook(machine, port, options) };
}
