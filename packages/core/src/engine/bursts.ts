/** Messages that a scene has collected: their turn may be interrupted, although nobody sends a deadline again. */

import { frozenData } from '../base/json.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { burstTimer, collections } from '../conversation/behavior.ts';
import type { OpenTurn } from '../transaction/runtime.ts';

/** Runs what answers the messages, unless an update interrupts it; a redelivery of one of them does not. */
export async function interruptible(turn: OpenTurn, pass: () => Awaitable<void>): Promise<void> {
  const { rt, copy, interruption } = turn;
  if (interruption === undefined || rt.interrupts === undefined) return pass();
  const { handles = [] } = interruption;
  const burst = copy.top.memo[burstTimer];
  const updates: readonly unknown[] = Array.isArray(burst) ? burst : [];
  const answered = updates.map((update) => String(Reflect.get(Object(update), 'update_id')));
  interruption.handles = [...handles, ...answered];
  return rt.interrupts.race(turn, { work: pass });
}

/** Discards the collected messages, as a part of the turn. */
export function forgetBurst({ copy }: OpenTurn, timer: string): void {
  const members = collections[timer] ?? [];
  const { memo } = copy.top;
  if (!members.some((name) => name in memo)) return;
  const kept = Object.entries(memo).filter(([name]) => !members.includes(name));
  copy.change({ memo: frozenData(Object.fromEntries(kept), 'memo') });
  copy.arm(timer, undefined);
}
