/** The words of the test runners of Telegraf (AVA) and grammY (Deno), said with vitest. */
import { isDeepStrictEqual } from 'node:util';
import { expect, test, vi } from 'vitest';

export { describe, it } from 'vitest';

interface Assertions {
  pass(): void;
  plan(count: number): void;
  deepEqual(actual: unknown, expected: unknown): void;
  notThrowsAsync(promise: Promise<unknown>): Promise<void>;
}

/** AVA's `test`: it fails a test without assertions, and one whose plan is not kept. */
export function ava(name: string, run: (t: Assertions) => unknown): void {
  test(name, async () => {
    let made = 0;
    let planned: number | undefined;
    await run({
      pass: () => void made++,
      plan: (count) => {
        planned = count;
      },
      deepEqual(actual, expected) {
        made++;
        expect(actual).toStrictEqual(expected);
      },
      async notThrowsAsync(promise) {
        made++;
        await promise;
      },
    });
    if (planned === undefined) expect(made).toBeGreaterThan(0);
    else expect(made).toBe(planned);
  });
}

export function assert(value: unknown): void {
  expect(value).toBeTruthy();
}

export function assertEquals(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

export function assertThrows(run: () => unknown): void {
  expect(run).toThrow();
}

export async function assertRejects(run: () => Promise<unknown>): Promise<void> {
  await expect(run()).rejects.toThrow();
}

interface Call {
  readonly args: readonly unknown[];
  readonly returned: unknown;
}

/** Deno's `spy`: the function, with the calls made so far. */
export function spy<A extends readonly unknown[], R>(run: (...parameters: A) => R) {
  const calls: Call[] = [];
  const spied = (...parameters: A): R => {
    const returned = run(...parameters);
    calls.push({ args: parameters.map((one) => structuredCloneable(one)), returned });
    return returned;
  };
  return Object.assign(spied, { calls });
}

/** Contexts hold functions; what is stored is compared as it was then. */
function structuredCloneable(value: unknown): unknown {
  try {
    return Object.getPrototypeOf(value) === Object.prototype && !('chatId' in Object(value))
      ? structuredClone(value)
      : value;
  } catch {
    return value;
  }
}

/** Deno's `FakeTime`. */
export class FakeTime {
  constructor() {
    vi.useFakeTimers();
  }
  async tickAsync(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
  }
  async nextAsync(): Promise<void> {
    await vi.advanceTimersToNextTimerAsync();
  }
  async runAllAsync(): Promise<void> {
    await vi.runAllTimersAsync();
  }
  async runMicrotasks(): Promise<void> {
    await vi.advanceTimersByTimeAsync(0);
  }
  [Symbol.dispose](): void {
    vi.useRealTimers();
  }
}
