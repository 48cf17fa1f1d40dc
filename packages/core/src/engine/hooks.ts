/** Calls the hooks of scenes in order: entries, exits, timers and questions. */

import { sceneError } from '../base/area-errors.ts';
import { isPromise } from '../base/awaitable.ts';
import { frozenData, noData } from '../base/json.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { MessageSource, SceneBehavior } from '../conversation/behavior.ts';
import { checkMessage, isSent } from '../conversation/outgoing.ts';
import { isOfBotApi } from '../conversation/rejected.ts';
import type { LeaveReason } from '../conversation/turn.ts';
import { type Frame, promptUnsent } from '../record/record.ts';
import type { SceneEvent } from '../state/context.ts';
import { languageSlot } from '../state/working-copy.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import { checkEntered } from './entered-data.ts';
import { askedMember, attempt, FrameRun } from './frame-run.ts';
import { sendQuestion } from './replies.ts';

/** How many hooks of one turn may follow each other. */
const mostEvents = 100;

/** How often questions of one turn may move the user on: each of them may have sent a message. */
const mostMoves = 10;

/** Whether the user has the question of the active scene before them, although it is to be asked again. */
export function isSeen(turn: OpenTurn): boolean {
  const { top } = turn.copy;
  return behaviorOn(turn, top)?.isSeen?.(new FrameRun(turn, top)) ?? false;
}

/** Calls the hooks of scenes until nothing more happens, and finds the question that is then open. */
export async function runHooks(turn: OpenTurn): Promise<void> {
  turn.hooks++;
  try {
    await runEvents(turn);
  } finally {
    turn.hooks--;
  }
}

async function runEvents(turn: OpenTurn): Promise<void> {
  const { effects, copy } = turn;
  const skipped: number[] = [];
  /** The scenes of the last events, in a turn that seems to have no end. */
  const trail: string[] = [];
  let events = 0;
  let params: object | undefined;
  for (;;) {
    const event = effects.nextEvent();
    if (event === undefined) {
      let isAskedAnew = false;
      if (params !== undefined) {
        const found = findQuestion(turn, params);
        const question = isPromise(found) ? await found : found;
        params = undefined;
        // what was found on the way has moved the user on: no question of before is asked any more
        isAskedAnew = question !== undefined && !effects.hasEvents;
        effects.prompt = isAskedAnew ? () => ask(turn, question as MessageSource) : undefined;
        if (effects.hasEvents) continue;
        copy.pendingPrompt = isAskedAnew ? promptUnsent : 0;
        if (isAskedAnew) noteAsked(turn);
      }
      noteLanguage(turn);
      const { screen } = turn.registry;
      if (screen !== undefined && behaviorOn(turn, copy.top)?.screen === undefined) {
        await screen(new FrameRun(turn, copy.top));
      }
      const { keyboard } = copy;
      // of a question that is over
      const isLeft = keyboard !== undefined && (keyboard !== copy.top.entry || isAskedAnew);
      if (isLeft) (await import('./reply-keyboards.ts')).removeByOutbox(turn);
      // one that an ending has shown is the bot's menu, and stays
      if (effects.keyboard === copy.top.entry) copy.keyboard = effects.keyboard;
      effects.keyboard = undefined;
      return;
    }
    events++;
    if (events > mostEvents - 3) {
      trail.push((event.kind === 'left' ? event.frame.scene : copy.top.scene) ?? '');
    }
    if (events > mostEvents) throw sceneError('TRANSITION_LOOP', { scenes: trail });
    const next = notify(turn, event, skipped, params);
    params = isPromise(next) ? await next : next;
  }
}

/** Stores the user's language while a scene may send messages without an update. */
function noteLanguage(turn: OpenTurn): void {
  const { copy, language, facts } = turn;
  if (behaviorOn(turn, copy.top)?.ask !== undefined) {
    if (language !== undefined && !facts.isElsewhere) copy.keep(languageSlot, language);
  } else if (copy.below.length === 0 && copy.top.scene === null) {
    copy.keep(languageSlot, undefined);
  }
}

/** Keeps under which fence the question is asked, for updates that wait in other processes. */
function noteAsked({ copy, lease }: OpenTurn): void {
  const fence = lease?.sharedFence;
  if (fence === undefined) return;
  copy.change({ memo: frozenData({ ...copy.top.memo, [askedMember]: fence }, 'memo') });
}

/**
 * Asks a question, after the commit. If it moves the user on, that is an event for the transaction to settle.
 *
 * @throws FsmError `TRANSITION_LOOP`
 */
