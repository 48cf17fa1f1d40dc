/** The message that was pressed, as far as the update shows it. */

import type { SceneRun } from '../../conversation/behavior.ts';
import { idOf, objectIn, type RawObject, textIn, whole } from '../../update/raw-update.ts';
import { showsButton } from '../../update/shown-button.ts';

/** Where a press was. */
export interface PressedMessage {
  readonly chat: number | undefined;
  readonly id: number | undefined;
  readonly inline: string | undefined;
  readonly business: string | undefined;
  /** The data of the button. */
  readonly data: string;
  /** The message itself. */
  readonly message: RawObject | undefined;
}

/** Reads the message of a press; `undefined` if the update is none. */
export function pressedMessage({ input }: Pick<SceneRun, 'input'>): PressedMessage | undefined {
  if (input?.kind !== 'button') return undefined;
  const query = objectIn(input.update, 'callback_query');
  const message = objectIn(query, 'message');
  return {
    chat: idOf(message?.['chat']),
    id: whole(message?.['message_id']),
    inline: textIn(query, 'inline_message_id'),
    business: textIn(message, 'business_connection_id'),
    data: input.value,
    message,
  };
}

/** Whether it has the pressed button; `undefined` where the bot cannot see it (Bot API, InaccessibleMessage; inline messages). */
export function hasButton({ message, data }: PressedMessage): boolean | undefined {
  return showsButton(message, data);
}
