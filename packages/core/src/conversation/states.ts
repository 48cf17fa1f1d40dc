/** States and groups of states: values with an id, typed by what is known while a conversation is in them. */

import { checkOption } from '#option-checks';
import { FsmError } from '../base/errors.ts';
import { holds } from '../base/holds.ts';
import { noData } from '../base/json.ts';
import { checkName, invalidTarget, schematic } from '../base/rules.ts';
import { isSchema, type Schema, type SchemaOf } from '../base/schema.ts';
import { shown } from '../base/shown.ts';
import type { Complaint, Storable } from '../base/type-tools.ts';

/** One state. Its id is what storage keeps. */
export interface State<Id extends string = string, Data extends object = object> {
  readonly id: Id;
  /** The type of the data; at run time its schema, former ids and group. */
  readonly '~data': Data;
}

/** No state. */
export interface NoState {
  readonly id: null;
  readonly '~data': {};
}

/** A state or none. */
export type AnyState = State | NoState;

/** A value that contains states: a group, a scene or a flow. */
export interface AnyGroup<S extends State = State> {
  readonly '~group': { readonly id: string; readonly states: readonly S[] };
}

/** The result of {@link state}, before its group names it. */
export interface StateSpec<Data extends object = object> {
  readonly '~spec': { readonly data?: Data };
}

/** The shape given to {@link states}. */
export interface StateTree {
  readonly [name: string]: StateSpec | StateTree;
}

/** A shape that is `any` may contain any states; looking into it would never end. */
type IsAny<T> = 0 extends 1 & T ? true : false;
type Members<Path extends string, T extends StateTree> =
  true extends IsAny<T>
    ? { readonly [name: string]: State<`${Path}:${string}`> }
    : {
        readonly [K in keyof T & string]: T[K] extends StateSpec<infer D>
          ? State<`${Path}:${K}`, D>
          : T[K] extends StateTree
            ? Group<`${Path}.${K}`, T[K]>
            : never;
      };
type StatesOfTree<Path extends string, T extends StateTree> =
  true extends IsAny<T>
    ? State<`${Path}:${string}`>
    : {
        [K in keyof T & string]: T[K] extends StateSpec<infer D>
          ? State<`${Path}:${K}`, D>
          : T[K] extends StateTree
            ? StatesOfTree<`${Path}.${K}`, T[K]>
            : never;
      }[keyof T & string];

/** A named group of states; its members are its properties. */
export type Group<Path extends string = string, T extends StateTree = StateTree> = Members<
  Path,
  T
> &
  AnyGroup<StatesOfTree<Path, T>>;

/** Rejects, with a sentence, a name that would make ids ambiguous. */
export type GoodName<N extends string> = N extends `${string}.${string}` | `${string}:${string}`
  ? Complaint<`The name of a group cannot contain '.' or ':'. Nest it in another group instead of '${N}'.`>
  : unknown;

/** Options of a state. */
export interface StateOptions {
  /** Ids under which older deploys stored this state. */
  readonly was?: string | readonly string[];
}

/** The run-time view of a state. */
export interface StateDefinition {
  readonly schema: Schema | undefined;
  readonly was: readonly string[];
  /** Ids of the groups around it, innermost first. */
  readonly groups: readonly string[];
  /** The states of its group, in declaration order. */
  readonly siblings: readonly State[];
}

interface SpecFacts {
  readonly schema: Schema | undefined;
  readonly was: readonly string[];
  /** The id under which a group has taken it. */
  boundTo?: string;
}

/**
 * Declares a state.
 *
 * Without a type, the data may be anything, and reading it is untyped. With a schema (any Standard Schema
 * validator) data is checked when it is read back.
 */
export function state(options?: StateOptions): StateSpec<{}>;
/** Declares a state whose data has a type that you name; nothing checks it at run time. */
export function state<Data extends object & { [K in keyof Data]: Storable<Data[K]> }>(
  options?: StateOptions,
): StateSpec<Data>;
/** Declares a state whose data is checked by `schema` when it is read back. */
export function state<Out extends object>(
  schema: SchemaOf<Out> & ([Out] extends [Storable<Out>] ? unknown : Storable<Out>),
  options?: StateOptions,
): StateSpec<Out>;
export function state(first?: object, second?: StateOptions): StateSpec<never> {
  const schema = isSchema(first) ? first : undefined;
  const options = schema ? second : (first as StateOptions | undefined);
  // a value that is not a schema would check nothing, silently
  if (!schema && Object.keys(first ?? {}).some((name) => name !== 'was'))
    checkOption('state()', first, schematic);
  const facts: SpecFacts = { schema, was: namesOf(options?.was) };
  return { '~spec': facts as object as { readonly data?: never } };
}

