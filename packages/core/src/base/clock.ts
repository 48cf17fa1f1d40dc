/** Time: the clock that a machine reads, and lengths of time as people write them. */

import { holds } from './holds.ts';
import { invalidOption } from './rules.ts';
import { shown } from './shown.ts';

/** The clock and the timers of a machine; tests pass a virtual one. */
export interface Clock {
  /** Milliseconds since 1970; used for deadlines only. */
  now(): number;
  /** Milliseconds from any beginning, which never go back and never jump; used for everything that is waited for. */
  monotonic(): number;
  /** Runs a task once after `ms` milliseconds; the result is for {@link Clock.clearTimeout}. */
  setTimeout(task: () => void, ms: number): unknown;
  /** Clears a task of {@link Clock.setTimeout}; one that has run, or is unknown, is no error. */
  clearTimeout(handle: unknown): void;
}

/** A length of time: milliseconds, or a text such as `"90s"`, `"10m"`, `"24h"`, `"7d"`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The longest length of time, in ms: 3,000 years. Databases have no dates for instants far beyond it. */
export const longestDuration = 1e14;

/**
 * Converts a `Duration` to milliseconds, at most 3,000 years.
 *
 * @param duration - the length; a negative or non-finite one is rejected
 * @param option - the name of the option it came from, for the message
 * @throws FsmError `INVALID_OPTION` for what is no length of time
 */
export function toMs(duration: Duration, option: string): number {
  const match =
    typeof duration === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration) : undefined;
  const ms = match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : duration;
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) {
    throw invalidOption(
      option,
      'milliseconds or a text such as "90s", "10m", "24h", "7d"',
      shown(duration),
    );
  }
  return Math.min(ms, longestDuration);
}

/** Beyond it a platform's timer runs immediately. A longer wait is split into several timers. */
const longestTimer = 0x7fff_ffff;

/** The machine's clock where none is handed in; its timers do not keep a Node process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout(task, ms) {
    const handle: unknown = setTimeout(task, Math.min(ms, longestTimer));
    if (holds(handle, 'unref')) {
      (handle as { unref(): void }).unref();
    }
    return handle;
  },
  clearTimeout: (handle) => clearTimeout(handle as never),
};
