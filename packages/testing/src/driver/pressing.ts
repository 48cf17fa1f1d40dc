/** Pressing buttons: those under messages, and those of the reply keyboard. */

import { addressOf, type ChatAddress, sameAddress } from '../cloud/chat-address.ts';
import type { ChatRecord, Cloud } from '../cloud/cloud.ts';
import type { RawButton, RawMarkup, RawMessage, RawUser } from '../cloud/raw.ts';
import type { Shown } from '../cloud/screen.ts';
import { textOf } from '../methods/parameters.ts';
import { complaint } from './complaint.ts';
import { pickedBy } from './picking.ts';
import { contact, location, partsOf, poll, type Sendable } from './sendable.ts';
import { did, type Stage, write } from './stage.ts';

/** The result of a press. */
export interface Tapped {
  /** Whether the bot answered the callback query; without an answer the user's button keeps a spinner. */
  readonly answered: boolean;
  /** The text of the answer, shown as a notice or an alert. */
  readonly alert: string | undefined;
}

/** Presses the newest button with a label, or the one of the message `on`. */
export async function press(
  stage: Stage,
  user: RawUser,
  address: ChatAddress,
  label: string,
  on: Shown | undefined,
): Promise<Tapped> {
  const record = stage.cloud.record(address.chat, address.business);
  const inline = on === undefined ? newestWith(record, address, label) : buttonOn(on, label);
  const reply = on === undefined ? replyButton(record.keyboard?.markup, label) : undefined;
  if (
    inline !== undefined &&
    (reply === undefined || inline.message.message_id >= (record.keyboard?.message_id ?? 0))
  ) {
    return pressInline(stage, user, address, inline);
  }
  if (reply === undefined) throw notThere(stage.cloud, user, address, record, label, on);
  if (record.keyboard?.markup.one_time_keyboard === true) record.keyboard = undefined;
  await write(
    stage,
    user,
    address,
    partsOf(replyOf(stage.cloud, user, reply), { cloud: stage.cloud, user }),
  );
  return { answered: true, alert: undefined };
}

interface Inline {
  readonly button: RawButton;
  readonly message: RawMessage;
}

async function pressInline(
  stage: Stage,
  user: RawUser,
  address: ChatAddress,
  { button, message }: Inline,
): Promise<Tapped> {
  const { cloud } = stage;
  const data = button['callback_data'];
  const game = button['callback_game'];
  if (data === undefined && game === undefined) {
    const action = Object.keys(button).find((key) => key !== 'text') ?? 'nothing';
    throw complaint(
      cloud,
      `The button [${button.text}] has '${action}': pressing it sends the bot nothing.`,
      { operator: 'taps' },
    );
  }
  did(cloud, user, address, `taps [${button.text}]`);
  const id = `callback-${cloud.next('callback')}`;
  const query = { id, kind: 'callback' as const, user, answer: undefined };
  cloud.queries.set(id, query);
  const current = cloud
    .record(address.chat, address.business)
    .messages.get(message.message_id)?.message;
  const update = cloud.number('callback_query', {
    id,
    from: user,
    message: structuredClone(
      current ?? { chat: message.chat, message_id: message.message_id, date: 0 },
    ),
    chat_instance: `instance-${message.chat.id}`,
    ...(data === undefined ? { game_short_name: 'game' } : { data }),
  });
  await stage.deliver([update]);
  const answer = cloud.queries.get(id)?.answer;
  return {
    answered: answer !== undefined,
    alert: answer === undefined ? undefined : textOf(answer, 'text'),
  };
}

function newestWith(record: ChatRecord, address: ChatAddress, label: string): Inline | undefined {
  for (const message of inlineMessages(record, address)) {
    const button = message.reply_markup?.inline_keyboard
      ?.flat()
      .find((each) => each.text === label);
    if (button !== undefined) return { button, message };
  }
  return undefined;
}

/** On a message as it was seen, even if it has changed since: a press may come late. */
function buttonOn(shown: Shown, label: string): Inline | undefined {
  const button = shown.message.reply_markup?.inline_keyboard
    ?.flat()
    .find((each) => each.text === label);
  return button === undefined ? undefined : { button, message: shown.message };
}

function inlineMessages(record: ChatRecord, address: ChatAddress): readonly RawMessage[] {
  return [...record.messages.values()]
    .map(({ message }) => message)
    .filter(
      (message) =>
        message.reply_markup?.inline_keyboard !== undefined &&
        sameAddress(addressOf(message), address),
    )
    .sort((one, other) => other.message_id - one.message_id);
}

function replyButton(markup: RawMarkup | undefined, label: string): RawButton | undefined {
  const found = markup?.keyboard
    ?.flat()
    .find((each) => (typeof each === 'string' ? each : each.text) === label);
  return typeof found === 'string' ? { text: found } : found;
}

/** The message that a button of the reply keyboard sends. */
function replyOf(cloud: Cloud, user: RawUser, button: RawButton): string | Sendable {
  if (button['request_contact'] === true) return contact('+491700000000');
  if (button['request_location'] === true) return location(52.52, 13.405);
  if (button['request_poll'] !== undefined) return poll('Poll', ['Yes', 'No']);
  const picked = pickedBy(cloud, user, button);
  if (picked !== undefined) return picked;
  const action = Object.keys(button).find((key) => key.startsWith('request_') || key === 'web_app');
  if (action === undefined) return button.text;
  throw complaint(
    cloud,
    `The button [${button.text}] has '${action}', which opens a window: send what comes of it with sends(message({ … })).`,
    { operator: 'taps' },
  );
}

function notThere(
  cloud: Cloud,
  user: RawUser,
  address: ChatAddress,
  record: ChatRecord,
  label: string,
  on: Shown | undefined,
): Error {
  const inline =
    on === undefined
      ? inlineMessages(record, address).flatMap(
          ({ reply_markup }) => reply_markup?.inline_keyboard?.flat() ?? [],
        )
      : [];
  const labels =
    on?.buttons.flat() ??
    [...inline, ...(record.keyboard?.markup.keyboard?.flat() ?? [])].map((each) =>
      typeof each === 'string' ? each : each.text,
    );
  const there =
    labels.length === 0
      ? 'there are no buttons'
      : `there are ${labels.map((each) => `[${each}]`).join(' ')}`;
  return complaint(cloud, `${user.first_name} cannot tap [${label}]: ${there}.`, {
    actual: labels,
    expected: label,
    operator: 'taps',
  });
}
