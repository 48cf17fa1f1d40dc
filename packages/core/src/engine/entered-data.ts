/** Checks the data with which a scene is entered. */

import { frozenData } from '../base/json.ts';
import type { SceneBehavior } from '../conversation/behavior.ts';
import type { OpenTurn } from '../transaction/runtime.ts';

/** Checks the data of the top frame. Data that a handler has changed meanwhile is checked again. */
export async function checkEntered(
  { copy }: OpenTurn,
  fits: NonNullable<SceneBehavior['check']>,
): Promise<void> {
  let { top } = copy;
  const { entry } = top;
  let checked = await fits(top.data, top.state);
  while (copy.top !== top) {
    top = copy.top;
    if (top.entry !== entry) return;
    checked = await fits(top.data, top.state);
  }
  copy.change({ data: frozenData(checked, 'data') });
}
