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

/**
 * The mark of a commit: 36 bits of a hash, as six characters.
 *
 * @param token - of the attempt
 * @param fence - the fence that the commit spends
 */
export function markOf(token: string, fence: number): string {
  const text = `${token}@${fence}`;
  let [first, second] = [0x811c9dc5, 0x811c9dc5];
  // multiplies like FNV-1a
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    first = Math.imul(first ^ unit, 0x01000193);
    second = Math.imul(second ^ unit, 0x85ebca77);
  }
  return half(first) + half(second);
}

/** Half of a mark. It mixes like the end of MurmurHash3. */
function half(hash: number): string {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  bits ^= bits >>> 16;
  return `${letter(bits)}${letter(bits >>> 6)}${letter(bits >>> 12)}`;
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
