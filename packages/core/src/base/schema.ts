/** Standard Schema: the types of the specification, and the two things that telefsm does with a schema. */

import type { Awaitable } from './type-tools.ts';

/**
 * The interface that zod, valibot, arktype and others share.
 *
 * Copied from the specification, version 1 (standardschema.dev), so that core depends on nothing.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The result of a schema: `issues` is `undefined` exactly if the value is valid. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Any Standard Schema validator (zod, valibot, arktype, …). */
export type Schema<In = unknown, Out = In> = StandardSchemaV1<In, Out>;

/** A schema that gives this, whatever it takes; as a constraint, where `unknown` would reject a schema that takes something. */
// biome-ignore lint/suspicious/noExplicitAny: whatever a schema takes; only what it gives matters
export type SchemaOf<Out> = Schema<any, Out>;

/** The output of a schema; `Else` if there is none. */
export type Out<S, Else> = S extends SchemaOf<infer O> ? (unknown extends O ? Else : O) : Else;

/** The input of a schema; `Else` if there is none. */
export type In<S, Else> =
  S extends Schema<infer I, unknown> ? (unknown extends I ? Else : I) : Else;

/** An object type; `{}` for anything else. */
export type Obj<T> = T extends object ? T : {};

/**
 * Makes a schema that lets everything through: it states a type without checking it.
 *
 * @example
 * ```ts
 * import { scene, typed } from '@telefsm/core';
 *
 * const Hello = scene('hello', { services: typed<{ t(key: string): string }>() }).on({
 *   handle: async ({ reply, services }) => void (await reply(services.t('hello'))),
 * });
 * ```
 */
export function typed<T>(): Schema<T, T> {
  return {
    '~standard': { version: 1, vendor: 'telefsm', validate: (value) => ({ value: value as T }) },
  };
}

/** Whether a value is a schema; arktype's are functions. */
export function isSchema(value: unknown): value is Schema {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    '~standard' in value
  );
}

/** Checks a value; synchronously if the schema is synchronous. */
export function check(schema: Schema, value: unknown): Awaitable<SchemaResult<unknown>> {
  return schema['~standard'].validate(value);
}

/** One line for each issue, with its path: `address.zip: too short`. */
export function describeIssues(issues: readonly SchemaIssue[]): readonly string[] {
  return issues.map(({ message, path }) => {
    const at = path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return at ? `${at}: ${message}` : message;
  });
}
