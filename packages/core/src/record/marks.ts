/** Marks: what proves that one commit was written, when its answer was lost. */

/** The last marks of a record, oldest first, six characters each, without anything between them. */
export type Marks = string;

/** No marks. */
export const noMarks: Marks = '';

/** Characters of a mark. */
const length = 6;
/** How many marks a record keeps. */
const most = 8;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

let marks = 0;

/** Makes the mark of one commit, as six characters: a number and chance. Only the process that made it looks for it. */
export function newMark(): string {
  return half(marks++) + half(Math.random() * 0x4_0000);
}

/** Half of a mark: 18 bits. */
function half(bits: number): string {
  return letter(bits) + letter(bits >>> 6) + letter(bits >>> 12);
}

function letter(bits: number): string {
  return alphabet.charAt(bits & 63);
}

/** Adds a mark. If `replaced` is among them, it goes: a turn needs the mark of its last commit only. */
export function withMark(marks: Marks, mark: string, replaced?: string): Marks {
  const at = replaced === undefined ? -1 : positionOf(marks, replaced);
  const kept = at < 0 ? marks : marks.slice(0, at) + marks.slice(at + length);
  return (kept + mark).slice(-most * length);
}

/** Whether a mark is among them. */
export function hasMark(marks: Marks, mark: string): boolean {
  return positionOf(marks, mark) >= 0;
}

/**
 * Whether a mark that was added after `seen` may have been pushed out of `marks` by later ones.
 *
 * @param seen - the marks of the record before the commit
 */
export function mayHaveRolled(marks: Marks, seen: Marks): boolean {
  if (marks.length < most * length) return false;
  for (let at = 0; at < marks.length; at += length) {
    if (hasMark(seen, marks.slice(at, at + length))) return false;
  }
  return true;
}

/** Whether a stored text holds marks. */
export function areMarks(value: unknown): boolean {
  return typeof value === 'string' && value.length % length === 0;
}

/** Where a mark begins; -1 if it is not among them. */
function positionOf(marks: Marks, mark: string): number {
  for (let at = 0; at < marks.length; at += length) if (marks.startsWith(mark, at)) return at;
  return -1;
}
