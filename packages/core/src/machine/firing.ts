/** The way in for deadlines: one conversation whose time may have come. */

import { newToken } from '../lease/calls.ts';
import { parseKey } from '../update/key.ts';
import type { Subject } from '../update/subject.ts';
import type { MachineHost } from './host.ts';
import { factsOutside } from './outside.ts';
import { type MachineParts, run, type WayIn } from './run.ts';
import { fireDeadline } from './timers.ts';

const due: WayIn<MachineHost, boolean> = {
  admits: ({ stored }) => stored?.deadlineIn !== undefined && stored.deadlineIn <= 0,
  async work(unit, host) {
    await fireDeadline(host, unit, 0);
    return true;
  },
};

/**
 * Fires the deadline of a conversation, if it is free and truly due.
 *
 * Whether it is due is decided under the lease: another process may have fired it, or its user may have moved it on.
 *
 * @returns whether a deadline was fired
 */
export async function fire(parts: MachineParts, namespace: string, key: string): Promise<boolean> {
  const { host, queues, isStopped } = parts;
  const told = parseKey(key);
  if (told?.namespace !== namespace || isStopped()) return false;
  const place = queues.tryJoin(key);
  if (place === undefined) return false;
  const { scope, bot, business } = told;
  const { chat = scope.user, user, thread } = scope;
  const subject: Subject = { bot, chat, user, thread, business };
  const facts = factsOutside(parts, { key, scope, subject }, newToken(), 'deadline');
  const arrivedAt = host.clock.monotonic();
  const fired = await run(parts, due, { facts, place, bound: 0, arrivedAt, given: host });
  return fired ?? false;
}
