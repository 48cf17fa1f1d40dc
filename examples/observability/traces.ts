/** Spans of OpenTelemetry: one for each update, and one for each turn. */

import { type Attributes, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { isFsmError, type Machine } from '@telefsm/core';

/** The part of a framework's context that a span needs. */
interface UpdateContext {
  readonly update: { readonly update_id: number };
}

/**
 * Middleware that runs everything behind it in a span, so that spans of database drivers and HTTP clients become its children.
 *
 * Register it before `fsm()`, on either framework.
 */
export function traceUpdates(
  tracer: Tracer,
): (ctx: UpdateContext, next: () => Promise<void>) => Promise<void> {
  return (ctx, next) =>
    tracer.startActiveSpan('telegram update', async (span) => {
      span.setAttribute('telegram.update_id', ctx.update.update_id);
      try {
        await next();
      } catch (error) {
        span.recordException(`${error}`);
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
}

/** Adds a span for each turn, as a child of the update's span; a deadline or work from outside begins a trace of its own. */
export function traceTurns(machine: Pick<Machine, 'observe'>, tracer: Tracer): void {
  machine.observe('turn', ({ key, cause, waited, took, lateBy, error }) => {
    const end = Date.now();
    const attributes: Attributes = { 'telefsm.cause': cause, 'telefsm.waited_ms': waited };
    if (key !== undefined) attributes['telefsm.key'] = key;
    if (lateBy !== undefined) attributes['telefsm.late_by_ms'] = lateBy;
    // A turn is observed when it ends, in the async context of its update.
    const span = tracer.startSpan('telefsm turn', { startTime: end - took, attributes });
    if (error !== undefined) {
      span.recordException(`${error}`);
      if (isFsmError(error)) span.setAttribute('error.type', error.code);
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end(end);
  });
}
