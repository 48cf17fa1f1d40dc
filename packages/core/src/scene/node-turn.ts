/** The turn that a node's handlers get. */

import type { DeepReadonly } from '../base/type-tools.ts';
import type { SceneRun } from '../conversation/behavior.ts';
import type { SceneTypes } from '../conversation/scene.ts';
import type { SessionTurn } from '../conversation/turn.ts';
import { type Change, type Moves, type Transition, WithMoves } from './transition.ts';

/** The turn of the hooks `enter` and `leave` of nodes, with the data. They show something; to move, they use `state`. */
export interface HookTurn<D extends object, N extends object = {}, S extends object = {}>
  extends SessionTurn<N, S> {
  readonly data: DeepReadonly<D>;
}

/** The turn of handlers of nodes and buttons, with the data and the moves. */
export interface HandlerTurn<
  D extends object,
  N extends object = {},
  R = unknown,
  S extends object = {},
> extends HookTurn<D, N, S>,
    Moves<D, R> {}

/** The turn of a scene's handlers, with its verbs. They need no `this`: destructure them. */
export interface SceneTurn<T extends SceneTypes>
  extends HandlerTurn<T['data'], T['services'], T['result'], T['session']> {
  /** Stays here and runs `enter` again. */
  readonly again: (patch?: Change<T['data']>, params?: T['params']) => Transition;
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
): NodeTurn & More {
  return Object.assign(new NodeTurn(run), more);
}

/** A class, since one or two are made for an update. Its verbs need no `this`, so that handlers may take it apart. */
export class NodeTurn extends WithMoves implements LooseTurn {
  readonly data: SceneRun['data'];
  readonly #turn: SceneRun['turn'];

  constructor({ turn, data }: Pick<SceneRun, 'turn' | 'data'>) {
    super(turn);
    this.#turn = turn;
    this.data = data;
  }

  get id(): LooseTurn['id'] {
    return this.#turn.id;
  }

  get from(): LooseTurn['from'] {
    return this.#turn.from;
  }

  get update(): LooseTurn['update'] {
    return this.#turn.update;
  }

  get replyAddress(): LooseTurn['replyAddress'] {
    return this.#turn.replyAddress;
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

  get session(): LooseTurn['session'] {
    return this.#turn.session;
  }

  get signal(): AbortSignal {
    return this.#turn.signal;
  }
}
