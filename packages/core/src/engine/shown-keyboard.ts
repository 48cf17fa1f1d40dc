/** Which reply keyboard is shown in a chat, whose it is, and the parameters that remove it. */

import type { ReplyMarkup } from '../conversation/outgoing.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import { writtenIn } from '../update/subject.ts';

/** Parameters that remove a reply keyboard, and in a group only that of the user, unless members share the conversation. */
export interface Removal {
  readonly reply_markup: ReplyMarkup;
  readonly reply_parameters?: object;
}

/** Whether members of a group share the conversation: then the keyboard may be of another one than the user who acts. */
export function isShared(turn: OpenTurn): boolean {
  const { scope } = turn;
  return inGroup(turn) && scope !== undefined && (scope.user ?? scope.custom) === undefined;
}

function inGroup({ subject, replyAddress }: OpenTurn): boolean {
  return (replyAddress?.chat ?? subject.chat ?? 0) < 0;
}

/** In a group, a keyboard belongs to one user: only a reply to a message of that user removes it. If members share it, all lose it. */
export function removalIn(turn: OpenTurn): Removal | undefined {
  if (!inGroup(turn) || isShared(turn)) return { reply_markup: { remove_keyboard: true } };
  const message_id = writtenIn(turn.update);
  if (message_id === undefined) return undefined;
  return {
    reply_markup: { remove_keyboard: true, selective: true },
    reply_parameters: { message_id, allow_sending_without_reply: true },
  };
}

/**
 * A call of a handler whose message also removes a keyboard that is no longer needed; any other call as it is.
 *
 * @param payload - as the handler gives it; it is not changed
 */
export function callWithout(turn: OpenTurn, method: string, payload: object): object {
  const removal = removalIn(turn);
  if (removal === undefined || !showsMarkup(method)) return payload;
  turn.copy.keyboard = undefined;
  return { ...removal, ...payload };
}

/** The owner of a reply keyboard that a handler shows in the present state. */
export function ownerIn({ copy: { top } }: OpenTurn): string {
  return `${top.entry} ${top.state}`;
}

/** Whether the keyboard is one that a handler has shown in the present state. */
export function isOfState(turn: OpenTurn): boolean {
  return turn.copy.keyboard === ownerIn(turn);
}

/** Whether a method sends a message that may have any keyboard: no album, draft or action, and none with inline keyboards only. */
export function showsMarkup(method: string): boolean {
  return /^(?:send|copy)(?!.*Draft$)/.test(method) && !takesNone.has(method);
}

const takesNone: ReadonlySet<string> = new Set([
  'sendMediaGroup',
  'sendChatAction',
  'sendInvoice',
  'sendGame',
  'sendChecklist',
  'sendGift',
  'sendChatJoinRequestWebApp',
  'copyMessages',
]);
