/** How an error names a value that it cannot use: its kind, and of short ones what they are. */

/** Names a value in the middle of a sentence: `undefined`, `'Form'`, `an array`, `an instance of Map`. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`;
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return 'an array';
  const { constructor: made } = value;
  return typeof made !== 'function' || made === Object
    ? 'an object'
    : `an instance of ${made.name}`;
}
