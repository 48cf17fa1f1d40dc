/** Names of commands, states, options and flags: which are allowed, and when two are the same. */

const word: RegExp = /* @__PURE__ */ formOfWord();

function formOfWord(): RegExp {
  const first = '[\\p{L}\\p{N}\\p{Extended_Pictographic}_]';
  const further = '(?:[\\p{L}\\p{M}\\p{N}\\p{Extended_Pictographic}\\p{Emoji_Modifier}_-]|\\u200D)';
  return new RegExp(`^${first}${further}*$`, 'u');
}

/** Whether a value can name something: one word that is neither punctuation nor a prototype's key. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '__proto__' && word.test(value);
}

/** Whether the text before a `=` reads as a key; otherwise the word is an ordinary one (`https://a.b/?c=d`). */
export function isKey(text: string): boolean {
  return word.test(text);
}

/** The form in which names of commands are compared: phones write the first letter of a message large. */
export function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** The form in which a bot offers a command: Telegram takes `a-z`, `0-9` and `_` (Bot API, BotCommand). */
export function slashForm(name: string): string {
  return fold(name).replaceAll('-', '_');
}
