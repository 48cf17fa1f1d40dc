/** Notifies waiters when a conversation was granted to them, also by another process. */

import type { Statements } from './statements.ts';

/** The tokens of this process that wait. */
export interface WakeUps {
  /** Whether a notification would reach a waiter; if not, no conversation may be granted. */
  readonly notified: boolean;
  listen(listener: (token: string, fence: number) => void): () => void;
  /** From now on looks whether the token has the lease. */
  await(token: string, key: string): void;
  /** The token has the lease, as this process has seen by itself. */
  granted(token: string, fence: number): void;
  /** Looks no more for a token that has come by itself. */
  forget(token: string): void;
  close(): void;
}

/** Each look without news comes twice as late as the last, in ms. */
const firstLook = 1;
const lastLook = 20;
/** Every so many looks asks even without news, since a change by this very connection counts as none. */
const asksAnyway = 10;
/** Core asks again every two seconds while it waits; who has not for so long waits no more, in ms. */
const forgottenAfter = 10_000;

/**
 * Looks at the file's change counter while somebody waits, and only then.
 *
 * A look costs some microseconds and no lock; SQLite has no notifications.
 */
export function wakeUps(statements: Statements): WakeUps {
  const listeners = new Set<(token: string, fence: number) => void>();
  const waiting = new Map<string, { readonly key: string; readonly since: number }>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let version: unknown;

  function look(delay: number, looks: number): void {
    timer = setTimeout(() => {
      timer = undefined;
      const changed = news() || looks % asksAnyway === 0;
      if (changed) ask();
      if (waiting.size > 0) look(changed ? firstLook : Math.min(2 * delay, lastLook), looks + 1);
    }, delay);
  }

  function news(): boolean {
    const last = version;
    version = attempt(() => (statements.version.get() as { data_version: unknown }).data_version);
    return version !== last;
  }

  function ask(): void {
    for (const [token, { key, since }] of waiting) {
      const row = attempt(() => statements.holder.get(key)) as
        | { readonly owner: unknown; readonly fence: number | bigint }
        | undefined;
      const over = row?.owner === token || since + forgottenAfter < performance.now();
      if (over) waiting.delete(token);
      if (row?.owner === token) notify(token, Number(row.fence));
    }
  }

  function notify(token: string, fence: number): void {
    for (const listener of [...listeners]) listener(token, fence);
  }

  return {
    get notified() {
      return listeners.size > 0;
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    await(token, key) {
      waiting.set(token, { key, since: performance.now() });
      if (timer === undefined) look(firstLook, 1);
    },
    granted(token, fence) {
      // Not at once: the process that releases is in the middle of a call.
      if (waiting.delete(token)) setImmediate(notify, token, fence);
    },
    forget: (token) => void waiting.delete(token),
    close() {
      clearTimeout(timer);
      waiting.clear();
      listeners.clear();
    },
  };
}

/** A busy file is no news; the next look will see. */
function attempt<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
