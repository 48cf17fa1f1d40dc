/** Text on its way to Redis and back: UTF-8 cannot carry lone surrogates, which JavaScript strings may hold. */

/** A private character that no text of telefsm holds; where one does, it is escaped itself. */
const mark = '\uE0F1';
const everyUncarried = /[\uE0F1\p{Surrogate}]/gu;
const everyEscape = /\uE0F1(.{4})/g;

/** Makes any string one that UTF-8 carries; nearly every string is itself. */
export function encodeText(text: string): string {
  // a regular expression takes several times as long for a text that is not Latin
  if (text.isWellFormed() && !text.includes(mark)) return text;
  return text.replace(everyUncarried, (unit) => mark + unit.charCodeAt(0).toString(16));
}

/** Makes the string again that {@link encodeText} was given. */
export function decodeText(text: string): string {
  if (!text.includes(mark)) return text;
  return text.replace(everyEscape, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
