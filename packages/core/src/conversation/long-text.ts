/** Texts that are longer than a message may be; loaded with the first one. */

import { type ApiCall, longestCaption, longestText, tooLong } from './outgoing.ts';
import { lastSent } from './sent-together.ts';

/** The parameters that say where a message goes and how it arrives. */
const deliveryParameters = [
  'chat_id',
  'message_thread_id',
  'business_connection_id',
  'direct_messages_topic_id',
  'receiver_user_id',
  'disable_notification',
  'protect_content',
  'reply_parameters',
] as const;

type Payload = Readonly<Record<string, unknown>>;

interface Entity {
  readonly offset: number;
  readonly length: number;
}

/** Splits a call whose text is too long into several, in their order; the keyboard belongs to the last one. */
export function inParts(call: ApiCall): readonly ApiCall[] {
  const field = tooLong(call);
  if (field === undefined) return [call];
  const payload = call.payload as Payload;
  const longest = field === 'text' ? longestText : longestCaption;
  const text = String(payload[field]);
  const entitiesField = field === 'text' ? 'entities' : 'caption_entities';
  const entities = payload[entitiesField] as readonly Entity[] | undefined;
  // Telegram rejects a text without a visible character; a caption may be blank
  const parts = pieces(text, longest).filter(
    ([start, end]) => (start === 0 && field === 'caption') || text.slice(start, end).trim() !== '',
  );
  if (parts.length === 0) return [call];
  return parts.map(([start, end], at) => {
    const { reply_markup, ...rest } = payload;
    const isFirst = at === 0;
    const inside = entities === undefined ? undefined : clipped(entities, start, end);
    const own: Record<string, unknown> =
      isFirst || field === 'text' ? { ...rest } : only(rest, deliveryParameters);
    const name = isFirst ? field : 'text';
    own[name] = text.slice(start, end);
    if (inside !== undefined) own[isFirst ? entitiesField : 'entities'] = inside;
    if (at === parts.length - 1 && reply_markup !== undefined) own['reply_markup'] = reply_markup;
    return { method: isFirst ? call.method : 'sendMessage', payload: own };
  });
}

/** Sends a call whose text is too long. @returns the last message */
export async function sendParts(
  call: ApiCall,
  send: (part: ApiCall) => Promise<unknown>,
): Promise<unknown> {
  const sent: unknown[] = [];
  for (const part of inParts(call)) sent.push(await send(part));
  return lastSent<unknown>(sent);
}

/** Where the pieces begin and end: behind a line if there is one in the second half, else behind a word, else anywhere. */
export function pieces(
  text: string,
  first: number,
): readonly (readonly [start: number, end: number])[] {
  const found: [number, number][] = [];
  let start = 0;
  let most = first;
  while (text.length - start > most) {
    const half = start + most / 2;
    const line = text.lastIndexOf('\n', start + most - 1) + 1;
    const word = text.lastIndexOf(' ', start + most - 1) + 1;
    let end = line > half ? line : word > half ? word : start + most;
    // a character of two halves stays whole
    if (/[\uD800-\uDBFF]/.test(text[end - 1] ?? '')) end -= 1;
    found.push([start, end]);
    start = end;
    most = longestText;
  }
  found.push([start, text.length]);
  return found;
}

function clipped(entities: readonly Entity[], start: number, end: number): readonly Entity[] {
  return entities.flatMap((entity) => {
    const from = Math.max(entity.offset, start);
    const to = Math.min(entity.offset + entity.length, end);
    return to > from ? [{ ...entity, offset: from - start, length: to - from }] : [];
  });
}

function only(payload: Payload, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => names.includes(name)));
}
