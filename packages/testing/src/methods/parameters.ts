/** Parameters of calls: reading them as Telegram does, whatever the encoding they came in. */
import { reject } from '../cloud/answer.ts';
import type { Payload } from '../cloud/raw.ts';

/** A file that came with a call. */
export interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Files of a call, by the name that `attach://` gives them. */
export type Uploads = ReadonlyMap<string, Upload>;

/** Fields that hold objects and lists; in forms they arrive as JSON text. */
const jsonFields = new Set([
  'allowed_updates',
  'button',
  'caption_entities',
  'checklist',
  'commands',
  'content',
  'correct_option_ids',
  'entities',
  'errors',
  'explanation_entities',
  'input_profile_photo',
  'link_preview_options',
  'mask_position',
  'media',
  'menu_button',
  'message_ids',
  'options',
  'permissions',
  'photo',
  'prices',
  'question_entities',
  'reaction',
  'reply_markup',
  'reply_parameters',
  'result',
  'results',
  'rich_message',
  'rights',
  'scope',
  'shipping_options',
  'sticker',
  'stickers',
  'suggested_post_parameters',
  'suggested_tip_amounts',
  'text_entities',
  'user_ids',
]);

/** Numbers and flags; in forms and addresses they arrive as text. */
const plainFields =
  /^(?:chat_id|from_chat_id|user_id|message_id|message_thread_id|sender_chat_id|reply_to_message_id|draft_id|offset|limit|timeout|max_connections|until_date|cache_time|latitude|longitude|duration|width|height|ok|show_alert|drop_pending_updates|need_\w+|is_\w+|can_\w+|disable_\w+|protect_content|allow_\w+|supports_streaming|has_spoiler)$/;

/** Gives parameters the types that the Bot API documents for them. */
export function readParameters(payload: Payload): Payload {
  const read: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(payload)) {
    if (value === undefined || value === null) continue;
    read[field] = typeof value === 'string' ? readText(field, value) : value;
  }
  return read;
}

function readText(field: string, value: string): unknown {
  if (jsonFields.has(field) && /^\s*[[{]/.test(value)) {
    try {
      return JSON.parse(value);
    } catch {
      return reject(400, `Bad Request: can't parse ${field.replaceAll('_', ' ')} JSON object`);
    }
  }
  if (plainFields.test(field)) {
    if (/^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
    if (/^true$/i.test(value)) return true;
    if (/^false$/i.test(value)) return false;
  }
  return value;
}

/** A parameter as text, or `undefined`. */
export function textParameter(payload: Payload, field: string): string | undefined {
  const value = payload[field];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

/** A parameter as a number, or `undefined`. */
export function numberOf(payload: Payload, field: string): number | undefined {
  const value = payload[field];
  return typeof value === 'number' ? value : undefined;
}

/** A parameter as an object, or `undefined`. */
export function objectOf(payload: Payload, field: string): Payload | undefined {
  const value = payload[field];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Payload)
    : undefined;
}

/** A parameter as a list; empty when there is none. */
export function listOf(payload: Payload, field: string): readonly unknown[] {
  const value = payload[field];
  return Array.isArray(value) ? value : [];
}
