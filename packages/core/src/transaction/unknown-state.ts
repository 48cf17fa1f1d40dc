/** Parts of a record that the code does not have: former names, unknown states, data that its schema rejects. */

import { isFsmError } from '../base/errors.ts';
import { frozenData, type JsonObject } from '../base/json.ts';
import { check, describeIssues } from '../base/schema.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { definitionOf } from '../conversation/states.ts';
import type { Turn } from '../conversation/turn.ts';
import { type Frame, type Frames, framesOf, stackOf } from '../record/record.ts';
import { currentPlace } from '../state/current-place.ts';
import type { Registry } from '../state/registry.ts';

/** A stored conversation that the current code cannot load. */
export interface UnknownState {
  /** The stored id of a state or scene, or the text of an unreadable record. */
  readonly stored: string;
  /** The data stored beside it. */
  readonly data: object;
  readonly scene: string | null;
  /** The unknown part: a state, a scene, data that its schema rejects, or the whole record. */
  readonly reason: 'state' | 'scene' | 'data' | 'record';
  /** The issues of the schema. */
  readonly issues: readonly string[];
}

/**
 * The policy for an {@link UnknownState}, applied once for each repair.
 *
 * `reset` deletes the conversation and sends the user a text. `keep` continues with it as it is. `error` throws. A function moves the user by its
 * turn, and what it does is committed before the update is handled.
 */
export type UnknownStatePolicy =
  | 'reset'
  | 'keep'
  | 'error'
  | ((found: UnknownState, turn: Turn) => Awaitable<void>);

/** Steps from one version of the stored data to the next, by number. */
export interface Migrations {
  readonly [version: number]: (record: MigratedRecord) => MigratedRecord;
}

/** The state and data of a frame, as a migration gets and returns them. */
export interface MigratedRecord {
  state: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: data of a version that no type describes any more
  data: any;
}

/** The result of an inspection: frames under their current names, or the first unknown state. */
export type Inspection = Frames | UnknownState;

/** Checks whether a machine has everything in a record: first all names, then the data. */
export async function findUnknown(found: Frames, registry: Registry): Promise<Inspection> {
  if (!registry.strict && registry.scenes.size === 0) return found;
  const frames = [...framesOf(found)];
  for (const [at, frame] of frames.entries()) {
    const renamed = rename(frame, registry);
    if ('reason' in renamed) return renamed;
    frames[at] = renamed;
  }
  for (const [at, frame] of frames.entries()) {
    const checkData = checkOf(frame, registry);
    if (checkData === undefined) continue;
    const checked = await checkData(frame.data);
    if ('issues' in checked) {
      return { ...unknown(frame.state ?? '', frame, 'data'), issues: checked.issues };
    }
    const isSameData = JSON.stringify(checked.data) === JSON.stringify(frame.data);
    if (!isSameData) frames[at] = { ...frame, data: checked.data };
  }
  const isSame = framesOf(found).every((frame, at) => frame === frames[at]);
  return isSame ? found : stackOf(frames);
}

function rename(frame: Frame, registry: Registry): Frame | UnknownState {
  const now = currentPlace(frame, registry);
  if ('unknown' in now) return unknown(now.stored, frame, now.unknown);
  const { scene, state } = now;
  return scene === frame.scene && state === frame.state ? frame : { ...frame, scene, state };
}

type Check = (
  data: JsonObject,
) => Promise<{ readonly data: JsonObject } | { readonly issues: readonly string[] }>;

function checkOf(frame: Frame, registry: Registry): Check | undefined {
  const behavior = frame.scene === null ? undefined : registry.scenes.get(frame.scene)?.behavior;
  if (behavior?.check) {
    return async (data) => {
      try {
        return { data: frozenData(await behavior.check?.(data, frame.state), 'data') };
      } catch (error) {
        if (isFsmError(error, 'DATA_INVALID')) return { issues: error.details.issues };
        throw error;
      }
    };
  }
  const state = frame.state === null ? undefined : registry.states.get(frame.state);
  const schema = state && definitionOf(state).schema;
  if (schema === undefined) return undefined;
  return async (data) => {
    const result = await check(schema, data);
    if (result.issues) return { issues: describeIssues(result.issues) };
    return { data: frozenData(result.value, 'data') };
  };
}

function unknown(stored: string, frame: Frame, reason: UnknownState['reason']): UnknownState {
  return { stored, data: frame.data, scene: frame.scene, reason, issues: [] };
}
