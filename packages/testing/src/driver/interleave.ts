/** Forced interleavings: several actions stepped through the bot's API calls in a chosen order. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { untilIdle } from '../event-loop.ts';

/** One step of `interleave`: which action, and what it did. */
export interface Step {
  /** The action's index. */
  readonly action: number;
  /** `"starts"`, the API method that was let through, `"waits"` (for something that another action holds) or `"has ended"`. */
  readonly did: string;
}

interface Lane {
  state: 'fresh' | 'running' | 'held' | 'ended';
  free: boolean;
  method: string;
  go: () => void;
}

const lanes = new AsyncLocalStorage<Lane>();

/** Holds a call of the bot until the order lets its action continue; calls outside of `interleave` pass. */
export async function gate(method: string): Promise<void> {
  const lane = lanes.getStore();
  if (lane === undefined || lane.free || lane.state === 'ended') return;
  await new Promise<void>((resolve) => {
    Object.assign(lane, { state: 'held', method, go: resolve });
  });
}

/**
 * Runs actions against each other. Each index in `order` lets that action do one step. It starts and runs to its first API call,
 * or its pending call is answered and it runs to the next. When the order is used up, all run on freely.
 */
export async function interleave(
  actions: readonly (() => Promise<unknown>)[],
  order: readonly number[],
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  const running: Lane[] = actions.map(() => ({
    state: 'fresh',
    free: false,
    method: '',
    go: () => {},
  }));
  const outcomes: Promise<unknown>[] = [];
  const start = (index: number): void => {
    const lane = running[index] as Lane;
    lane.state = 'running';
    const ended = lanes
      .run(lane, async () => actions[index]?.())
      .finally(() => {
        lane.state = 'ended';
      });
    ended.catch(() => {}); // reported at the end, with the others
    outcomes[index] = ended;
  };
  for (const action of order) {
    const lane = running[action];
    if (lane === undefined)
      throw new RangeError(
        `The order names action ${action}, but there are ${actions.length}, counted from 0.`,
      );
    steps.push({ action, did: stepOf(lane) });
    if (lane.state === 'fresh') start(action);
    else if (lane.state === 'held') release(lane);
    await untilIdle(() => lane.state === 'held' || lane.state === 'ended');
  }
  for (const [index, lane] of running.entries()) {
    lane.free = true;
    if (lane.state === 'fresh') start(index);
    if (lane.state === 'held') release(lane);
  }
  const settled = await Promise.allSettled(outcomes);
  const failed = settled.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return steps;
}

function stepOf(lane: Lane): string {
  if (lane.state === 'fresh') return 'starts';
  if (lane.state === 'held') return lane.method;
  return lane.state === 'ended' ? 'has ended' : 'waits';
}

function release(lane: Lane): void {
  lane.state = 'running';
  lane.go();
}
