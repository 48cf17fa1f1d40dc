/** Nodes: framework-neutral scenes with stored data, which can redirect to each other. */

import { checkOption, checkOptions } from '#option-checks';
import { callable, length, oneOf, type Rule, schematic, textual } from '../base/rules.ts';
import type { In, Obj, Out, SchemaOf } from '../base/schema.ts';
import type { LeftOut } from '../base/type-tools.ts';
import type { AnyScene, SceneTypes } from '../conversation/scene.ts';
import { type AnyGroup, namesOf, type State } from '../conversation/states.ts';
import type { BeginsEmpty } from '../conversation/turn.ts';
import { type Accept, acceptable } from '../update/input.ts';
import { behaviorOfNode } from './node-behavior.ts';
import type {
  LooseHandlers,
  LooseOptions,
  NodeHandlers,
  NoHandlers,
  SceneOptions,
} from './node-handlers.ts';
import { ownState, sceneOf } from './own-state.ts';

/** A node that is declared but does nothing yet: `.on({ handle })` finishes it. */
export interface UnfinishedScene<Id extends string, T extends SceneTypes, A extends Accept> {
  /**
   * Finishes the node. One signature, not generic: so TypeScript has the node's type without looking at the handlers,
   * and they may name their own node and each other, also across files.
   */
  on(handlers: NodeHandlers<T, A>): SceneNode<Id, T>;
}
/** A framework-neutral node. */
export interface SceneNode<Id extends string, T extends SceneTypes>
  extends AnyScene<Id, T>,
    AnyGroup<State<Id, T['data']> & { readonly '~node': Id }> {}
/**
 * Declares a node: a scene with its own stored data. Define its behavior with `.on({ … })`.
 *
 * @param id - what storage keeps; also the id of the node's one state
 *
 * @example
 * ```ts
 * import { scene, typed } from '@telefsm/core';
 *
 * const Cart = scene('cart', { data: typed<{ items: string[] }>() }).on({
 *   enter: ({ data }) => `In your cart: ${data.items.join(', ') || 'nothing'}`,
 *   handle: ({ data, input, again }) => again({ items: [...data.items, input.text] }),
 * });
 * ```
 */
export function scene<
  const Id extends string,
  // without a default: a picker's parameter would lose its type; left out it is inferred as its constraint, with `undefined`
  const A extends Accept | undefined,
  D = undefined,
  P = undefined,
  R = undefined,
  N = undefined,
  S = undefined,
>(
  id: Id,
  options?: SceneOptions<
    (D & SchemaOf<object>) | undefined,
    (P & SchemaOf<object>) | undefined,
    (R & SchemaOf<unknown>) | undefined,
    (N & SchemaOf<object>) | undefined,
    A,
    (S & SchemaOf<object>) | undefined
  > & { readonly session?: BeginsEmpty<NoInfer<S>> | undefined } & NoHandlers,
): UnfinishedScene<
  Id,
  {
    data: Obj<Out<D, {}>>;
    start: Obj<In<D, {}>>;
    params: Obj<Out<P, {}>>;
    result: Out<R, unknown>;
    services: Obj<Out<N, {}>>;
    session: Obj<Out<S, {}>>;
  },
  LeftOut<A, Accept> extends true ? 'text' : Extract<A, Accept>
> {
  checkOption('id of the scene', id, textual);
  const accept = options?.accept ?? 'text';
  const known = {
    accept: acceptable,
    data: schematic,
    afterInput: oneOf('edit', 'resend'),
    deleteInput: oneOf(true, false),
    timeout: length,
    view: handler,
    enter: handler,
    handle: handler,
    resume: handler,
    leave: handler,
  };
  checkOptions(`${id} `, options ?? {}, known, 'params result services session was');
  const on = (handlers: LooseHandlers) => finished(id, { ...options, accept }, handlers);
  return { on } as never;
}

/** Handlers are not options: their types need those of the options first. */
const handler: Rule = { expected: 'it in .on({ … })', fits: () => false };

function finished(id: string, options: LooseOptions, handlers: LooseHandlers): AnyScene & AnyGroup {
  const must = handlers?.view === undefined ? 'handle' : 'view';
  checkOption(`${id} ${must}`, handlers?.[must], callable);
  const shows = handlers.view === undefined ? 'enter' : 'view';
  const rules = { handle: callable, resume: callable, timeout: callable, leave: callable };
  checkOptions(`${id} `, handlers, { [shows]: callable, ...rules }, '');
  const own = ownState(id, namesOf(options.was));
  return sceneOf(own, behaviorOfNode(id, own, options, handlers));
}
