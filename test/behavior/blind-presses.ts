/** Presses on messages that the bot cannot see any more. */

import type { telegram } from '@telefsm/testing';

type World = ReturnType<typeof telegram>;
type Payload = Readonly<Record<string, unknown>>;

/** The data of a button that was sent. */
export function dataIn(payload: Payload | undefined, label: string): string | undefined {
  const sent = payload?.['reply_markup'] ?? {};
  const markup = (typeof sent === 'string' ? JSON.parse(sent) : sent) as {
    readonly inline_keyboard?: { readonly text: string; readonly callback_data: string }[][];
  };
  return markup.inline_keyboard?.flat().find(({ text }) => text === label)?.callback_data;
}

/** Presses a button as Telegram sends it when the bot cannot see the message any more; gives the answer to the press. */
export async function pressesBlindly(
  world: World,
  user: { readonly id: number },
  label: string,
): Promise<unknown> {
  const asked = world.calls.findLast(({ payload }) => payload['reply_markup'] !== undefined);
  const { payload } = asked as { payload: Payload };
  const data = dataIn(payload, label);
  const id = Number(payload['chat_id']);
  const chat =
    id > 0 ? { id, type: 'private', first_name: 'A' } : { id, type: 'supergroup', title: 'G' };
  const query = {
    id: 'blind',
    from: { id: user.id, is_bot: false, first_name: 'Somebody' },
    chat_instance: '1',
    data,
    message: { chat, message_id: 2, date: 0 },
  };
  await world.update({ callback_query: query } as never);
  const answer = world.calls.findLast(({ method }) => method === 'answerCallbackQuery');
  return answer?.payload['text'];
}
