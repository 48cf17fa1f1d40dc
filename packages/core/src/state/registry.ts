/** Everything that a machine may have, by id: its states, its scenes, and their former ids. */

import { FsmError } from '../base/errors.ts';
import { holds } from '../base/holds.ts';
import { invalidOption, invalidTarget } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import { behaviorOf, type SceneBehavior } from '../conversation/behavior.ts';
import type { AnyScene } from '../conversation/scene.ts';
import {
  type AnyGroup,
  definitionOf,
  isState,
  isStateSpec,
  type State,
} from '../conversation/states.ts';

/** A scene of a machine. */
export interface RegisteredScene {
  readonly id: string;
  readonly behavior: SceneBehavior;
}

/** The states and scenes of a machine. */
export interface Registry {
  /** Whether a list of states was given; without one every state is accepted. */
  readonly strict: boolean;
  readonly scenes: ReadonlyMap<string, RegisteredScene>;
  /** States by id. */
  readonly states: ReadonlyMap<string, State>;
  /** Ids of the states whose data have a schema. */
  readonly checked: ReadonlySet<string>;
  /** The scenes that states belong to. */
  readonly owners: ReadonlyMap<string, string>;
  /** The present id of a state, given a present or former one; `undefined` if this machine has no such state. */
  stateId(stored: string): string | undefined;
  /** The present id of a scene, given a present or former one. */
  sceneId(stored: string): string | undefined;
  /** Looks after the message that is edited in place; absent unless a scene has one. */
  readonly screen: SceneBehavior['screen'];
  /** Finds a scene. @throws FsmError `SCENE_UNKNOWN`; `SCENE_DUPLICATE` for another one of the same id */
  scene(scene: AnyScene | string): RegisteredScene;
}

/**
 * Makes the registry of a machine.
 *
 * @throws FsmError `GROUP_DUPLICATE`, `SCENE_DUPLICATE`, `INVALID_OPTION` for a trigger that two scenes have, or `INVALID_TARGET` for what is
 *   no state, group or scene
 */
export function registryOf(
  states: readonly (AnyGroup | State | AnyScene)[] | undefined,
  sceneList: readonly AnyScene[],
): Registry {
  const known = new Map<string, State>();
  const checked = new Set<string>();
  const former = new Map<string, string>();
  const owners = new Map<string, string>();
  const scenes = new Map<string, RegisteredScene>();
  const formerScenes = new Map<string, string>();
  const groups = new Map<string, AnyGroup>();
  const triggers = new Map<string, string>();
  let screen: SceneBehavior['screen'];

  const addState = (member: State, owner?: string) => {
    const before = known.get(member.id);
    if (before !== undefined && before !== member) {
      throw new FsmError('GROUP_DUPLICATE', { group: member.id.replace(/:[^:]*$/, '') });
    }
    known.set(member.id, member);
    if (owner !== undefined) owners.set(member.id, owner);
    const { schema, was } = definitionOf(member);
    if (schema !== undefined) checked.add(member.id);
    for (const id of was) former.set(id, member.id);
  };
  const addGroup = (group: AnyGroup) => {
    const { id, states: members } = group['~group'];
    const before = groups.get(id);
    if (before !== undefined && before !== group)
      throw new FsmError('GROUP_DUPLICATE', { group: id });
    groups.set(id, group);
    for (const member of members) addState(member);
  };
  /** A scene may have the name of a group only if that group's states are its own. */
  const rejectNamesakes = () => {
    for (const [id, group] of groups) {
      const own = scenes.get(id)?.behavior.states;
      if (own === undefined) continue;
      const isOwn = group['~group'].states.every((member) => own.includes(member));
      if (!isOwn) throw new FsmError('GROUP_DUPLICATE', { group: id });
    }
  };
  const addTrigger = (id: string, kind: string, trigger: string | undefined) => {
    if (trigger === undefined) return;
    const name = `${kind} ${trigger}`;
    const other = triggers.get(name);
    if (other !== undefined) {
      throw invalidOption(
        `${id} ${kind}`,
        'one that no other scene has',
        `${shown(trigger)}, which "${other}" has too`,
      );
    }
    triggers.set(name, id);
  };
  const addScene = (scene: AnyScene) => {
    const { id } = scene;
    const behavior = behaviorOf(scene);
    const before = scenes.get(id);
    if (before?.behavior === behavior) return;
    if (before !== undefined) throw new FsmError('SCENE_DUPLICATE', { scene: id });
    scenes.set(id, { id, behavior });
    screen ??= behavior.screen;
    const { command, deepLink } = behavior.trigger ?? {};
    addTrigger(id, 'trigger', command && `/${command}`);
    addTrigger(id, 'deepLink', deepLink);
    for (const was of behavior.was ?? []) formerScenes.set(was, id);
    for (const member of behavior.states) addState(member, id);
  };
  for (const one of [...(states ?? []), ...sceneList]) {
    if (holds(one, '~scene')) addScene(one);
    else if (holds(one, '~group')) addGroup(one);
    else if (isState(one)) addState(one);
    else throw notAMember(one);
  }
  rejectNamesakes();
  return {
    strict: states !== undefined,
    scenes,
    states: known,
    checked,
    owners,
    screen,
    stateId: (stored) => (known.has(stored) ? stored : former.get(stored)),
    sceneId: (stored) => (scenes.has(stored) ? stored : formerScenes.get(stored)),
    scene(scene) {
      const id = typeof scene === 'string' ? scene : scene?.id;
      const found = scenes.get(id);
      if (
        found !== undefined &&
        (typeof scene === 'string' || behaviorOf(scene) === found.behavior)
      ) {
        return found;
      }
      if (found !== undefined) throw new FsmError('SCENE_DUPLICATE', { scene: id });
      const owner = owners.get(id);
      if (owner !== undefined || known.has(id) || holds(scene, '~data')) {
        const fix = owner === undefined ? 'move there with set()' : `enter its scene "${owner}"`;
        throw invalidTarget('enter() or call()', 'a scene or its id', `the state "${id}": ${fix}`);
      }
      const open = unfinished(scene);
      if (open !== undefined) throw invalidTarget('enter() or call()', 'a finished scene', open);
      if (typeof id !== 'string') {
        const what = holds(scene, '~group') ? 'a group of states' : shown(scene);
        throw invalidTarget('enter() or call()', 'a scene or its id', what);
      }
      throw new FsmError('SCENE_UNKNOWN', { scene: id, known: [...scenes.keys()] });
    },
  };
}

/** Names the missing call of an unfinished flow or node; `undefined` for anything else. */
export function unfinished(member: unknown): string | undefined {
  // the class `Scene` has a method `on` too
  if (holds(member, '~scene')) return undefined;
  if (holds(member, 'done')) return 'a flow without `.done(…)`';
  return holds(member, 'on') ? 'a node without `.on(…)`' : undefined;
}

function notAMember(found: unknown): FsmError {
  const where = 'fsm({ states })';
  if (isStateSpec(found)) return new FsmError('STATE_UNBOUND', { where });
  return invalidTarget(
    where,
    'groups of states, nodes, flows and scenes',
    unfinished(found) ?? shown(found),
  );
}
