/** The targets of filters: states, groups, scenes, ids, or any state. They are read once into a matcher. */

import { FsmError } from '../base/errors.ts';
import { holds } from '../base/holds.ts';
import { invalidTarget } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import { type AnyGroup, type AnyState, isStateSpec, type NoState, type State } from './states.ts';

/** Matches always, also when there is no state. */
export const anyState: { readonly '~any': true } = /* @__PURE__ */ Object.freeze({ '~any': true });

/** The target of a filter: a state, a group, a scene, a flow, an id, {@link anyState} or `noState`. */
export type Target = State | AnyGroup | NoState | typeof anyState | (string & {});
/** At least one target. */
export type Targets = readonly [Target, ...Target[]];
/** The states meant by a target, or by a list of targets. */
export type StatesIn<T> =
  T extends AnyGroup<infer S>
    ? S
    : T extends State | NoState
      ? T
      : T extends { readonly '~any': true }
        ? AnyState
        : T extends readonly (infer E)[]
          ? StatesIn<E>
          : T extends string
            ? State<T>
            : never;

/** A list of targets, read once and then matched against each update. */
export interface Matcher {
  /** Whether it matches whatever the state. */
  readonly always: boolean;
  /** Ids that were given as texts. */
  readonly ids: readonly string[];
  /** The machine's registry that has all of them, once it was asked. */
  knownIn?: object | undefined;
  /** By id; `null` where only the id is known, or for no state. */
  readonly states: ReadonlyMap<string | null, State | null>;
}

/**
 * Reads targets as a {@link Matcher}.
 *
 * @throws FsmError `INVALID_TARGET` for none, or for what is no target; `STATE_UNBOUND` for a state() outside a group
 */
export function matcherOf(given: Target | readonly Target[], where: string): Matcher {
  const no = (found: string) =>
    invalidTarget(where, 'a state, a group, a scene, an id, `anyState` or `noState`', found);
  const targets: readonly Target[] = Array.isArray(given) ? given : [given];
  if (targets.length === 0) throw no('no target');
  const states = new Map<string | null, State | null>();
  const ids: string[] = [];
  let always = false;
  for (const target of targets) {
    if (typeof target === 'string') {
      if (target === '*') always = true;
      else {
        ids.push(target);
        states.set(target, null);
      }
    } else if (holds(target, '~any')) always = true;
    else if (holds(target, '~group')) {
      for (const member of target['~group'].states) states.set(member.id, member);
    } else if (isStateSpec(target)) throw new FsmError('STATE_UNBOUND', { where });
    else if (holds(target, 'id')) states.set(target.id, target.id === null ? null : target);
    else throw no(shown(target));
  }
  return { always, ids, states };
}
