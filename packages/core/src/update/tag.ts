/** The tag of a conversation: short enough for the data of a button (64 bytes: Bot API, InlineKeyboardButton). */

/** Tells a conversation from others, and by two letters its machine from others of the bot. */
export function tagOf(key: string): string {
  const machine = hashOf(key.slice(0, key.indexOf(':'))) % (36 * 36);
  return machine.toString(36).padStart(2, '0') + hashOf(key).toString(36);
}

/** FNV-1a: short, even, and the same in every process. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
