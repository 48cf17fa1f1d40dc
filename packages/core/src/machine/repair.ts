/** What becomes of a stored conversation that the code does not know: the policy, as a unit of its own. */

import { FsmError } from '../base/errors.ts';
import { textOf } from '../conversation/texts.ts';
import type { Hold } from '../lease/lease.ts';
import { emptyRecord, type Frame } from '../record/record.ts';
import { settle, speak } from '../unit/engine.ts';
import type { UnitFacts } from '../unit/facts.ts';
import { type UnknownState, unreadableRecord } from '../unit/policy.ts';
import { Unit } from '../unit/unit.ts';
import type { MachineHost } from './host.ts';

/** Opens a conversation whose text is no record, or one of a newer version. */
export function openUnreadable(
  host: MachineHost,
  facts: UnitFacts,
  hold: Hold,
  found: { readonly newer: number } | { readonly unreadable: string },
): Promise<Unit> {
  if ('newer' in found) {
    throw new FsmError('RECORD_NEWER', { key: hold.key, version: found.newer, known: 1 });
  }
  const reason = found.unreadable;
  if (host.unknownState === 'error' || host.unknownState === 'keep') {
    throw new FsmError('RECORD_UNREADABLE', { key: hold.key, reason });
  }
  const unit = new Unit(host, facts, hold, emptyRecord, undefined);
  const unknown = unreadableRecord(hold.stored?.text ?? '', reason);
  return repair(host, unit, unknown).then(() => unit);
}

/** Applies the policy to what is unknown, as a unit of its own, and then tells the user. */
export async function repair(host: MachineHost, unit: Unit, found: UnknownState): Promise<void> {
  const policy = host.unknownState;
  if (policy === 'keep') return;
  if (policy === 'error') throw refusal(host, found);
  await unit.loadServices();
  if (policy === 'reset') {
    unit.state.clear();
    unit.says.push(await textOf(host.defaults.texts, 'forgotten', unit));
  } else {
    // scenes that no longer exist cannot hear that they are left: what is known of the conversation is its data
    unit.draft.clear();
    unit.draft.change({ data: found.data as Frame['data'] });
    await policy(found, unit);
    await settle(unit);
  }
  await unit.writeAhead();
  host.tell('repaired', { key: unit.key ?? '', stored: found.stored, reason: found.reason });
  try {
    await speak(unit);
  } catch (error) {
    host.speechFailed(unit, error);
  }
}

function refusal({ registry }: MachineHost, found: UnknownState): FsmError {
  const { stored, reason, issues } = found;
  if (reason === 'data') return new FsmError('DATA_INVALID', { state: stored, issues });
  if (reason === 'scene') {
    return new FsmError('SCENE_UNKNOWN', { scene: stored, known: [...registry.scenes.keys()] });
  }
  return new FsmError('STATE_UNKNOWN', { state: stored, known: registry.stateIds });
}
