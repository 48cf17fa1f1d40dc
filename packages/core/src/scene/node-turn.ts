/** The turn that a node's handlers get, and the verbs by which they say where to go. */

import type { Awaitable, DeepReadonly } from '../base/type-tools.ts';
import type { SceneRun } from '../conversation/behaviour.ts';
import type { AnyScene, CallOptions, SceneTypes, StartArgs } from '../conversation/scene.ts';
import type { Turn } from '../conversation/turn.ts';

/** Where a handler leads. Made by the verbs of its turn; returning nothing stays, silently. */
export interface Transition {
  readonly '~transition': true;
}
/** What a node's handler returns. */
export type Next = Awaitable<Transition | void>;

/** The turn of a scene's handlers, with its verbs. They need no `this`: destructure them. */
export interface SceneTurn<T extends SceneTypes> extends Turn<T['services']> {
  readonly data: DeepReadonly<T['data']>;
  readonly goto: <S extends AnyScene>(scene: S, ...start: StartArgs<S>) => Transition;
  readonly call: <S extends AnyScene>(scene: S, ...start: StartArgs<S, CallOptions>) => Transition;
  /** Stays here and runs `enter` again. */
  readonly again: (patch?: Partial<DeepReadonly<T['data']>>, params?: T['params']) => Transition;
  /** Stays here, silently. */
  readonly stay: (patch?: Partial<DeepReadonly<T['data']>>) => Transition;
  readonly back: () => Transition;
  readonly leave: (
    ...result: unknown extends T['result']
      ? [result?: unknown]
      : [result: DeepReadonly<T['result']>]
  ) => Transition;
}

// biome-ignore lint/suspicious/noExplicitAny: the turn of any node
type LooseTurn = SceneTurn<any>;

/**
 * Makes the turn of one run.
 *
 * @param more - what the handler gets beside it
 */
export function nodeTurn<More extends object>(
  run: Pick<SceneRun, 'turn' | 'data'>,
  more: More,
): LooseTurn & More {
  return Object.assign(new NodeTurn(run), more);
}

/** Does what a verb of a turn stands for. */
export function apply(transition: Transition, run: SceneRun): void {
  (transition as Verb).apply(run);
}

/** A transition as the engine reads it; bot authors only hand it back. */
interface Verb extends Transition {
  readonly apply: (run: SceneRun) => void;
}

function verb(act: (run: SceneRun) => void): Transition {
  const made: Verb = { '~transition': true, apply: act };
  return made;
}

function patched(run: SceneRun, patch: object | undefined): void {
  if (patch !== undefined) run.keep({ data: { ...run.data, ...patch } });
}

/** A class, since one or two are made for an update. Its verbs need no `this`, so that handlers may take it apart. */
class NodeTurn implements LooseTurn {
  readonly data: SceneRun['data'];
  readonly #turn: SceneRun['turn'];

  constructor({ turn, data }: Pick<SceneRun, 'turn' | 'data'>) {
    this.#turn = turn;
    this.data = data;
  }

  get id(): LooseTurn['id'] {
    return this.#turn.id;
  }

  get subject(): LooseTurn['subject'] {
    return this.#turn.subject;
  }

  get services(): LooseTurn['services'] {
    return this.#turn.services;
  }

  get from(): LooseTurn['from'] {
    return this.#turn.from;
  }

  get update(): LooseTurn['update'] {
    return this.#turn.update;
  }

  get place(): LooseTurn['place'] {
    return this.#turn.place;
  }

  get now(): LooseTurn['now'] {
    return this.#turn.now;
  }

  get log(): LooseTurn['log'] {
    return this.#turn.log;
  }

  get messages(): LooseTurn['messages'] {
    return this.#turn.messages;
  }

  get state(): LooseTurn['state'] {
    return this.#turn.state;
  }

  get reply(): LooseTurn['reply'] {
    return this.#turn.reply;
  }

  get stream(): LooseTurn['stream'] {
    return this.#turn.stream;
  }

  get api(): LooseTurn['api'] {
    return this.#turn.api;
  }

  get signal(): AbortSignal {
    return this.#turn.signal;
  }

  get goto(): LooseTurn['goto'] {
    const { state } = this;
    return <S extends AnyScene>(scene: S, ...start: StartArgs<S>) =>
      verb(() => state.enter(scene, ...start));
  }

  get call(): LooseTurn['call'] {
    const { state } = this;
    return (scene, ...start) => verb(() => state.call(scene, ...start));
  }

  get again(): LooseTurn['again'] {
    return (patch, params) =>
      verb((run) => {
        patched(run, patch);
        run.ask(params);
      });
  }

  get stay(): LooseTurn['stay'] {
    return (patch) => verb((run) => patched(run, patch));
  }

  get back(): LooseTurn['back'] {
    const { state } = this;
    return () => verb(() => state.back());
  }

  get leave(): LooseTurn['leave'] {
    return (...result) => verb((run) => run.leave('done', result[0]));
  }
}