async function ask(turn: OpenTurn, source: MessageSource): Promise<void> {
  const { copy, effects } = turn;
  const behavior = behaviorOn(turn, copy.top);
  if (behavior !== undefined && effects.moves >= mostMoves) {
    noteFailure(turn, behavior);
    throw sceneError('TRANSITION_LOOP', { scenes: [copy.top.scene ?? ''] });
  }
  // if a message is edited in place, its source is code of telefsm, not of the scene
  const isGuarded = behavior !== undefined && behavior.screen === undefined;
  const made = isGuarded ? guarded(turn, behavior, source, isOfBotApi) : source();
  const message = isPromise(made) ? await made : made;
  checkMessage(message ?? '', `${copy.top.scene} enter`);
  const isOver = message == null || message === '' || isSent(message);
  const sent = isOver ? message : await sendQuestion(turn, message);
  copy.pendingPrompt = 0;
  if (effects.hasEvents) return;
  const { memo } = copy.top;
  const asked = sent && behavior?.asked?.(memo, sent);
  if (asked && asked !== memo) copy.change({ memo: frozenData(asked, 'memo', memo) });
}

/** Notifies a scene of an event. @returns the parameters of the question that is to be asked then */
function notify(
  turn: OpenTurn,
  event: SceneEvent,
  skipped: number[],
  params: object | undefined,
): Awaitable<object | undefined> {
  const { copy } = turn;
  if (event.kind === 'left') {
    // a scene that was entered and left by one handler has not been there
    if (skipped.includes(event.frame.entry)) return params;
    return notifyLeft(turn, event).then(() => params);
  }
  const { top } = copy;
  const behavior = behaviorOn(turn, top);
  const isGone = event.kind === 'entered' && event.entry !== top.entry;
  if (isGone) skipped.push(event.entry);
  if (behavior === undefined) return undefined;
  if (isGone) return params;
  if (event.kind === 'ask') return event.params ?? params ?? noData;
  return notifyTop(turn, event, behavior);
}

async function notifyTop(
  turn: OpenTurn,
  event: Extract<SceneEvent, { readonly kind: 'entered' | 'returned' }>,
  behavior: SceneBehavior,
): Promise<object | undefined> {
  const { copy } = turn;
  const { top } = copy;
  const run = new FrameRun(turn, top);
  switch (event.kind) {
    case 'entered': {
      if (event.fresh === true) await behavior.screen?.(run);
      if (behavior.check !== undefined) await checkEntered(turn, behavior.check);
      await guarded(turn, behavior, () => behavior.enter?.(run, event.params));
      return event.params;
    }
    case 'returned': {
      const { result, of } = event;
      if (event.into || behavior.resume === undefined) {
        await guarded(turn, behavior, () => behavior.enter?.(run, noData));
        return noData;
      }
      await guarded(turn, behavior, () => behavior.resume?.(run, result, of));
      return undefined;
    }
  }
}

async function notifyLeft(
  turn: OpenTurn,
  { frame, reason }: Extract<SceneEvent, { readonly kind: 'left' }>,
): Promise<void> {
  const { copy, effects } = turn;
  const behavior = behaviorOn(turn, frame);
  let truer: LeaveReason | undefined;
  if (behavior?.leave !== undefined) {
    copy.leaving = frame;
    const hook = async () => {
      truer = (await behavior.leave?.(new FrameRun(turn, frame), reason)) ?? undefined;
    };
    try {
      // a deadline is tried again; any other error must not keep the user in the scene
      if (reason === 'timeout') await guarded(turn, behavior, hook);
      else await attempt(turn, hook);
    } finally {
      copy.leaving = undefined;
    }
  }
  effects.reportLeft({ frame, reason: truer ?? reason });
}

function findQuestion(turn: OpenTurn, params: object): Awaitable<MessageSource | undefined> {
  const { top } = turn.copy;
  const behavior = behaviorOn(turn, top);
  if (behavior === undefined) return undefined;
  return guarded(turn, behavior, () => behavior.ask?.(new FrameRun(turn, top), params));
}

/** Returns the behavior of a frame's scene; `undefined` for a frame without a scene. */
export function behaviorOn({ registry }: OpenTurn, { scene }: Frame): SceneBehavior | undefined {
  return scene === null ? undefined : registry.scenes.get(scene)?.behavior;
}

/** Runs code of a scene. If it throws, the user later reads the text `failed`. */
export function guarded<T>(
  turn: OpenTurn,
  behavior: SceneBehavior,
  run: () => Awaitable<T>,
  isOthers?: (error: unknown) => boolean,
): Awaitable<T> {
  const failed = (error: unknown): never => {
    if (isOthers?.(error) !== true) noteFailure(turn, behavior);
    throw error;
  };
  try {
    const done = run();
    return isPromise(done) ? done.then(undefined, failed) : done;
  } catch (error) {
    return failed(error);
  }
}

/** The code of a scene has thrown: the user reads the text `failed`. */
export function noteFailure({ effects, rt }: OpenTurn, { quiet, texts }: SceneBehavior): void {
  if (quiet !== true) effects.apology = { ...rt.options.defaults.texts, ...texts };
}
