/** To whom an update is offered: the active scene, triggers, the initial scene, and then the bot. */

import { isFsmError } from '../base/errors.ts';
import type { SceneBehaviour } from '../scene/behaviour.ts';
import { markedVisit } from './albums.ts';
import { answerStale, boundTag, isFromThisMachine } from './bound.ts';
import { behaviourOn, guarded, settle } from './engine.ts';
import { commandOf, FrameRun } from './frame-run.ts';
import { isGuest, start } from './triggers.ts';
import type { Unit } from './unit.ts';

/**
 * Gives an update to the active scene, to triggers and to the initial scene, in this order; what none of them takes goes to the bot.
 *
 * @param rest - the bot's other middleware
 */
export async function dispatch(unit: Unit, rest: () => Promise<void>): Promise<void> {
  const { draft, input } = unit;
  await unit.loadServices();
  if (isRestOfAlbum(unit)) return;
  const tag = boundTag(unit);
  if (tag !== undefined && !isFromThisMachine(unit, tag)) return rest();
  const pass = () => (tag === undefined ? rest() : answerStale(unit, tag, rest));
  const active = behaviourOn(unit, draft.top);
  if (active !== undefined) return offer(unit, active, pass);
  const command = commandOf(input);
  if (command !== undefined && (await start(unit, command))) return;
  if (await enterInitial(unit)) return;
  const opened = behaviourOn(unit, draft.top);
  return opened === undefined ? pass() : offer(unit, opened, pass);
}

/** Gives an update to the active scene: its own commands, then triggers of others, then whatever it handles. */
async function offer(
  unit: Unit,
  behaviour: SceneBehaviour,
  pass: () => Promise<void>,
): Promise<void> {
  const { draft, input } = unit;
  const run = new FrameRun(unit, draft.top);
  const { command } = run;
  if (command !== undefined) {
    if (await guarded(unit, behaviour, async () => behaviour.command?.(run, command))) return;
    const policy = behaviour.otherCommands ?? unit.host.defaults.otherCommands;
    if (policy !== 'answer' && (await start(unit, command))) return;
    if (policy === 'passAndAsk') {
      const { visit } = draft.top;
      await pass();
      if (draft.top.visit === visit) unit.events.push({ kind: 'ask' });
      return;
    }
  }
  let isPassed = false;
  try {
    await guarded(unit, behaviour, async () =>
      behaviour.handle(run, () => {
        isPassed = true;
        return pass();
      }),
    );
  } catch (error) {
    const isInput = input !== undefined && !isPassed && behaviour.quiet !== true;
    if (!isInput || !isUnkeepable(error)) throw error;
    unit.unkept = { error };
  }
  if (isPassed || behaviour.quiet === true || input === undefined) return;
  unit.isTaken = true;
  // a button keeps turning on the user's screen until it is answered
  if (input.kind === 'button') unit.callbackAnswer ??= {};
  if (input.album !== undefined) unit.takeAlbum(input.album, run.visit);
}

/** Kinds that come without being written to the bot. */
function isEvent(kind: string): boolean {
  return kind === 'poll_answer' || kind === 'payment';
}

/** Whether an error says that what a scene made of an input cannot be stored. */
function isUnkeepable(error: unknown): boolean {
  return isFsmError(error, 'DATA_NOT_JSON') || isFsmError(error, 'RECORD_TOO_LARGE');
}

/** Whether an input is a part of an album that a scene has begun to take, and that scene is over. */
function isRestOfAlbum({ input, key = '', host, draft }: Unit): boolean {
  if (input?.album === undefined || input.edited) return false;
  const visit = host.albums.takenBy(key, input.album) ?? markedVisit(draft.base.ids, input.album);
  return visit !== undefined && visit !== draft.top.visit;
}

/**
 * Opens a conversation with the initial scene.
 *
 * @returns whether that was all; `false` without entering anything, or with a scene that takes the first input at once
 */
async function enterInitial(unit: Unit): Promise<boolean> {
  const { initial } = unit.host;
  const { input, draft } = unit;
  if (initial === undefined || draft.top.state !== null || isGuest(unit)) return false;
  // what was said before, or elsewhere, begins nothing
  if (input === undefined || input.edited || isEvent(input.kind)) return false;
  // a channel, and whoever writes in the name of a group, is no person to be greeted
  if ((unit.subject.user ?? 0) <= 0 && unit.subject.business === undefined) return false;
  const takesAtOnce = unit.registry.scene(initial.scene).behaviour.opens?.(input) === true;
  if (!takesAtOnce && (input.kind === 'command' || input.kind === 'button')) return false;
  const { data, params } = initial.start(unit);
  unit.state.enter(initial.scene as never, data ?? {}, params === undefined ? {} : { params });
  if (!takesAtOnce) return true;
  await settle(unit);
  // what the user has said already is not asked for
  unit.question = undefined;
  draft.owed = false;
  return false;
}
