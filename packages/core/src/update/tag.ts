/** The tag of a conversation: short enough for the data of a button (64 bytes: Bot API, InlineKeyboardButton). */

import { invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';

/** How many letters of a tag are those of the machine. */
const machineLetters = 4;

/** Identifies a conversation, and by its first letters its machine of the bot. */
export function tagOf(key: string): string {
  return tagOfMachine(key.slice(0, key.indexOf(':'))) + hashOf(key).toString(36);
}

const namespaces = new Map<string, string>();

/**
 * Reserves the tag of a namespace for the machines of this process: another namespace with that tag would answer their buttons and invoices.
 *
 * @param prefix - what the keys of the namespace begin with, see `namespacePrefix`
 * @throws FsmError `INVALID_OPTION` for a namespace whose tag another one has
 */
export function reserveTag(prefix: string, namespace: string): void {
  const tag = tagOfMachine(prefix.slice(0, prefix.indexOf(':')));
  const other = namespaces.get(tag);
  if (other === undefined) namespaces.set(tag, namespace);
  else if (other !== namespace) {
    const expected = `another name: '${other}' has the same tag in the data of buttons`;
    throw invalidOption('namespace', expected, shown(namespace));
  }
}

function tagOfMachine(namespace: string): string {
  const machine = hashOf(namespace) % 36 ** machineLetters;
  return machine.toString(36).padStart(machineLetters, '0');
}

/** Whether two tags are of one machine: of conversations under one namespace. */
export function isOfOneMachine(tag: string, other: string): boolean {
  return tag.slice(0, machineLetters) === other.slice(0, machineLetters);
}

/** FNV-1a: short, even, and the same in every process. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
