/** Work that may take only so long, and what became of it. */

import type { Awaitable, Clock } from '@telefsm/core';
import { isPromise } from '@telefsm/core/scene-kit';

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
 * Synchronous work needs no timer, and its result is returned synchronously.
 *
 * @param limit - the time and the outer signal
 * @param work - gets a signal of its own
 */
export function within<T>(
  limit: Limit,
  work: (limited: Limited) => Awaitable<T>,
): Awaitable<Settled<T>> {
  const own = new OwnSignal(limit.outer);
  const settled = attempt(() => work(own));
  if ('then' in settled) return inTime(limit, own, settled);
  own.close();
  return settled;
}

async function inTime<T>(
  { clock, ms }: Limit,
  own: OwnSignal,
  settling: PromiseLike<Settled<T>>,
): Promise<Settled<T>> {
  let timer: unknown;
  const settled = await new Promise<Settled<T>>((resolve) => {
    if (ms > 0) {
      timer = clock.setTimeout(() => {
        // First the verdict, then the abort: work that rejects because of the abort is late, not failed.
        resolve({ kind: 'late' });
        own.abort(new Error(`The time limit of ${ms} ms has passed.`));
      }, ms);
    }
    settling.then(resolve);
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
    this.followed?.removeEventListener('abort', this);
  }

  private follow(signal: AbortSignal | undefined): void {
    this.followed = signal;
    if (signal?.aborted) this.handleEvent();
    else signal?.addEventListener('abort', this);
  }

  /** Forwards the outer abort. A listener that is an object needs no function for each input. */
  handleEvent(): void {
    this.abort(this.followed?.reason);
  }
}

/** Runs work and returns its outcome, synchronously if the work is synchronous. */
function attempt<T>(work: () => Awaitable<T>): Awaitable<Settled<T>> {
  try {
    const value = work();
    return isPromise(value) ? Promise.resolve(value).then(done, failed) : done(value);
  } catch (error) {
    return failed(error);
  }
}

function done<T>(value: T): Settled<T> {
  return { kind: 'done', value };
}

function failed(error: unknown): Settled<never> {
  return { kind: 'failed', error };
}
