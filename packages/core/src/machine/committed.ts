/** The event that observers get when a change is committed. */

import { type ConversationRecord, topOf } from '../record/record.ts';
import type { Left } from '../transaction/effects.ts';
import type { CommittedState, SceneLeft } from './machine-interface.ts';

/** A record as observers see it. */
export function sideOf(record: ConversationRecord): CommittedState {
  const { state, scene, data } = topOf(record);
  return { current: state, scene, data };
}

/** Scenes that are no longer there; those whose end was reported to nobody have been cleared. */
export function scenesLeft(
  reported: readonly Left[],
  before: ConversationRecord,
  after: ConversationRecord,
): readonly SceneLeft[] {
  const known = new Set(
    [...reported.map(({ frame }) => frame), ...after.frames].map(({ entry }) => entry),
  );
  const cleared = before.frames.filter(({ entry }) => !known.has(entry)).reverse();
  return [...reported, ...cleared.map((frame) => ({ frame, reason: 'cleared' as const }))].flatMap(
    ({ frame: { scene, state }, reason }) => (scene === null ? [] : [{ scene, state, reason }]),
  );
}
