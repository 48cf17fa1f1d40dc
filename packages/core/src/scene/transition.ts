/** Transitions: where a handler or a button leads, as values. Nothing happens before the engine applies them. */

import { sceneError } from '../base/area-errors.ts';
import { holds } from '../base/holds.ts';
import { mergedData } from '../base/json.ts';
import { invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import type { Awaitable, DeepReadonly } from '../base/type-tools.ts';
import { isSent, type Sent } from '../conversation/outgoing.ts';
import type { AnyScene, CallOptions, StartArgs } from '../conversation/scene.ts';
import type { AskTurn } from '../conversation/turn.ts';
import type { FrameRun } from '../engine/frame-run.ts';

/** Where a handler leads. Made by the verbs of its turn; returning nothing, or what `reply` gave, stays silently. */
export interface Transition {
  readonly '~transition': true;
  /** Answers the press with a notification at the top of the chat. Without a press it does nothing. */
  toast(text: string): Transition;
  /** Answers the press with a dialog that the user closes. Without a press it does nothing. */
  alert(text: string): Transition;
}

/** The result of a handler. */
export type Next = Awaitable<Transition | Sent | void>;

/** Changes to data; `undefined` removes an optional key. */
export type Change<D> = {
  readonly [K in keyof D]?: {} extends Pick<D, K>
    ? DeepReadonly<D[K]> | undefined
    : DeepReadonly<D[K]>;
};

/** Where to go, as values. They need no `this`: destructure them. */
export interface Moves<D extends object, R = unknown> {
  readonly goto: <S extends AnyScene>(scene: S, ...start: StartArgs<S>) => Transition;
  readonly call: <S extends AnyScene>(
    scene: S,
    ...start: StartArgs<S, CallOptions<keyof D & string>>
  ) => Transition;
  /** Stays here with these changes, and shows the node again. */
  readonly again: (patch?: Change<D>) => Transition;
  /** Stays here with these changes, silently. A node with a view is shown again whatever happens, so there it is the same as `again`. */
  readonly stay: (patch?: Change<D>) => Transition;
  readonly back: () => Transition;
  readonly leave: (
    ...result: unknown extends R ? [result?: unknown] : [result: DeepReadonly<R>]
  ) => Transition;
}

/** Where a transition leads, for diagrams. */
export interface Leading {
  readonly verb: keyof Moves<object> | 'answer' | 'redo' | 'cancel';
  /** Id of the scene. */
  readonly to?: string;
}

/** A transition as the engine reads it; bot authors only hand it back. */
export interface Verb extends Transition {
  readonly leads: Leading;
  readonly apply: (run: FrameRun) => void;
}

/** A class, since a view makes one for each button that leads somewhere, at each render. Errors show its name to bot authors. */
const TransitionValue = class Transition implements Verb {
  readonly '~transition' = true;
  readonly leads: Leading;
  readonly apply: Verb['apply'];

  constructor(leads: Leading, apply: Verb['apply']) {
    this.leads = leads;
    this.apply = apply;
  }

  toast(text: string): Transition {
    return this.answering(text, false);
  }

  alert(text: string): Transition {
    return this.answering(text, true);
  }

  private answering(text: string, alert: boolean): Transition {
    return new TransitionValue(this.leads, (run) => {
      this.apply(run);
      run.answer(text, alert);
    });
  }
};

/**
 * Reads what a handler has returned.
 *
 * @param makers - whose verbs the handler could call
 * @throws FsmError `INVALID_TRANSITION` for anything but a transition, a message that it has sent, or nothing; also if it has made a transition and not returned it
 */
export function verbIn(
  returned: unknown,
  scene: string,
  ...makers: readonly (WithMoves | undefined)[]
): Verb | undefined {
  if (holds(returned, '~transition')) return returned as Verb;
  let made: Leading['verb'] | undefined;
  for (const maker of makers) made ??= maker && WithMoves.takeMade(maker);
  if (made === undefined && (returned === undefined || isSent(returned))) return undefined;
  throw sceneError('INVALID_TRANSITION', {
    scene,
    returned: returned === undefined ? 'nothing' : shown(returned),
    made,
  });
}

/**
 * Passes on what a hook has returned to be shown.
 *
 * @throws FsmError `INVALID_TRANSITION` if it has made a transition: that would be lost
 */
export function shownBy<T>(returned: T, scene: string, turn: WithMoves): T {
  const made = WithMoves.takeMade(turn);
  if (made === undefined) return returned;
  throw sceneError('INVALID_TRANSITION', { scene, made, returned: shown(returned) });
}

type LooseMoves = Moves<Readonly<Record<string, unknown>>>;

/**
 * The turn of a scene's code: the moves, and what each such turn reads. The verbs are made on demand: a turn is made for each press, and most
 * handlers use one or two.
 */
export abstract class WithMoves implements LooseMoves {
  readonly #turn: AskTurn;
  #made: Leading['verb'] | undefined;

  constructor(turn: AskTurn) {
    this.#turn = turn;
  }

  /** Takes which verb a turn has made a transition with since the last time. */
  static takeMade(turn: WithMoves): Leading['verb'] | undefined {
    const made = turn.#made;
    turn.#made = undefined;
    return made;
  }

  /** Makes a transition, and notes that: a handler that makes one and returns nothing has forgotten to return it. */
  protected make(leads: Leading, apply: Verb['apply']): Transition {
    this.#made = leads.verb;
    return new TransitionValue(leads, apply);
  }

  get subject(): AskTurn['subject'] {
    return this.#turn.subject;
  }

  get services(): object {
    return this.#turn.services;
  }

  get language(): AskTurn['language'] {
    return this.#turn.language;
  }

  get now(): AskTurn['now'] {
    return this.#turn.now;
  }

  get goto(): LooseMoves['goto'] {
    return (scene, ...start) =>
      this.make({ verb: 'goto', to: scene?.id }, ({ turn }) => turn.state.enter(scene, ...start));
  }

  get call(): LooseMoves['call'] {
    return (scene, ...start) =>
      this.make({ verb: 'call', to: scene?.id }, ({ turn }) => turn.state.call(scene, ...start));
  }

  get again(): (patch?: object, params?: object) => Transition {
    return (patch, params) => {
      checkCalled('again', patch);
      return this.make({ verb: 'again' }, (run) => {
        patched(run, patch);
        run.ask(params);
      });
    };
  }

  get stay(): LooseMoves['stay'] {
    return (patch) => {
      checkCalled('stay', patch);
      return this.make({ verb: 'stay' }, (run) => patched(run, patch));
    };
  }

  get back(): LooseMoves['back'] {
    return () => this.make({ verb: 'back' }, ({ turn }) => turn.state.back());
  }

  get leave(): LooseMoves['leave'] {
    return (...result) => {
      checkCalled('leave', result[0]);
      return this.make({ verb: 'leave' }, (run) => run.leave('done', result[0]));
    };
  }
}

/** A verb in place of a handler gets the turn. @throws FsmError `INVALID_OPTION` */
function checkCalled(verb: string, given: unknown): void {
  if (given instanceof WithMoves) {
    throw invalidOption(verb, `a call: write ${verb}(), not ${verb}`, 'the turn of a handler');
  }
}

/** Merges changes into the data of a frame. */
export function patched(run: FrameRun, patch: object | undefined): void {
  if (patch !== undefined) run.keepFrozen({ data: mergedData(run.data, patch, 'data') });
}
