/** The same metrics for Prometheus, by `prom-client`. */

import { isFsmError, type Machine } from '@telefsm/core';
import { Counter, Histogram, type Registry } from 'prom-client';
import { outcomeOf } from './metrics.ts';

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Measures a machine; `await register.metrics()` is the page that Prometheus reads. */
export function promTurns(machine: Pick<Machine, 'observe'>, register: Registry): void {
  const registers = [register];
  const turns = new Histogram({
    name: 'telefsm_turn_duration_seconds',
    help: 'From the arrival of an update, a deadline or an outside call to its end.',
    labelNames: ['cause', 'outcome'],
    buckets,
    registers,
  });
  const waits = new Histogram({
    name: 'telefsm_turn_wait_seconds',
    help: 'Waiting for earlier turns of the conversation, other processes and the storage.',
    labelNames: ['cause'],
    buckets,
    registers,
  });
  const lateness = new Histogram({
    name: 'telefsm_deadline_lateness_seconds',
    help: 'How late deadlines fire.',
    buckets,
    registers,
  });
  const leaseLosses = new Counter({
    name: 'telefsm_lease_losses_total',
    help: 'Turns that lost their conversation to another process.',
    registers,
  });
  machine.observe('turn', ({ cause, waited, took, lateBy, error }) => {
    turns.observe({ cause, outcome: outcomeOf(error) }, took / 1000);
    waits.observe({ cause }, waited / 1000);
    if (lateBy !== undefined) lateness.observe(lateBy / 1000);
    if (isFsmError(error, 'LEASE_LOST')) leaseLosses.inc();
  });
}
