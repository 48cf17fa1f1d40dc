/** Data migrations: brings a record to the present version. */

import { frozenData, thawed } from '../base/json.ts';
import { invalidOption } from '../base/rules.ts';
import type { ConversationRecord } from '../record/record.ts';
import type { MigratedRecord, Migrations } from './evolve.ts';

/** Runs the migrations that a record has not seen, in numeric order, on each of its frames. */
export function migrate(
  record: ConversationRecord,
  migrations: Migrations,
  versions: readonly number[],
): ConversationRecord {
  const due = versions.filter((version) => version > record.version);
  if (due.length === 0) return record;
  const frames = record.frames.map((frame) => {
    let now: MigratedRecord = { state: frame.state, data: thawed(frame.data) };
    for (const version of due) {
      now = (migrations[version] as Migrations[number])(now);
      checkMigrated(version, now);
    }
    return { ...frame, state: now.state, data: frozenData(now.data, 'data') };
  });
  const version = due[due.length - 1] as number;
  return { ...record, frames: frames as unknown as ConversationRecord['frames'], version };
}

/** A record that no later read could decode must not be written. */
function checkMigrated(version: number, given: unknown): void {
  const { state, data }: Partial<MigratedRecord> = Object(given);
  const isKept = state === null || typeof state === 'string';
  if (isKept && typeof data === 'object' && data !== null) return;
  throw invalidOption(
    `migrations[${version}]`,
    'a function that returns { state, data } at once',
    `one with the ${isKept ? `data ${data}` : `state ${state}`}`,
  );
}
