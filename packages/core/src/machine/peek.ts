/** Reads what was last committed of a conversation, without taking it. Loaded when it is first read. */

import { FsmError } from '../base/errors.ts';
import { peekAt } from '../lease/calls.ts';
import { logIn } from '../record/log.ts';
import { isEmpty } from '../record/record.ts';
import { decode, newerFormat } from '../record/stored.ts';
import { historyOf } from '../state/context.ts';
import { sideOf } from '../transaction/events.ts';
import type { Snapshot } from './machine-interface.ts';
import type { MachineRuntime } from './runtime.ts';

/**
 * Reads a conversation.
 *
 * @throws FsmError `STORAGE_FAILED`, `RECORD_NEWER`, `RECORD_UNREADABLE`
 */
export async function peek(rt: MachineRuntime, key: string): Promise<Snapshot | undefined> {
  const stored = await peekAt(key, rt);
  if (stored === undefined) return undefined;
  const { record, newer, unreadable } = decode(stored);
  if (newer !== undefined) throw newerFormat(key, newer);
  if (unreadable !== undefined) {
    throw new FsmError('RECORD_UNREADABLE', { key, reason: unreadable });
  }
  if (record === undefined || isEmpty(record)) return undefined;
  const { deadlineIn } = stored;
  const log = logIn(record.session);
  return {
    ...sideOf(record),
    history: historyOf(record.top, rt.registry),
    ...(log.length > 0 && { log }),
    ...(deadlineIn !== undefined && { deadlineIn }),
  };
}
