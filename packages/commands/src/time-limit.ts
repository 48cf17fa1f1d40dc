/** Work that may take only so long, and what became of it. */

import type { Awaitable, Clock } from '@telefsm/core';

/** The result of work with a time limit. It is a value, not a rejection, so that a falsy error counts too. */
export type Settled<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'late' };

/** How long work may take, and what else ends it. */
export interface Limit {
  readonly clock: Clock;
  /** 0 for no limit. */
  readonly ms: number;
  /** Where the outer signal is, if there is one; it aborts the work's own. The work itself decides when it ends. */
  readonly outer: { readonly signal?: AbortSignal | undefined };
}

/** The argument of work with a time limit. */
export interface Limited {
  /** Aborted when the time is over, or by the outer signal. Made when it is first read: most work never does. */
  readonly signal: AbortSignal;
}

/**
 * Runs work; when the time is over its signal is aborted and its result no longer waited for.
 *
 * @param limit - the time and the outer signal
 * @param work - gets a signal of its own
 */
export async function within<T>(
  limit: Limit,
  work: (limited: Limited) => Awaitable<T>,
): Promise<Settled<T>> {
  const { clock, ms, outer } = limit;
  const own = new OwnSignal(outer);
  let timer: unknown;
  const settled = await new Promise<Settled<T>>((resolve) => {
    if (ms > 0) {
      timer = clock.setTimeout(() => {
        // First the verdict, then the abort: work that rejects because of the abort is late, not failed.
        resolve({ kind: 'late' });
        own.abort(new Error(`The time limit of ${ms} ms has passed.`));
      }, ms);
    }
    void attempt(() => work(own)).then(resolve);
  });
  if (timer !== undefined) clock.clearTimeout(timer);
  own.close();
  return settled;
}

class OwnSignal implements Limited {
  private outer: Limit['outer'];
  private controller: AbortController | undefined;
  private followed: AbortSignal | undefined;
  private ended: { readonly reason: unknown } | undefined;

  constructor(outer: Limit['outer']) {
    this.outer = outer;
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.ended === undefined) this.follow(this.outer.signal);
      else this.controller.abort(this.ended.reason);
    }
    return this.controller.signal;
  }

  abort(reason: unknown): void {
    this.ended ??= { reason };
    this.controller?.abort(reason);
  }

  /** From here on nothing from outside aborts it any more. */
  close(): void {
    this.outer = {};
    this.followed?.removeEventListener('abort', this.forward);
  }

  private follow(signal: AbortSignal | undefined): void {
    this.followed = signal;
    if (signal?.aborted) this.forward();
    else signal?.addEventListener('abort', this.forward);
  }

  private readonly forward = () => this.abort(this.followed?.reason);
}

/** Runs work and returns its outcome. */
export async function attempt<T>(
  work: () => Awaitable<T>,
): Promise<Exclude<Settled<T>, { readonly kind: 'late' }>> {
  try {
    return { kind: 'done', value: await work() };
  } catch (error) {
    return { kind: 'failed', error };
  }
}
