/** Reads a stored conversation without a lease: its view, and the parts that the code would not have when the next update reads it. */

import { FsmError } from '../base/errors.ts';
import { peekAt } from '../lease/calls.ts';
import { type ConversationRecord, isEmpty } from '../record/record.ts';
import { decode, newerFormat } from '../record/stored.ts';
import type { StoredConversation, StoredText } from '../storage/statements.ts';
import { migrate } from '../transaction/migrate.ts';
import { unreadableRecord } from '../transaction/repair.ts';
import type { OpenTurn, Runtime } from '../transaction/runtime.ts';
import { RunningTurn } from '../transaction/turn.ts';
import { findUnknown, type UnknownState } from '../transaction/unknown-state.ts';
import { parseKey, subjectOfKey } from '../update/key.ts';

/**
 * Finds the first unknown thing in a stored conversation, migrated as it would be; `undefined` if there is none.
 *
 * @throws FsmError `RECORD_NEWER`; what a migration or a schema throws passes
 */
export async function inspectStored(
  rt: Runtime,
  { key, stored }: Pick<StoredConversation, 'key' | 'stored'>,
): Promise<UnknownState | undefined> {
  const found = await read(rt, key, stored);
  return found === undefined || 'top' in found ? undefined : found;
}

/** A stored conversation that is open for reading. */
export interface Look {
  readonly turn: OpenTurn;
  /** The view of the active scene. */
  readonly view: unknown;
}

/**
 * Opens a stored conversation for reading; `undefined` if nothing is stored, or the code does not have its state.
 *
 * @throws FsmError `STORAGE_FAILED`, `RECORD_NEWER`; what a migration, a schema or `services` throws passes
 */
export async function look(rt: Runtime, key: string): Promise<Look | undefined> {
  const stored = await peekAt(key, rt);
  const parts = parseKey(key);
  if (stored === undefined || parts === undefined) return undefined;
  const found = await read(rt, key, stored);
  if (found === undefined || !('top' in found)) return undefined;
  const { scope } = parts;
  const subject = subjectOfKey(parts);
  const facts = { key, scope, id: '', subject, update: undefined, ctx: undefined, bot: undefined };
  const turn = new RunningTurn(rt, { ...facts, cause: 'outside' }, undefined, found, undefined);
  await turn.loadServices();
  const { scene } = turn.copy.top;
  return { turn, view: scene === null ? undefined : rt.registry.scenes.get(scene)?.behavior.view };
}

/** A record under its current names, or what is unknown in it; `undefined` if it is empty. */
async function read(
  { registry, options }: Runtime,
  key: string,
  stored: StoredText,
): Promise<ConversationRecord | UnknownState | undefined> {
  const { version: known, migrations, migrationVersions } = options;
  const { record, newer, unreadable } = decode(stored);
  if (newer !== undefined) throw newerFormat(key, newer);
  if (unreadable !== undefined) return unreadableRecord(stored.text, unreadable);
  if (record === undefined || isEmpty(record)) return undefined;
  const { version } = record;
  if (version > known) throw new FsmError('RECORD_NEWER', { key, version, known });
  const migrated = migrate(record, migrations, migrationVersions);
  const found = await findUnknown(migrated, registry);
  return 'top' in found ? { ...migrated, ...found } : found;
}
