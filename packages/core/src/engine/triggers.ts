/** Which scene a command or a deep link starts, and the commands that a bot's menu lists. */

import type { BotCommand, SceneBehavior } from '../conversation/behavior.ts';
import type { Frame } from '../record/record.ts';
import type { RegisteredScene, Registry } from '../state/registry.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import type { Initial } from '../transaction/settings.ts';
import type { ParsedCommand } from '../update/command.ts';
import { guestChats } from '../update/subject.ts';

/** Starts the scene that a command triggers, or returns to it; `false` if it triggers none, or one that does not start by this argument. */
export async function start(turn: OpenTurn, command: ParsedCommand): Promise<boolean> {
  const found = isGuest(turn) ? undefined : triggered(turn, command);
  if (found === undefined) return false;
  const { scene, argument } = found;
  const { copy } = turn;
  const isOf = (frame: Frame) => frame.scene === scene.id;
  if (scene.behavior.trigger?.continues && !isOf(copy.top) && copy.below.some(isOf)) {
    // below the active scene it is as it was, with its answers
    while (!isOf(copy.top)) turn.state.leave();
    return true;
  }
  const rejected = (error: unknown) => turn.rt.inputRejected(turn.key, scene.id, error);
  const data = await scene.behavior.trigger?.from?.(argument, turn, rejected);
  if (data === null) return false;
  // the scene that was called is left for good: what this one gives was not asked for
  copy.top = { ...copy.top, into: undefined };
  turn.state.enter(scene.id as never, data ?? {});
  return true;
}

/** Whether the bot is a guest in this chat: it could not ask anything there (Bot API, answerGuestQuery). */
export function isGuest({ subject }: OpenTurn): boolean {
  return subject.business === guestChats;
}

/**
 * Finds the scene that a command triggers, and the text after its trigger.
 *
 * A deep link says more than `/start`, and a longer one more than its beginning, so the longest counts first.
 */
export function triggered(
  { registry }: OpenTurn,
  { command, argument }: ParsedCommand,
): { readonly scene: RegisteredScene; readonly argument: string } | undefined {
  let found: RegisteredScene | undefined;
  let most = 0;
  for (const scene of registry.scenes.values()) {
    const { deepLink, command: own } = scene.behavior.trigger ?? {};
    const isLink = command === 'start' && deepLink !== undefined && argument.startsWith(deepLink);
    const says = isLink ? deepLink.length + 2 : own === command ? 1 : 0;
    if (says > most) {
      found = scene;
      most = says;
    }
  }
  return found && { scene: found, argument: argument.slice(Math.max(0, most - 2)) };
}

/** Finds the initial scene if it has the command of this update, and another scene is active. */
export function initialOf(turn: OpenTurn): Initial | undefined {
  const { input, copy, registry } = turn;
  const { initial } = turn.rt.options;
  if (initial === undefined || copy.top.scene === initial.scene.id || isGuest(turn))
    return undefined;
  // after the help, the user continues in the active scene
  if (input?.kind !== 'command' || input.value.command === 'help') return undefined;
  return registry.scene(initial.scene).behavior.opens?.(input) ? initial : undefined;
}

/** The commands of all scenes of a machine, as `setMyCommands` takes them. */
export function botCommands({ scenes }: Registry): readonly BotCommand[] {
  return [...scenes.values()].flatMap(({ behavior }) => commandsOf(behavior));
}

/**
 * The commands of a scene that have a description and that Telegram accepts in a menu. It rejects a whole menu for one name of more than 32
 * characters or one description of more than 256 (Bot API, BotCommand).
 */
function commandsOf({ trigger, botCommands }: SceneBehavior): readonly BotCommand[] {
  const { command = '', description } = trigger ?? {};
  const isListed = description && /^[a-z0-9_]{1,32}$/.test(command);
  const own = isListed ? [{ command, description: [...description].slice(0, 256).join('') }] : [];
  return [...own, ...(botCommands?.() ?? [])];
}
