/** Lengths of time as people read them. */

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** Writes a length of time with at most two units: `1 h 30 min`. */
export function readableTime(ms: number): string {
  let rest = Math.round(ms);
  if (rest < 1000) return `${rest} ms`;
  const parts: string[] = [];
  for (const [name, length] of units) {
    const count = Math.floor(rest / length);
    if (count > 0 && parts.length < 2) parts.push(`${count} ${name}`);
    // a second unit is its neighbor or none: `1 d 3 s` says more than anybody knows
    else if (parts.length === 1) break;
    rest -= count * length;
  }
  return parts.join(' ');
}
