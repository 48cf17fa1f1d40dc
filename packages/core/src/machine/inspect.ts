/** Looks at a stored conversation without taking it: what the code would not know when the next update reads it. */

import { FsmError } from '../base/errors.ts';
import { isEmpty } from '../record/record.ts';
import { decode } from '../record/stored.ts';
import type { StoredText } from '../storage/statements.ts';
import { findUnknown, type UnknownState } from '../transaction/evolve.ts';
import { migrate } from '../transaction/migrate.ts';
import { unreadableRecord } from '../transaction/repair.ts';
import type { Runtime } from '../transaction/runtime.ts';

/**
 * Finds the first unknown thing in a stored conversation, migrated as it would be; `undefined` if there is none.
 *
 * @throws FsmError `RECORD_NEWER`; what a migration or a schema throws passes
 */
export async function inspectStored(
  { registry, options }: Runtime,
  key: string,
  stored: StoredText,
): Promise<UnknownState | undefined> {
  const { version: known, migrations, migrationVersions } = options;
  const decoded = decode(stored);
  if ('newer' in decoded) {
    throw new FsmError('RECORD_NEWER', { key, version: decoded.newer, known: 1 });
  }
  if ('unreadable' in decoded) return unreadableRecord(stored.text, decoded.unreadable);
  const { record } = decoded;
  if (isEmpty(record)) return undefined;
  const { version } = record;
  if (version > known) throw new FsmError('RECORD_NEWER', { key, version, known });
  const found = await findUnknown(migrate(record, migrations, migrationVersions), registry);
  return 'frames' in found ? undefined : found;
}