/**
 * Declares a group of states.
 *
 * @param name - the first part of every id below; holds no `.` and no `:`
 * @param tree - states by name, and nested groups by name
 * @throws FsmError `INVALID_NAME` for a name that would make ids ambiguous, `STATE_REUSED` for a state() that already has a name
 *
 * @example
 * ```ts
 * import { state, states } from '@telefsm/core';
 *
 * const Form = states('Form', {
 *   name: state(),
 *   age: state<{ name: string }>(),
 *   Address: { city: state(), street: state() },
 * });
 * Form.Address.city.id; // "Form.Address:city"
 * ```
 */
export function states<const Name extends string, const T extends StateTree>(
  name: Name & GoodName<Name>,
  tree: T,
): Group<Name, T> {
  checkName(name, 'a group');
  return build(name, tree, []) as unknown as Group<Name, T>;
}

function build(path: string, tree: StateTree, around: readonly string[]): AnyGroup {
  const own: State[] = [];
  const all: State[] = [];
  const groups = [path, ...around];
  const group: Record<string, unknown> = {};
  if (typeof tree !== 'object' || tree === null)
    throw invalidTarget(
      `states('${around[0] ?? path}')`,
      '`state()`, or an object of them',
      shown(tree),
    );
  for (const [name, member] of Object.entries(tree)) {
    checkName(name, `a member of '${path}'`);
    if (isState(member)) {
      throw new FsmError('STATE_REUSED', { first: member.id, second: `${path}:${name}` });
    }
    if (isStateSpec(member)) {
      const made = bind(`${path}:${name}`, member, groups, own);
      own.push(made);
      all.push(made);
      define(group, name, made);
    } else {
      const nested = build(`${path}.${name}`, member, groups);
      all.push(...nested['~group'].states);
      define(group, name, nested);
    }
  }
  define(group, '~group', { id: path, states: Object.freeze(all) });
  return Object.freeze(group) as unknown as AnyGroup;
}

/** Whether a value is a state with its id. */
export function isState(value: unknown): value is State {
  return holds(value, '~data') && holds(value, 'id');
}

/** `defineProperty`, so that a member named `__proto__` is a member. */
function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: name !== '~group' });
}

function bind(id: string, spec: StateSpec, groups: readonly string[], siblings: State[]): State {
  const facts = spec['~spec'] as unknown as SpecFacts;
  if (facts.boundTo !== undefined) {
    throw new FsmError('STATE_REUSED', { first: facts.boundTo, second: id });
  }
  facts.boundTo = id;
  return makeState(id, { schema: facts.schema, was: facts.was, groups, siblings });
}

/** Makes a state with its facts; scenes and flows make theirs with it too. */
export function makeState(id: string, facts: StateDefinition): State {
  return Object.freeze({ id, '~data': facts, toString: () => id, toJSON: () => id });
}

/** The run-time view of a state. */
export function definitionOf(state: State): StateDefinition {
  return state['~data'] as StateDefinition;
}

/** Whether a value is a state() that no group has named yet. */
export function isStateSpec(value: unknown): value is StateSpec {
  return holds(value, '~spec');
}

/** One name or several, as a list. */
export function namesOf(names: string | readonly string[] | undefined): readonly string[] {
  return names === undefined ? [] : typeof names === 'string' ? [names] : names;
}

/** Every state of a group, once, in declaration order. */
export function statesOf<S extends State>(group: AnyGroup<S>): readonly S[] {
  return group['~group'].states;
}

/** Whether a state, a nested group or an id lies below a group. */
export function contains(group: AnyGroup, what: State | AnyGroup | string): boolean {
  const { id: path, states: all } = group['~group'];
  if (typeof what === 'string') return all.some((member) => member.id === what);
  if (holds(what, '~group')) {
    const inner = what['~group'];
    return inner.id.startsWith(`${path}.`) && inner.states.every((s) => all.includes(s));
  }
  return all.some((member) => member.id === what?.id);
}

/** Matches only when there is no state. */
export const noState: NoState = /* @__PURE__ */ Object.freeze({ id: null, '~data': noData });

/** The data of a state. */
export type DataOf<S> = S extends { readonly '~data': infer D } ? D : {};
/** The id of a state. */
export type IdOf<S> = S extends { readonly id: infer Id } ? Id : never;
