/** Scenes that have one state. */

import type { SceneBehavior } from '../conversation/behavior.ts';
import type { AnyScene } from '../conversation/scene.ts';
import { type AnyGroup, makeState, type State } from '../conversation/states.ts';

/** Makes the one state of a scene, which has the id of the scene. */
export function ownState(scene: string, was: readonly string[]): State {
  const siblings: State[] = [];
  const own = makeState(scene, { schema: undefined, was, groups: [scene], siblings });
  siblings.push(own);
  return own;
}

/** Makes the scene of such a state. */
export function sceneOf(own: State, behavior: SceneBehavior): AnyScene & AnyGroup {
  const { id } = own;
  return Object.freeze({
    id,
    '~scene': behavior as object,
    '~group': { id, states: Object.freeze([own]) },
  });
}
