/** Nodes: framework-neutral scenes with their own persisted data, which pass to each other. */

import { type Duration, toMs } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import { holds } from '../base/holds.ts';
import type { JsonObject } from '../base/json.ts';
import { callable, checkOption, checkOptions, schematic, textual } from '../base/rules.ts';
import { check, describeIssues, isSchema, type Schema, type SchemaOf } from '../base/schema.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { burstTimer, type SceneBehaviour, type SceneRun } from '../conversation/behaviour.ts';
import type { Say, Sent } from '../conversation/say.ts';
import type { AnyScene, ResultOf, SceneTypes } from '../conversation/scene.ts';
import { type AnyGroup, makeState, namesOf, type State } from '../conversation/states.ts';
import type { Stream } from '../conversation/stream.ts';
import type { LeaveReason } from '../conversation/turn.ts';
import { sceneEngine } from '../engine/engine.ts';
import {
  type Accept,
  type Accepted,
  acceptable,
  acceptInput,
  type InputKind,
  type UserInput,
} from '../update/input.ts';
import { collect, takeBurst } from './burst.ts';
import { apply, type Next, nodeTurn, type SceneTurn } from './node-turn.ts';

/** What a node keeps, takes and needs. */
export interface SceneOptions<D, P, R, N, A> {
  /** Persisted data: any Standard Schema, checked when it is read back; or `typed<T>()`. */
  readonly data?: D;
  /** Transient input of `enter`/`goto`; reaches the `enter` hook, never stored. */
  readonly params?: P;
  readonly result?: R;
  /** What it needs from `fsm({ services })`. */
  readonly services?: N;
  /** What `handle` takes; other updates pass on to the bot. Default `"text"`. */
  readonly accept?: A;
  readonly was?: string | readonly string[];
  readonly timeout?: Duration;
}
type Out<S, Else> = S extends SchemaOf<infer O> ? (unknown extends O ? Else : O) : Else;
type In<S, Else> = S extends Schema<infer I, unknown> ? (unknown extends I ? Else : I) : Else;
type Obj<T> = T extends object ? T : {};
type InputOf<A> = A extends InputKind
  ? UserInput<A>
  : A extends readonly (infer K extends InputKind)[]
    ? UserInput<K>
    : UserInput;
/** What a node does. */
export interface NodeHandlers<T extends SceneTypes, A extends Accept> {
  /** Its prompt: runs after the commit; what it returns is said, or it speaks by `reply`. */
  readonly enter?: (
    turn: SceneTurn<T> & { readonly params: T['params'] },
  ) => Awaitable<Say | Sent | Stream | void>;
  /** Input that it accepts. Returns where to go; nothing stays, silently. */
  readonly handle: (
    turn: SceneTurn<T> & { readonly input: InputOf<A>; readonly answer: Accepted<A> },
  ) => Next;
  /** A scene it called has left. Without it, `enter` runs. */
  readonly resume?: (
    turn: SceneTurn<T> & {
      readonly resultOf: <S extends AnyScene>(scene: S) => ResultOf<S> | undefined;
    },
  ) => Next;
  readonly timeout?: (turn: SceneTurn<T>) => Next;
  readonly leave?: (
    turn: SceneTurn<T> & { readonly reason: LeaveReason },
  ) => Awaitable<Say | Sent | void>;
}
/** A node that is declared but does nothing yet: `.on({ handle })` finishes it. */
export interface UnfinishedScene<Id extends string, T extends SceneTypes, A extends Accept> {
  /**
   * Finishes the node. One signature, not generic: so TypeScript knows the node's type without looking at the handlers,
   * and they may name their own node and each other, also across files.
   */
  on(handlers: NodeHandlers<T, A>): SceneNode<Id, T>;
}
/** A framework-neutral node. */
export interface SceneNode<Id extends string, T extends SceneTypes>
  extends AnyScene<Id, T>,
    AnyGroup<State<Id, T['data']> & { readonly '~node': Id }> {}
