/** A command of the initial scene while another scene is active. Loaded with the first one. */

import type { CommandPolicy, SceneBehavior } from '../conversation/behavior.ts';
import type { OutgoingMessage } from '../conversation/outgoing.ts';
import { framesOf } from '../record/record.ts';
import type { Initial } from '../transaction/settings.ts';
import type { ParsedCommand } from '../update/command.ts';
import type { FrameRun } from './frame-run.ts';
import { guarded } from './hooks.ts';
import { beginAtOnce, enterFirst } from './initial.ts';

/**
 * Ends what is active for a command of the initial scene: its commands are in the bot's menu, so they count wherever the user is. A command
 * that the initial scene rejects is answered, and the active scene stays.
 *
 * @param run - the run of the active scene
 * @param policy - what the active scene does about other commands
 * @returns the initial scene; `undefined` if it has rejected the command
 */
export async function backToInitial(
  run: FrameRun,
  command: ParsedCommand,
  initial: Initial,
  policy: CommandPolicy,
): Promise<SceneBehavior | undefined> {
  const { turn } = run;
  const { copy } = turn;
  const { behavior } = turn.registry.scene(initial.scene);
  const below = framesOf(copy).findLast(({ scene }) => scene === initial.scene.id);
  let rejection: OutgoingMessage | undefined;
  await guarded(turn, behavior, async () => {
    rejection = await behavior.rejection?.(turn, command, below);
  });
  if (rejection !== undefined) {
    run.say(rejection);
    if (policy === 'passAndAsk') run.ask();
    return undefined;
  }
  // below the active scene it is as it was, with its data
  if (below === undefined) enterFirst(turn, initial);
  else while (copy.top.scene !== initial.scene.id) turn.state.leave();
  await beginAtOnce(turn);
  return behavior;
}
