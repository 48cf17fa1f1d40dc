/** Metrics of OpenTelemetry: turns, waits, lost leases, late deadlines, and what the storage failed to do. */

import type { Meter } from '@opentelemetry/api';
import { isFsmError, type Machine } from '@telefsm/core';

/** Measures a machine. */
export function meterTurns(machine: Pick<Machine, 'observe'>, meter: Meter): void {
  const turns = meter.createHistogram('telefsm.turn.duration', {
    unit: 'ms',
    description: 'From the arrival of an update, a deadline or an outside call to its end.',
  });
  const waits = meter.createHistogram('telefsm.turn.wait', {
    unit: 'ms',
    description: 'Waiting for earlier turns of the conversation, other processes and the storage.',
  });
  const lateness = meter.createHistogram('telefsm.deadline.lateness', {
    unit: 'ms',
    description: 'How late deadlines fire.',
  });
  const leaseLosses = meter.createCounter('telefsm.lease.losses', {
    description: 'Turns that lost their conversation to another process.',
  });
  const storageFailures = meter.createCounter('telefsm.storage.failures', {
    description: 'Failures that ended no turn: releases, renewals, sweeps.',
  });
  const duplicates = meter.createCounter('telefsm.duplicates', {
    description: 'Redelivered updates that were skipped.',
  });
  machine.observe('turn', ({ cause, waited, took, lateBy, error }) => {
    turns.record(took, { cause, outcome: outcomeOf(error) });
    waits.record(waited, { cause });
    if (lateBy !== undefined) lateness.record(lateBy);
    if (isFsmError(error, 'LEASE_LOST')) leaseLosses.add(1);
  });
  machine.observe('storageFailed', ({ operation }) => storageFailures.add(1, { operation }));
  machine.observe('duplicate', () => duplicates.add(1));
}

/** A label with few values, as metrics need it: `ok`, the code of an FsmError, or `error`. */
export function outcomeOf(error: unknown): string {
  if (error === undefined) return 'ok';
  return isFsmError(error) ? error.code : 'error';
}
