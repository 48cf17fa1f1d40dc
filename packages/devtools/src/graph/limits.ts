/** Finds in a graph what Telegram rejects (Bot API: sendMessage, BotCommand, InlineKeyboardButton; Telegram, "Deep linking"). */

import { type Fault, fault } from './fault.ts';
import type { Graph, GraphGroup, GraphNode } from './graph.ts';

/** Characters of a message, in UTF-16 units. */
const textLimit = 4096;
/** Characters of a command's description. */
const descriptionLimit = 256;
/** Characters of a deep link's payload. */
const payloadLimit = 64;

/** Finds fixed texts, buttons, commands and deep links that Telegram rejects. */
export function limitFaults({ nodes, groups }: Graph): readonly Fault[] {
  return [
    ...nodes.flatMap(textFaults),
    ...nodes.flatMap(buttonFaults),
    ...groups.flatMap(commandFaults),
  ];
}

function textFaults({ id, prompt }: GraphNode): readonly Fault[] {
  if (prompt === undefined) return [];
  if (prompt.trim() === '') {
    const message = `The prompt of '${id}' is empty, and Telegram rejects empty messages. Add a text.`;
    return [fault('EMPTY_TEXT', id, message)];
  }
  if (prompt.length <= textLimit) return [];
  const message = `The prompt of '${id}' has ${prompt.length} characters, but Telegram accepts ${textLimit}. Shorten it, or ask in two steps.`;
  return [fault('TEXT_TOO_LONG', id, message)];
}

function buttonFaults({ id, choices }: GraphNode): readonly Fault[] {
  if (choices === undefined || choices === 'dynamic') return [];
  const faults: Fault[] = [];
  const labels = new Map<string, string>();
  for (const { value, label } of choices) {
    const other = labels.get(label);
    if (label.trim() === '') {
      const message = `The choice '${value}' of '${id}' has an empty label, and Telegram rejects such a button. Add a text.`;
      faults.push(fault('BAD_BUTTON', id, message));
    } else if (other !== undefined) {
      const message = `The choices '${other}' and '${value}' of '${id}' have the same label '${label}', so users cannot distinguish them. Change one of the labels.`;
      faults.push({ ...fault('BAD_BUTTON', id, message), severity: 'warning' });
    }
    labels.set(label, value);
  }
  return faults;
}

function commandFaults({ id, trigger, description, deepLink }: GraphGroup): readonly Fault[] {
  const faults: Fault[] = [];
  if (trigger !== undefined && !/^[a-z0-9_]{1,32}$/.test(trigger)) {
    const message = `'/${trigger}' of '${id}' is not a valid command. Use 1 to 32 lower-case letters, digits and underscores.`;
    faults.push(fault('BAD_COMMAND', id, message));
  }
  if (
    description !== undefined &&
    (description.trim() === '' || description.length > descriptionLimit)
  ) {
    const message = `The description of '${id}' has ${description.length} characters, but setMyCommands accepts 1 to ${descriptionLimit}. Change its length.`;
    faults.push(fault('BAD_DESCRIPTION', id, message));
  }
  if (deepLink !== undefined && !new RegExp(`^[\\w-]{1,${payloadLimit}}$`).test(deepLink)) {
    const message = `The deep link '${deepLink}' of '${id}' is not a valid payload for /start. Use 1 to ${payloadLimit} letters, digits, underscores and hyphens.`;
    faults.push(fault('BAD_DEEP_LINK', id, message));
  }
  return faults;
}
