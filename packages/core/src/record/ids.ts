/** Ids of the turns that a record has seen: a set, kept as differences, as the text keeps it. */

/** Identifies a turn: an update's id, or the id of a run from outside. */
export type TurnId = number | string;

/** Newest first; a number after a number is the difference between them. */
export type SeenIds = readonly TurnId[];

/** No ids. */
export const noIds: SeenIds = /* @__PURE__ */ Object.freeze([]);

/** Ids within this distance of the newest are kept: a batch of polling, and Telegram's queues for webhooks. */
const distance = 1000;
/** At most so many. */
export const mostIds = 128;
/** So many are kept of a conversation of one user, whatever their distance. */
export const leastOfOne = 16;

/** Whether an id is among them. */
export function hasSeen(ids: SeenIds, id: TurnId): boolean {
  let before: TurnId | undefined;
  // by their indexes: both run for every update, and an iterator costs more than what it walks
  for (let at = 0; at < ids.length; at++) {
    before = apart(ids[at] as TurnId, before);
    if (before === id) return true;
  }
  return false;
}

/**
 * Adds an id.
 *
 * It is a set, never a maximum: `update_id` starts anew at random after a week without updates (Bot API, Update).
 *
 * @param least - how many are kept whatever their distance
 */
export function withId(ids: SeenIds, id: TurnId, least: number): SeenIds {
  // grown by `push`: JSON.stringify takes longer for an array that was made with a length
  const kept: TurnId[] = [id];
  // ids of work from outside have no distance: they are kept as the last ones, and make no number older
  let newest = typeof id === 'number' ? id : undefined;
  let before: TurnId | undefined;
  let lastKept: TurnId = id;
  for (let at = 0; at < ids.length; at++) {
    before = apart(ids[at] as TurnId, before);
    if (before === id) return ids;
    if (typeof before === 'number') newest ??= before;
    const isNear = typeof before === 'number' && Math.abs((newest ?? 0) - before) <= distance;
    if (kept.length >= mostIds || (kept.length >= least && !isNear)) continue;
    kept.push(apart(before, lastKept));
    lastKept = before;
  }
  // without the room that `push` leaves: every conversation keeps its list
  return kept.slice();
}

/** Adds ids to earlier ones. */
export function withIds(before: SeenIds, ids: SeenIds): SeenIds {
  return listIds(ids).reduce((all, id) => withId(all, id, mostIds), before);
}

/** The ids themselves, oldest first. */
export function listIds(ids: SeenIds): TurnId[] {
  const listed: TurnId[] = [];
  let before: TurnId | undefined;
  for (const part of ids) {
    before = apart(part, before);
    listed.push(before);
  }
  return listed.reverse();
}

/** A number beside a number as the difference to it, and the number again from the difference. */
function apart(id: TurnId, before: TurnId | undefined): TurnId {
  return typeof id === 'number' && typeof before === 'number' ? before - id : id;
}
