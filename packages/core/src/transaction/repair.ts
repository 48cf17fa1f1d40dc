/** Applies the policy to a stored conversation with an unknown state, in a commit of its own. */

import { sceneError } from '../base/area-errors.ts';
import { FsmError } from '../base/errors.ts';
import { resolveText } from '../conversation/texts.ts';
import type { Frame } from '../record/record.ts';
import { commitAhead, deliverAndMoveOn, finishWork, rollBack } from './commit.ts';
import { isOutage } from './outage.ts';
import type { OpenTurn, Runtime } from './runtime.ts';
import type { UnknownState } from './unknown-state.ts';

/** Applies the policy to what is unknown, commits, and then sends the user a text. */
export async function repair(turn: OpenTurn, found: UnknownState): Promise<void> {
  const { copy, effects, rt } = turn;
  const { unknownState: policy, defaults } = rt.options;
  if (policy === 'keep') return;
  if (policy === 'error') throw rejection(rt, found);
  await turn.loadServices();
  if (policy === 'reset') {
    turn.state.clear();
    effects.send(await resolveText(defaults.texts, 'reset', turn));
  } else {
    // hooks of scenes that no longer exist cannot run: only the data of the conversation is left
    copy.clear();
    copy.change({ data: found.data as Frame['data'] });
    await policy(found, turn);
    await finishWork(turn);
  }
  await commitAhead(turn);
  rt.notify('repaired', { key: turn.key ?? '', stored: found.stored, reason: found.reason });
  try {
    await deliverAndMoveOn(turn);
  } catch (error) {
    if (isOutage(error)) throw error;
    rollBack(turn);
    rt.sendFailed(turn.key, error);
  }
}

function rejection({ registry }: Runtime, found: UnknownState): FsmError {
  const { stored, reason, issues } = found;
  if (reason === 'data') return sceneError('DATA_INVALID', { state: stored, issues });
  if (reason === 'scene') {
    return new FsmError('SCENE_UNKNOWN', { scene: stored, known: [...registry.scenes.keys()] });
  }
  return new FsmError('STATE_UNKNOWN', { state: stored, known: [...registry.states.keys()] });
}

/** Returns an unreadable record as a policy gets it. */
export function unreadableRecord(text: string, reason: string): UnknownState {
  return { stored: text, data: {}, scene: null, reason: 'record', issues: [reason] };
}
