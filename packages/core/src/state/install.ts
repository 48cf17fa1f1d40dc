/** Where an adapter puts the FSM of an update on the framework's context, and how it finds it there. */

import { installError } from '../base/area-errors.ts';
import { holds } from '../base/holds.ts';
import { invalidOption } from '../base/rules.ts';
import type { FsmContext } from '../conversation/context.ts';
import type { MachineFacts } from './context.ts';

/**
 * Makes the use of properties an error that names the fix, as long as no FSM is installed there: in handlers above `fsm()`.
 *
 * Only for the names that an adapter uses by default: contexts of all bots in this process share the prototype.
 *
 * @param prototype - of the framework's contexts. What it has already stays
 */
export function reserve(prototype: object, ...properties: readonly string[]): void {
  for (const property of properties) {
    if (property in prototype) continue;
    const value = placeholders.get(property) ?? missing(property);
    placeholders.set(property, value);
    Object.defineProperty(prototype, property, { value, writable: true, configurable: true });
  }
}

/** The values of reserved properties: every update compares with them. */
const placeholders = /* @__PURE__ */ new Map<string, object>();

/** A value whose members throw. Not a getter: contexts get the FSM by plain assignment, which costs an update nothing. */
function missing(property: string): object {
  const reject = (): never => {
    throw installError('NOT_INSTALLED', property);
  };
  const get = (_target: object, member: string | symbol) => {
    // a value that is awaited, printed or compared is asked for these
    const isUse = typeof member === 'string' && member !== 'then' && member !== 'toJSON';
    return isUse ? reject() : undefined;
  };
  return new Proxy({ [reserved]: true }, { get, set: reject });
}

/** Marks the value of a reserved property; the same for every copy of this package. */
const reserved = Symbol.for('telefsm.reserved');

/**
 * Rejects a property of the framework's context that is not free ({@link isFree}), before an FSM is put there.
 *
 * @throws FsmError `INSTALLED_TWICE`, `PROPERTY_TAKEN`
 */
export function rejectTaken(ctx: object, property: string): void {
  const found = descriptorIn(ctx, property);
  // a class that declares the property without `declare` has it, with nothing in it
  if (found !== undefined && 'value' in found && found.value === undefined && found.configurable) {
    return;
  }
  if ('~matches' in Object(found?.value)) throw installError('INSTALLED_TWICE', property);
  throw installError('PROPERTY_TAKEN', property);
}

/** For each framework's contexts, where the machines of this process put their FSMs. Most bots have one machine. */
const properties = /* @__PURE__ */ new WeakMap<object, Set<string>>();

/**
 * Where machines put their FSMs on contexts of one framework, for {@link rejectOneNamespace}. It grows as machines are made.
 *
 * @param prototype - of the framework's contexts
 */
export function propertiesOf(prototype: object): Set<string> {
  let found = properties.get(prototype);
  if (found === undefined) {
    found = new Set();
    properties.set(prototype, found);
  }
  return found;
}

/**
 * Rejects a second machine under the namespace of the first, if they share a storage or both have scenes.
 *
 * Keys or buttons of one would be taken for those of the other.
 *
 * @param others - the properties of all machines, this one's too
 * @throws FsmError `INVALID_OPTION`
 */
export function rejectOneNamespace(
  ctx: object,
  property: string,
  others: ReadonlySet<string>,
  namespace: string,
  own: MachineFacts,
): void {
  for (const other of others) {
    // a property that a class declares may be a getter, which fails for some updates
    if (other === property || !Object.hasOwn(ctx, other)) continue;
    const found: unknown = Reflect.get(ctx, other);
    if (!holds(found, '~machine')) continue;
    const { key } = found as unknown as FsmContext;
    if (!key?.startsWith(`${namespace}:`)) continue;
    const { storage, hasScenes } = found['~machine'] as MachineFacts;
    if (storage !== own.storage && !(hasScenes && own.hasScenes)) continue;
    const taken = `'${namespace}', which the machine at ctx.${other} has too`;
    throw invalidOption('namespace', 'a different one for each machine of a bot', taken);
  }
}

/** Whether a context has nothing at a property: `in` is true for a reserved one too. */
export function isFree(ctx: object, property: string): boolean {
  let found: unknown;
  try {
    found = Reflect.get(ctx, property);
  } catch {
    // a getter of the bot's own
    return false;
  }
  if (found === undefined) return !(property in ctx);
  // reserved by this copy of the package, or by another one
  return (
    found === placeholders.get(property) ||
    (typeof found === 'object' && found !== null && reserved in found)
  );
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
  throw installError('NOT_INSTALLED', property);
}

/** The FSM at a property of a context; `undefined` if nothing is there, or what the bot or another library uses the name for. */
export function fsmAt(ctx: object, property: string): FsmContext | undefined {
  try {
    return isFree(ctx, property) ? undefined : installedAt(ctx, property);
  } catch {
    return undefined;
  }
}

function descriptorIn(ctx: object, property: string): PropertyDescriptor | undefined {
  for (let at: object | null = ctx; at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, property);
    if (found !== undefined) return found;
  }
  return undefined;
}
