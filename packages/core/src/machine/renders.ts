/** Views that are shown again from outside, at most once a second each: Telegram allows about one edit a second in a chat. */

import { sleep } from '../lease/calls.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import type { MachineRuntime } from './runtime.ts';

/** Ms between two renders of one conversation. */
const interval = 1000;

/** Renders of a conversation. */
interface Renders {
  /** When the last one began, by the monotonic clock. */
  last: number;
  /** The one that waits for its second. */
  next: Promise<void> | undefined;
}

const machines = new WeakMap<MachineRuntime, Map<string, Renders>>();

/** Shows the view again, where there is one; as the work of a turn. */
export function showAgain({ copy, registry, effects }: OpenTurn): void {
  const { scene } = copy.top;
  const behavior = scene === null ? undefined : registry.scenes.get(scene)?.behavior;
  if (behavior?.screen !== undefined) effects.note({ kind: 'ask' });
}

/** Renders now, or when a second has passed since the last time; calls that come meanwhile share that one. */
export function paced(
  rt: MachineRuntime,
  key: string,
  render: () => Promise<unknown>,
): Promise<void> {
  const { clock } = rt;
  const all = machines.get(rt) ?? new Map<string, Renders>();
  machines.set(rt, all);
  const now = clock.monotonic();
  const isIdle = ({ last, next }: Renders) => next === undefined && now - last >= interval;
  for (const [other, renders] of all) if (isIdle(renders)) all.delete(other);
  const mine = all.get(key) ?? { last: now - interval, next: undefined };
  all.set(key, mine);
  if (mine.next !== undefined) return mine.next;
  const begin = async () => {
    mine.next = undefined;
    mine.last = clock.monotonic();
    await render();
  };
  const wait = mine.last + interval - now;
  if (wait <= 0) return begin();
  mine.next = sleep(wait, clock).then(begin);
  return mine.next;
}
