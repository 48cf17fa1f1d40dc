/** Work that may take only so long, and what became of it. */

import type { Awaitable, Clock } from '@telefsm/core';

/** What became of the work; not a rejection, so that a falsy error is an error too. */
export type Settled<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'late' };

/** How long work may take, and what else ends it. */
export interface Limit {
  readonly clock: Clock;
  /** 0 for no limit. */
  readonly ms: number;
  /** Aborts the work's own signal; the work itself decides when it ends. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs work; when the time is over its signal is aborted and its result no longer waited for.
 *
 * @param limit - the time and the outer signal
 * @param work - gets a signal of its own
 */
export async function within<T>(
  limit: Limit,
  work: (signal: AbortSignal) => Awaitable<T>,
): Promise<Settled<T>> {
  const controller = new AbortController();
  const forward = () => controller.abort(limit.signal?.reason);
  if (limit.signal?.aborted) forward();
  limit.signal?.addEventListener('abort', forward);
  let timer: unknown;
  const late = new Promise<Settled<T>>((resolve) => {
    if (limit.ms === 0) return;
    timer = limit.clock.setTimeout(() => {
      // First the verdict, then the abort: work that rejects because of the abort is late, not failed.
      resolve({ kind: 'late' });
      controller.abort(new Error(`The time limit of ${limit.ms} ms has passed.`));
    }, limit.ms);
  });
  try {
    return await Promise.race([attempt(() => work(controller.signal)), late]);
  } finally {
    if (timer !== undefined) limit.clock.clearTimeout(timer);
    limit.signal?.removeEventListener('abort', forward);
  }
}

/** Runs work and tells what became of it. */
export async function attempt<T>(
  work: () => Awaitable<T>,
): Promise<Exclude<Settled<T>, { readonly kind: 'late' }>> {
  try {
    return { kind: 'done', value: await work() };
  } catch (error) {
    return { kind: 'failed', error };
  }
}
