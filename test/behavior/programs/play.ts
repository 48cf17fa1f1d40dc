/** Plays a program on a bot, undisturbed or not. */

import type { Network } from '../../../packages/core/test/fixtures/text-storage.ts';
import type { Program } from './program.ts';
import { type Message, type Outcome, openStage, type Setting } from './stage.ts';

/** What happens beside the program. */
export interface Disturbance {
  /** The network of the text storage. */
  readonly network?: Network;
  /** After each deed the process ends, and another one starts. */
  readonly restarts?: boolean;
  /** Each update is delivered twice. */
  readonly redelivers?: boolean;
}

/** Plays a program, one deed after the other. */
export async function play(
  setting: Setting,
  program: Program,
  { network, restarts, redelivers }: Disturbance = {},
): Promise<Outcome> {
  const stage = await openStage(setting, network);
  for (const deed of program) {
    await stage.does(deed);
    if (redelivers) await stage.redelivers();
    await stage.notes(deed);
    if (restarts) await stage.restarts();
  }
  return stage.closes();
}

/** Plays the messages of a program: all at once, or one after the other. */
export async function playMessages(
  setting: Setting,
  messages: readonly Message[],
  order: 'at once' | 'in turn',
  network?: Network,
): Promise<Outcome> {
  const stage = await openStage(setting, network);
  const says = messages.map((each) => () => stage.saysBesideOthers(each));
  if (order === 'at once') await Promise.all(says.map((say) => say()));
  else for (const say of says) await say();
  for (const each of messages) await stage.notes(each);
  return stage.closes();
}
