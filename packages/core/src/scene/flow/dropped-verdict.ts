/** A verdict of `invalid` or `redo` counts only if the handler returns it. A handler that calls one of them and returns something else is found here. */

import { sceneError } from '../../base/area-errors.ts';
import { holds } from '../../base/holds.ts';
import { shown } from '../../base/shown.ts';

/** One run of a `validate` or `done`. */
interface VerdictRun {
  made?: string;
}

/** Runs that have not ended. */
const running = new Set<VerdictRun>();

/** The run whose handler is on the stack: until its first `await`, every verdict is its own. */
let current: VerdictRun | undefined;

/**
 * Notes a verdict that was made.
 *
 * After an `await`, the only running handler is assumed to have made it; if several run, nobody is blamed. A handler that has ended may
 * still make one, in a promise that it did not await: then the assumption is wrong, and an answer has to be given again.
 */
export function noteVerdict(made: string): void {
  const [only, other] = running;
  const run = current ?? (!other && only);
  if (run) run.made = made;
}

/**
 * Runs a `validate` or `done`.
 *
 * @param scene - whose handler it is, for messages
 * @throws FsmError `INVALID_TRANSITION` if the handler has made a verdict and returned something else: the `return` is missing
 */
export async function withVerdict(scene: string, handler: () => unknown): Promise<unknown> {
  const run: VerdictRun = {};
  running.add(run);
  try {
    current = run;
    const pending = handler();
    current = undefined;
    const result = await pending;
    const { made } = run;
    if (!made || holds(result, '~invalid') || holds(result, '~redo')) return result;
    throw sceneError('INVALID_TRANSITION', { scene, made, returned: shown(result) });
  } finally {
    // a handler that throws at once has left it
    current = undefined;
    running.delete(run);
  }
}
