/** Types that other types are made of; nothing here exists at run time. */

/** A value or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>;

/** Flattens an intersection so that editors show one plain object. */
export type Simplify<T> = { [K in keyof T]: T[K] } & {};

/** A value that may be changed at any depth: what `ctx.state.edit()` hands out. */
export type Draft<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends object
    ? { -readonly [K in keyof T]: Draft<T[K]> }
    : T;

/** A value that may not be changed at any depth: the type of all data that telefsm hands out. */
export type DeepReadonly<T> = T extends
  | string
  | number
  | boolean
  | null
  | undefined
  | ((...parameters: never[]) => unknown)
  ? T
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** Takes nothing, so that its sentence becomes the compiler's message. */
export interface Complaint<Sentence extends string> {
  readonly '~complaint': Sentence;
}

/**
 * Whether a type parameter was left out, given what it is inferred as then: its constraint, with `undefined`.
 *
 * Without `strictNullChecks` every type has `undefined`, so there only the constraint decides.
 */
export type LeftOut<Given, Constraint> = undefined extends object
  ? [Constraint] extends [Given]
    ? true
    : false
  : undefined extends Given
    ? true
    : false;

/** Turns `A | B` into `A & B`. */
export type UnionToIntersection<U> = (U extends unknown ? (x: U) => void : never) extends (
  x: infer I,
) => void
  ? I
  : never;

/** Values that JSON cannot represent. */
type NotJson =
  | Date
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | bigint
  | symbol
  | ((...parameters: never[]) => unknown)
  | ArrayBufferView;

/** Whether code may return a boolean or nothing: then it tests where it should convert, or lacks a `return`. */
export type IsUnanswered<V> = unknown extends V
  ? false
  : [Extract<V, boolean | void | undefined>] extends [never]
    ? false
    : true;

/** Rejects what JSON has no form for. */
export type NotStorable =
  Complaint<'Conversations are stored as JSON: store a Date as text or number, a Map or Set as an object or array, and no functions.'>;

/**
 * A type that a conversation can store: JSON.
 *
 * A `Date` would come back as text after a restart, so it is rejected by the compiler and not noticed in production.
 */
export type Storable<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends NotJson
    ? NotStorable
    : T extends object
      ? { [K in keyof T]: Storable<T[K]> }
      : T;
