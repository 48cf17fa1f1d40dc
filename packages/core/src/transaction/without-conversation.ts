/** The turn of an update that belongs to no conversation. */

import type { Job } from './job.ts';
import type { Meter } from './meter.ts';
import type { OpenTurn, Runtime } from './runtime.ts';
import { RunningTurn } from './turn.ts';

/** Handlers run, and nothing is locked, read or written. */
export async function workAlone<Result>(
  rt: Runtime,
  job: Job<Result>,
  meter: Meter | undefined,
): Promise<Result> {
  const { stopping } = rt;
  stopping.begin();
  meter?.begin(job, undefined);
  const turn = new RunningTurn(rt, job, undefined, undefined, undefined);
  let phase: OpenTurn['phase'] = 'failed';
  try {
    rt.opened?.(turn, job.ctx);
    if (rt.options.services !== undefined) await turn.loadServices();
    const result = await job.work(turn);
    phase = 'over';
    return result;
  } finally {
    turn.phase = phase;
    stopping.end();
  }
}