/**
 * Declares a node: a place in a conversation with its own persisted data. `.on({ … })` says what it does.
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
  D = undefined,
  P = undefined,
  R = undefined,
  N = undefined,
  const A extends Accept = 'text',
>(
  id: Id,
  options?: SceneOptions<
    (D & SchemaOf<object>) | undefined,
    (P & SchemaOf<object>) | undefined,
    (R & SchemaOf<unknown>) | undefined,
    (N & SchemaOf<object>) | undefined,
    A
  >,
): UnfinishedScene<
  Id,
  {
    data: Obj<Out<D, {}>>;
    start: Obj<In<D, {}>>;
    params: Obj<Out<P, {}>>;
    result: Out<R, unknown>;
    services: Obj<Out<N, {}>>;
  },
  A
> {
  checkOption('id of the scene', id, textual);
  const accept = (options?.accept ?? 'text') as A;
  const known = { accept: acceptable, data: schematic };
  checkOptions(`${id} `, options ?? {}, known, 'params result services was timeout');
  const on = (handlers: LooseHandlers) => finished(id, accept, options ?? {}, handlers);
  return { on } as never;
}

type LooseOptions = SceneOptions<unknown, unknown, unknown, unknown, Accept>;
// biome-ignore lint/suspicious/noExplicitAny: handlers of any node
type LooseHandlers = NodeHandlers<any, any>;

function finished(
  id: string,
  accept: Accept,
  options: LooseOptions,
  handlers: LooseHandlers,
): AnyScene & AnyGroup {
  checkOption(`${id} handle`, handlers?.handle, callable);
  checkOptions(`${id} `, handlers, {}, 'enter handle resume timeout leave');
  const groups = [id];
  const siblings: State[] = [];
  const own = makeState(id, { schema: undefined, was: namesOf(options.was), groups, siblings });
  siblings.push(own);
  const behaviour = behaviourOfNode(id, own, accept, options, handlers);
  return Object.freeze({
    id,
    '~scene': behaviour as never,
    '~group': { id, states: Object.freeze([own]) },
  });
}

/** The timer of a node's `timeout`. */
const timeoutTimer = 'node';

function behaviourOfNode(
  id: string,
  own: State,
  accept: Accept,
  options: LooseOptions,
  handlers: LooseHandlers,
): SceneBehaviour {
  const after = options.timeout === undefined ? undefined : toMs(options.timeout, 'timeout');
  const schema = isSchema(options.data) ? options.data : undefined;
  const go = async (run: SceneRun, next: Next) => {
    const returned: unknown = await next;
    if (returned === undefined) return;
    if (!holds(returned, '~transition')) {
      throw new FsmError('INVALID_TRANSITION', { scene: id, returned: String(returned) });
    }
    apply(returned as never, run);
  };
  const { resume, timeout, leave } = handlers;
  return {
    engine: sceneEngine,
    was: namesOf(options.was),
    states: [own],
    settable: false,
    timed: after !== undefined,
    served: options.services !== undefined,
    first: () => id,
    ...(schema && {
      async check(data) {
        const result = await check(schema, data);
        if (result.issues === undefined) return result.value as JsonObject;
        throw new FsmError('DATA_INVALID', { state: id, issues: describeIssues(result.issues) });
      },
    }),
    async ask(run, params) {
      if (after !== undefined) run.arm(timeoutTimer, after);
      return () => handlers.enter?.(nodeTurn(run, { params }));
    },
    async handle(run, next) {
      const { input } = run;
      const answer = input && !input.edited ? await acceptInput(accept, input) : undefined;
      if (input === undefined || answer === undefined) return next();
      if (run.defaults.burst !== undefined && collect(run, input)) return;
      await go(run, handlers.handle(nodeTurn(run, { input, answer }) as never));
    },
    ...(resume && {
      resume: (run, result, of) =>
        go(
          run,
          resume(
            nodeTurn(run, {
              resultOf: (scene: AnyScene) => (scene.id === of ? result : undefined) as never,
            }),
          ),
        ),
    }),
    async timeout(run, timer) {
      if (timer === burstTimer) {
        const { data } = run;
        const burst = takeBurst(run);
        const answer = burst && (await acceptInput(accept, burst.input));
        if (burst === undefined || answer === undefined) return;
        const { turn, input } = burst;
        await go(run, handlers.handle(nodeTurn({ turn, data }, { input, answer }) as never));
      } else if (timeout === undefined) run.leave('timeout');
      else await go(run, timeout(nodeTurn(run, {})));
    },
    ...(leave && {
      async leave(run, reason) {
        const said = await leave(nodeTurn(run, { reason }));
        if (said != null) run.say(said);
      },
    }),
    describe: () => ({ kind: 'node', accepts: describeAccept(accept), timeout: after }),
  };
}

function describeAccept(accept: Accept): unknown {
  return typeof accept === 'function' ? 'picker' : accept;
}
