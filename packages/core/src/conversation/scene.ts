/** A scene as other code enters it: an id, and the types of its input and result. */

import type { DeepReadonly } from '../base/type-tools.ts';

/** The types of a scene, for the compiler only; not present at run time. */
export interface SceneTypes {
  readonly data: object;
  readonly start: object;
  readonly params: object;
  readonly result: unknown;
  readonly services: object;
  /** The type of the conversation's session. */
  readonly session: object;
}
/** Anything that `fsm({ scenes })`, `enter` and `call` take: a node, a flow, a framework's `Scene`, a command tree. */
export interface AnyScene<Id extends string = string, T extends SceneTypes = SceneTypes> {
  readonly id: Id;
  readonly '~scene': { readonly types?: T };
}
type TypesOf<S> = S extends { readonly '~scene': { readonly types?: infer T } }
  ? Exclude<T, undefined>
  : never;
type TypeOf<S, K extends keyof SceneTypes> =
  TypesOf<S> extends infer T ? (K extends keyof T ? T[K] : never) : never;
/** The start data of a scene. */
export type StartOf<S> = DeepReadonly<TypeOf<S, 'start'>>;
/** The input of a scene's `enter` hook, which is never stored. */
export type ParamsOf<S> = TypeOf<S, 'params'>;
/** The result of a scene, which its caller gets. */
export type ResultOf<S> = DeepReadonly<TypeOf<S, 'result'>>;
/** Ids of the scenes among states. */
export type SceneIdIn<All> = All extends { readonly '~step': infer Id extends string }
  ? Id
  : All extends { readonly '~node': infer Id extends string }
    ? Id
    : never;
/** Transient input for the scene's `enter` hook, never stored; and where its view is shown. */
type Params<S> = ({} extends ParamsOf<S>
  ? { readonly params?: ParamsOf<S> }
  : { readonly params: ParamsOf<S> }) & {
  /** Shows the scene's view in a new message; the old one loses its buttons. */
  readonly fresh?: boolean;
};
/**
 * The arguments of `enter`, `goto` and `call` after the scene: its start data, then options. Each is optional when nothing in it is
 * required;
 * of a scene that is given by its id nothing is known.
 */
export type StartArgs<S, Options = {}> = [S] extends [string]
  ? [data?: object, options?: { readonly params?: object; readonly fresh?: boolean } & Options]
  : {} extends Params<S>
    ? {} extends StartOf<S>
      ? [data?: DeepReadonly<StartOf<S>>, options?: Params<S> & Options]
      : [data: DeepReadonly<StartOf<S>>, options?: Params<S> & Options]
    : [data: DeepReadonly<StartOf<S>>, options: Params<S> & Options];
/**
 * Where the result of a called scene goes.
 *
 * @typeParam Key - the keys of the caller's data, where they are known
 */
export interface CallOptions<Key extends string = string> {
  /** Key of the caller's data that takes the result; without it the result comes to the caller's `resume` hook. */
  readonly into?: Key;
}
