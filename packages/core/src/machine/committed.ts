/** What observers hear of a committed change. */

import { type ConversationRecord, topOf } from '../record/record.ts';
import type { Unit } from '../unit/unit.ts';
import type { CommittedState, SceneLeft } from './machine-interface.ts';

/** A record as observers and lookers see it. */
export function sideOf(record: ConversationRecord): CommittedState {
  const { state, scene, data } = topOf(record);
  return { state, scene, data };
}

/** Scenes that are no longer there; those whose end nobody was told have been cleared. */
export function scenesLeft(
  told: NonNullable<Unit['left']>,
  before: ConversationRecord,
  after: ConversationRecord,
): readonly SceneLeft[] {
  const known = new Set(
    [...told.map(({ frame }) => frame), ...after.frames].map(({ visit }) => visit),
  );
  const cleared = before.frames.filter(({ visit }) => !known.has(visit)).reverse();
  return [...told, ...cleared.map((frame) => ({ frame, reason: 'cleared' as const }))].flatMap(
    ({ frame: { scene, state }, reason }) => (scene === null ? [] : [{ scene, state, reason }]),
  );
}
