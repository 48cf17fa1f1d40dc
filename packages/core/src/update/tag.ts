/** The tag of a conversation: short enough for the data of a button (64 bytes: Bot API, InlineKeyboardButton). */

/** How many letters of a tag are those of the machine. */
const machineLetters = 4;
/** 36 to the power of the letters. */
const machines = 1_679_616;

/**
 * Identifies a conversation, and by its first letters its machine of the bot. FNV-1a: short, even, and the same in every process.
 *
 * @param key - begins with the namespace of the machine and a colon
 */
export function tagOf(key: string): string {
  const behindNamespace = key.indexOf(':');
  let hash = 0x811c9dc5;
  let machine = 0;
  for (let at = 0; at < key.length; at++) {
    // so far it is the hash of the namespace
    if (at === behindNamespace) machine = (hash >>> 0) % machines;
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  }
  return machine.toString(36).padStart(machineLetters, '0') + (hash >>> 0).toString(36);
}

/** Whether two tags are of one machine: of conversations under one namespace. */
export function isOfOneMachine(tag: string, other: string): boolean {
  return tag.slice(0, machineLetters) === other.slice(0, machineLetters);
}
