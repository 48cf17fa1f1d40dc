/** Performs the scripts of a program in the handlers and hooks of the bot, and notes what they see. */

import type { FsmContext, Transition } from '@telefsm/core';
import { codeOf, shown } from './notes.ts';
import type { Data, SceneName, Script, Verb } from './program.ts';

/** What a handler or hook has: the turn of a node or flow, or that of a framework's scene. */
export interface Hands {
  readonly state: FsmContext;
  readonly update: object | undefined;
  readonly session?: object;
  readonly reply?: (text: string) => Promise<unknown>;
}

/** The verbs without the types that prevent mistakes: a random program makes them all. */
interface UntypedVerbs {
  set(state: unknown, ...data: readonly Data[]): void;
  update(data: Data): void;
  replace(data: Data): void;
  edit(change: (draft: object) => void): void;
  enter(scene: string, ...data: readonly Data[]): void;
  call(scene: string, data: Data, options: { readonly into?: string }): void;
}

type Move = Extract<Verb, { readonly verb: 'return' }>['move'];
type Moves = { readonly [Name in Move]?: (...given: readonly unknown[]) => Transition };

/** Finds what a program names. */
export interface Names {
  state(name: 'a' | 'b' | 'c'): unknown;
  scene(name: SceneName): unknown;
}

/** Performs scripts, each once. */
export class Performer {
  /** What the handlers have seen and done, one line each. */
  readonly log: string[] = [];
  /** The scripts of the deed that happens now, and those of updates that have their own. */
  #scripts: Script[] = [];
  readonly #ofUpdates = new Map<unknown, Script[]>();

  /** Begins a deed. Updates that arrive at once have scripts of their own, by their `update_id`. */
  begin(scripts: readonly Script[], updateId?: number): void {
    if (updateId === undefined) this.#scripts = [...scripts];
    else this.#ofUpdates.set(updateId, [...scripts]);
  }

  /**
   * Performs the next script.
   *
   * @returns the transition that the script returns, if any
   */
  async perform(place: string, hands: Hands, names: Names): Promise<Transition | undefined> {
    this.log.push(`${place} at ${at(hands.state)}`);
    const updateId: unknown = Reflect.get(Object(hands.update), 'update_id');
    const script = (this.#ofUpdates.get(updateId) ?? this.#scripts).shift() ?? [];
    let transition: Transition | undefined;
    for (const step of script) {
      const note = (outcome: string) =>
        this.log.push(`${place}: ${shown(Object.values(step))}: ${outcome}`);
      if (step.verb === 'throw') {
        note('throws');
        throw new Error('thrown by the handler');
      }
      try {
        transition = (await this.#step(step, hands, names)) ?? transition;
        note(at(hands.state));
      } catch (error) {
        note(`throws ${codeOf(error)}`);
        // a bot that catches what a verb throws is common, and one that catches what a call throws is not
        if (step.verb === 'reply') throw error;
      }
    }
    return transition;
  }

  async #step(step: Verb, hands: Hands, names: Names): Promise<Transition | undefined> {
    const { state, session, reply } = hands;
    const untyped = state as never as UntypedVerbs;
    switch (step.verb) {
      case 'set': {
        const target = step.state && names.state(step.state);
        untyped.set(target, ...given(step.data));
        break;
      }
      case 'update':
      case 'replace':
        untyped[step.verb](step.data);
        break;
      case 'edit':
        untyped.edit((draft) => void Object.assign(draft, step.data));
        break;
      case 'enter':
        untyped.enter(step.scene, ...given(step.data));
        break;
      case 'call':
        untyped.call(step.scene, step.data, { ...(step.into && { into: step.into }) });
        break;
      case 'leave':
        state.leave(...given(step.result));
        break;
      case 'expire':
        state.expire(step.after as never);
        break;
      case 'commit':
        if (step.isAwaited) await state.commit();
        // its failure fails the turn, too
        else state.commit().catch(() => {});
        break;
      case 'session':
        if (session === undefined) break;
        if (step.value === undefined) Reflect.deleteProperty(session, step.name);
        else Reflect.set(session, step.name, step.value);
        break;
      case 'reply':
        await reply?.(step.text);
        break;
      case 'afterCommit':
        state.afterCommit(() => {
          this.log.push('a task after the commit');
          if (step.throws) throw new Error('thrown by the task');
        });
        break;
      case 'return': {
        const move = (hands as Moves)[step.move];
        if (step.move === 'goto' || step.move === 'call')
          return move?.(names.scene(step.scene), step.data);
        return step.move === 'again' || step.move === 'stay' ? move?.(step.data) : move?.();
      }
      case 'throw':
        break;
      default:
        state[step.verb]();
    }
    return undefined;
  }
}

/** Arguments that a verb may go without. */
function given<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

/** Where the conversation is, as a handler reads it. */
function at(fsm: FsmContext): string {
  try {
    return `${fsm.current} ${shown(fsm.data)} ${shown(fsm.history)}`;
  } catch (error) {
    return codeOf(error);
  }
}
