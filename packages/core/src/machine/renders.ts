/**
 * What is shown again later: views from outside, at most once a second each, since Telegram allows about one edit a second in a chat; and
 * what a limit (429) has kept back, when the limit is over.
 */

import type { Clock } from '../base/clock.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import type { MachineRuntime } from './runtime.ts';

/** Ms between two renders of one conversation. */
const interval = 1000;

/** Renders of a conversation. */
interface Renders {
  /** When the next one may begin, by the monotonic clock. */
  notBefore: number;
  /** The one that waits until then. */
  next: Promise<void> | undefined;
}

const machines = new WeakMap<MachineRuntime, Map<string, Renders>>();

/** Shows the view again, where there is one; as the work of a turn. */
export function showAgain({ copy, registry, effects }: OpenTurn): void {
  const { scene } = copy.top;
  const behavior = scene === null ? undefined : registry.scenes.get(scene)?.behavior;
  if (behavior?.screen !== undefined) effects.note({ kind: 'ask' });
}

/**
 * Renders now, or when a second has passed since the last time; calls that come meanwhile share that one.
 *
 * @param after - ms that it waits at least
 */
export function paced(
  rt: MachineRuntime,
  key: string,
  render: () => Promise<unknown>,
  after = 0,
): Promise<void> {
  const { clock, limits } = rt;
  const all = machines.get(rt) ?? new Map<string, Renders>();
  machines.set(rt, all);
  const now = clock.monotonic();
  for (const [other, { next, notBefore }] of all) {
    if (next === undefined && notBefore <= now) all.delete(other);
  }
  const mine = all.get(key) ?? { notBefore: now, next: undefined };
  all.set(key, mine);
  mine.notBefore = Math.max(mine.notBefore, now + after);
  if (mine.next !== undefined) return mine.next;
  const begin = async () => {
    for (;;) {
      const wait = mine.notBefore - clock.monotonic();
      if (wait <= 0) break;
      await sleep(clock, wait);
    }
    mine.next = undefined;
    mine.notBefore = clock.monotonic() + interval;
    limits.delete(key);
    await render();
  };
  if (mine.notBefore <= now) return begin();
  mine.next = begin();
  return mine.next;
}

function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, ms));
}
