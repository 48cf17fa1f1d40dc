/** Data migrations: brings a record to the present version. */

import { frozenData, isBlank, thawed } from '../base/json.ts';
import { invalidOption } from '../base/rules.ts';
import { warn } from '../base/warning.ts';
import { rewritten } from '../record/history.ts';
import { type ConversationRecord, type Frame, framesOf, stackOf } from '../record/record.ts';
import type { MigratedRecord, Migrations } from './unknown-state.ts';

/**
 * Runs the migrations that a record has not seen, in numeric order, on each of its frames and on the states that `back()` leads to.
 *
 * The history ends where a migration throws: nobody is stranded by a state that was left long ago. A warning says so, once for each version.
 */
export function migrate(
  record: ConversationRecord,
  migrations: Migrations,
  versions: readonly number[],
): ConversationRecord {
  const due = versions.filter((version) => version > record.version);
  if (due.length === 0) return record;
  let running = 0;
  const migrated = ({ state, data }: Place): Place => {
    let now: MigratedRecord = { state, data: thawed(data) };
    for (const version of due) {
      running = version;
      now = (migrations[version] as Migrations[number])(now);
      checkMigrated(version, now);
    }
    return { state: now.state, data: frozenData(now.data, 'data') };
  };
  const frames = framesOf(record).map((frame) => {
    const now = { ...frame, ...migrated(frame) };
    const history = rewritten(frame.history, frame, now, (past) => {
      // where the conversation began there is nothing to migrate
      if (past.state === null && isBlank(past.data)) return past;
      try {
        return { ...past, ...migrated(past) };
      } catch (error) {
        warnOfLostHistory(running, migrations[running] as Migrations[number], past, error);
        return undefined;
      }
    });
    return { ...now, history };
  });
  const version = due[due.length - 1] as number;
  return { ...record, ...stackOf(frames), version };
}

const warned = /* @__PURE__ */ new WeakSet<Migrations[number]>();

function warnOfLostHistory(
  version: number,
  migration: Migrations[number],
  { state }: Place,
  error: unknown,
): void {
  if (warned.has(migration)) return;
  warned.add(migration);
  const reason = error instanceof Error ? error.message : String(error);
  const message = `migrations[${version}] failed on the state "${state}", to which back() leads: ${reason} Such states are deleted from the history, with all before them. If users are to go back there, correct the migration.`;
  warn(message, 'TELEFSM_MIGRATION');
}

/** The part of a frame that migrations change. */
type Place = Pick<Frame, 'state' | 'data'>;

/** A record that no later read could decode must not be written. */
function checkMigrated(version: number, given: unknown): void {
  const { state, data }: Partial<MigratedRecord> = Object(given);
  const isKept = state === null || typeof state === 'string';
  if (isKept && typeof data === 'object' && data !== null) return;
  throw invalidOption(
    `migrations[${version}]`,
    'a synchronous function that returns { state, data }',
    `one with the ${isKept ? `data ${data}` : `state ${state}`}`,
  );
}
