/** Where an adapter puts the FSM of an update on the framework's context, and how it finds it there. */

import { FsmError } from '../base/errors.ts';
import type { FsmContext } from '../conversation/context.ts';

/**
 * Refuses a property of the framework's context before an FSM is put there.
 *
 * @throws FsmError `INSTALLED_TWICE`, `PROPERTY_TAKEN`
 */
export function refuseTaken(ctx: object, property: string): void {
  if (!(property in ctx)) return;
  const own = Object.getOwnPropertyDescriptor(ctx, property);
  // a class that declares the property without `declare` has it, with nothing in it
  if (own !== undefined && 'value' in own && own.value === undefined && own.configurable) return;
  if ('~matches' in Object(own?.value)) throw new FsmError('INSTALLED_TWICE', { property });
  throw new FsmError('PROPERTY_TAKEN', { property });
}

/** Puts an FSM on a context. It prints and serializes as nothing, so that logs of a context are as before. */
export function install(ctx: object, property: string, value: FsmContext): void {
  (ctx as Record<string, FsmContext>)[property] = value;
}

/**
 * The FSM at a property of a context, also one of another copy of this package.
 *
 * @throws FsmError `NOT_INSTALLED`
 */
export function installedAt(ctx: object, property: string): FsmContext {
  const found: unknown = Reflect.get(ctx, property);
  if (typeof found === 'object' && found !== null && '~matches' in found) {
    return found as unknown as FsmContext;
  }
  throw new FsmError('NOT_INSTALLED', { property });
}
