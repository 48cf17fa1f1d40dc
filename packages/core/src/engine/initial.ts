/** How a conversation begins with the initial scene. */

import type { OpenTurn } from '../transaction/runtime.ts';
import type { Initial } from '../transaction/settings.ts';
import { runHooks } from './hooks.ts';

/** Enters the initial scene with its first data. */
export function enterFirst(turn: OpenTurn, { scene, start: begin }: Initial): void {
  const { data, params } = begin(turn);
  turn.state.enter(scene as never, data ?? {}, params === undefined ? {} : { params });
}

/** Begins a scene that handles this very input: the user is not asked for a text that they have sent. */
export async function beginAtOnce(turn: OpenTurn): Promise<void> {
  await runHooks(turn);
  turn.effects.prompt = undefined;
  turn.copy.pendingPrompt = 0;
}
