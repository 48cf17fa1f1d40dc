/** The tag of a conversation: short enough for the data of a button (64 bytes: Bot API, InlineKeyboardButton). */

/** How many letters of a tag are those of the machine. */
const machineLetters = 4;

/** Identifies a conversation, and by its first letters its machine of the bot. */
export function tagOf(key: string): string {
  const machine = hashOf(key.slice(0, key.indexOf(':'))) % 36 ** machineLetters;
  return machine.toString(36).padStart(machineLetters, '0') + hashOf(key).toString(36);
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
