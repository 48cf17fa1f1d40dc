/** The one state of a scene that has no others. */

import { makeState, type State } from '../conversation/states.ts';

/** Makes the one state of a scene, which has the id of the scene. */
export function ownState(scene: string, was: readonly string[]): State {
  const siblings: State[] = [];
  const own = makeState(scene, { schema: undefined, was, groups: [scene], siblings });
  siblings.push(own);
  return own;
}
