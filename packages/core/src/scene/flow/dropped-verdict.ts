/** A verdict of `invalid` or `redo` counts only if the handler returns it. A handler that calls one of them and returns something else is found here. */

import { sceneError } from '../../base/area-errors.ts';
import { shown } from '../../base/shown.ts';

/** Runs of `validate` and `done` that have not ended. */
const running = new Set<VerdictRun>();

/** The run whose handler is on the stack: until its first `await`, every verdict is its own. */
let current: VerdictRun | undefined;

/**
 * One run of a `validate` or `done`.
 *
 * After an `await` of the handler, a verdict belongs to the run for certain only if no other handler runs. Otherwise it is attributed to
 * none: a right answer must never fail because of a mistake in another conversation.
 */
export class VerdictRun {
  #made: string | undefined;

  /** Notes a verdict that was made. */
  static note(verdict: 'invalid' | 'redo'): void {
    const [only] = running.size === 1 ? running : [];
    const owner = current ?? only;
    if (owner !== undefined) owner.#made = verdict;
  }

  /** Calls the handler; call {@link end} once its result is there. */
  begin<T>(handler: () => T): T {
    const outer = current;
    running.add(this);
    current = this;
    try {
      return handler();
    } finally {
      current = outer;
    }
  }

  end(): void {
    running.delete(this);
  }

  /**
   * Checks a result that is no verdict.
   *
   * @param scene - whose handler it is, for messages
   * @throws FsmError `INVALID_TRANSITION` if the handler has made a verdict: it has forgotten to return it
   */
  check(returned: unknown, scene: string): void {
    const made = this.#made;
    if (made === undefined) return;
    throw sceneError('INVALID_TRANSITION', {
      scene,
      made,
      returned: returned === undefined ? 'nothing' : shown(returned),
    });
  }
}
