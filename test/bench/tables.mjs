/** Tables in Markdown. */

/**
 * @param head - names of the columns
 * @param rows - cells as text
 */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const ruler = head.map((_, at) => (at === 0 ? '---' : '---:'));
  return [line(head), line(ruler), ...rows.map(line)].join('\n');
}

/** A number with so many digits behind the point; a dash for none. */
export const digits = (number, count = 1) =>
  number === undefined || Number.isNaN(number) ? '–' : number.toFixed(count);

/** A median with its range. */
export const ranged = (numbers, count = 1) =>
  numbers === undefined
    ? '–'
    : `${digits(numbers.median, count)} (${digits(numbers.low, count)}–${digits(numbers.high, count)})`;

/** A count a second, in thousands beyond them. */
export const rate = (number) =>
  number === undefined
    ? '–'
    : number >= 1000
      ? `${(number / 1000).toFixed(1)}k`
      : number.toFixed(0);
