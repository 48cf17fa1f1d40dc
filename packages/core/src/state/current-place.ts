/** The current ids of a stored scene and state, which may have had others. */

import type { Past } from '../record/history.ts';
import type { Registry } from './registry.ts';

/** A scene and a state under their current ids. */
export type Place = Pick<Past, 'scene' | 'state'>;

/** The part of a stored place that a machine does not have. */
export interface UnknownPlace {
  readonly unknown: 'scene' | 'state';
  readonly stored: string;
}

/** Finds the scene and the state where something stored is now. */
export function currentPlace(
  { scene, state, data }: Omit<Past, 'memo'>,
  registry: Registry,
): Place | UnknownPlace {
  const sceneId = scene === null ? null : registry.sceneId(scene);
  if (sceneId === undefined) return { unknown: 'scene', stored: scene as string };
  if (state === null) return { scene: sceneId, state };
  // where a scene is renamed, so are its states: theirs begin with its id
  const isMoved = scene !== null && sceneId !== scene && state.startsWith(scene);
  const moved = isMoved ? `${sceneId}${state.slice(scene.length)}` : state;
  const stateId = registry.stateId(moved);
  if (stateId !== undefined) return { scene: sceneId, state: stateId };
  // a step that is gone: its scene finds the place by the data
  if (sceneId !== null) {
    return { scene: sceneId, state: registry.scenes.get(sceneId)?.behavior.first(data) ?? null };
  }
  return registry.strict ? { unknown: 'state', stored: moved } : { scene: null, state: moved };
}

/** The same; `undefined` if the machine does not have it. */
export function knownPlace(past: Omit<Past, 'memo'>, registry: Registry): Place | undefined {
  const place = currentPlace(past, registry);
  return 'unknown' in place ? undefined : place;
}
