/** One text as messages of Telegram, which take 4096 characters each (Bot API, sendMessage). */

const longest = 4096;

/** Splits a text between its lines, and within a line only where it alone is too long. Empty messages are omitted. */
export function messagesOf(text: string): readonly string[] {
  const messages: string[] = [];
  let message = '';
  for (const line of text.split('\n')) {
    if (message !== '' && message.length + 1 + line.length > longest) {
      messages.push(message);
      message = '';
    }
    message = message === '' ? line : `${message}\n${line}`;
    while (message.length > longest) {
      const end = cutOf(message);
      messages.push(message.slice(0, end));
      message = message.slice(end);
    }
  }
  return [...messages, message].filter((one) => one.trim() !== '');
}

/** Where to cut without parting the two halves of one character. */
function cutOf(message: string): number {
  const last = message.charCodeAt(longest - 1);
  return last >= 0xd800 && last < 0xdc00 ? longest - 1 : longest;
}
