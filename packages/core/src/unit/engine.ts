/** The scene engine: in which order scenes hear of their frames' coming and going, of timers, and of their questions. */

import { FsmError } from '../base/errors.ts';
import { holds } from '../base/holds.ts';
import { frozenData, noData } from '../base/json.ts';
import type { Awaitable } from '../base/type-tools.ts';
import { isRejected } from '../conversation/rejected.ts';
import { textOf } from '../conversation/texts.ts';
import type { LeaveReason } from '../conversation/turn.ts';
import type { Frame } from '../record/record.ts';
import type { SceneBehaviour, Speech } from '../scene/behaviour.ts';
import { stateTimer } from './draft.ts';
import { FrameRun } from './frame-run.ts';
import type { SceneEvent } from './state-context.ts';
import type { Unit } from './unit.ts';

/** How many hooks of one unit may follow each other. */
const mostEvents = 100;

/**
 * Asks again what was committed and perhaps never said, because a process died in between.
 *
 * Where it cannot be asked, now either, it stays owed. That fails only what would be an answer to it: commands, buttons and work from
 * elsewhere are the ways out for a user whose question can never be said.
 *
 * @returns whether the update may go on: an answer to a question that nobody saw is none
 */
export async function askOwed(unit: Unit): Promise<boolean> {
  const { draft, input } = unit;
  const { frames } = draft;
  const goesOn = input === undefined || input.kind === 'command' || input.kind === 'button';
  const tolerate = (error: unknown) => {
    if (!goesOn) throw error;
    unit.host.speechFailed(unit, error);
  };
  await unit.loadServices();
  draft.owed = false;
  unit.events.push({ kind: 'ask' });
  try {
    await settle(unit);
  } catch (error) {
    tolerate(error);
    unit.silence();
    draft.frames = frames;
    draft.owed = true;
  }
  await unit.writeAhead();
  await speak(unit, goesOn).catch(tolerate);
  return goesOn;
}

/** Lets a timer of the active frame pass. */
export async function passTimer(unit: Unit, timer: string): Promise<void> {
  const { draft, host } = unit;
  draft.arm(timer, undefined);
  await unit.loadServices();
  const behaviour = behaviourOn(unit, draft.top);
  if (timer === stateTimer || behaviour === undefined) {
    const say = await host.onTimeout?.(unit);
    if (host.onTimeout === undefined) unit.state.clear();
    if (say != null) unit.says.push(say);
    return;
  }
  await guarded(unit, behaviour, async () =>
    behaviour.timeout?.(new FrameRun(unit, draft.top), timer),
  );
}

/** Gives an answer to the active scene as if the user had; `false` if that state is not pending. */
export async function answer(unit: Unit, state: string, value: unknown): Promise<boolean> {
  await unit.loadServices();
  const behaviour = behaviourOn(unit, unit.draft.top);
  if (behaviour?.answer === undefined) return false;
  return behaviour.answer(new FrameRun(unit, unit.draft.top), state, value);
}

/** Tells scenes what has happened to their frames, until nothing more happens, and finds the question that is open then. */
export async function settle(unit: Unit): Promise<void> {
  const { events, draft } = unit;
  if (events.length === 0) return;
  await unit.loadServices();
  const skipped = new Set<number>();
  const trail: string[] = [];
  let params: object | undefined;
  for (;;) {
    const event = events.shift();
    if (event === undefined) {
      if (params === undefined) return;
      unit.question = await findQuestion(unit, params);
      if (events.length === 0) {
        draft.owed = unit.question !== undefined;
        return;
      }
      params = undefined;
      continue;
    }
    trail.push(event.kind === 'left' ? (event.frame.scene ?? '') : (draft.top.scene ?? ''));
    if (trail.length > mostEvents)
      throw new FsmError('TRANSITION_LOOP', { scenes: trail.slice(-4) });
    params = await tell(unit, event, skipped, params);
  }
}

/**
 * Says what was to be said, in order, and last the question.
 *
 * What Telegram rejects would be rejected again, and the handler that caused it has ended: so observers get the error, and the user reads
 * that something failed. A question that was rejected stays owed: an answer to a question that nobody saw is none.
 *
 * @param silently - do not tell the user of a rejection
 */
export async function speak(unit: Unit, silently = false): Promise<void> {
  const { callbackAnswer, says, question, quiet } = unit;
  unit.callbackAnswer = undefined;
  unit.question = undefined;
  unit.quiet = undefined;
  let isRejection = false;
  const sending = async <T>(send: () => Awaitable<T>, isQuiet = false) => {
    try {
      return await send();
    } catch (error) {
      const rejected = isRejected(error);
      if (!rejected && !isQuiet) throw error;
      unit.host.speechFailed(unit, error);
      isRejection ||= !isQuiet;
      return undefined;
    }
  };
  // a query that has waited for long cannot be answered any more; what else is to be said does not depend on it
  if (callbackAnswer !== undefined) await sending(() => unit.answerCallback(callbackAnswer), true);
  for (const say of says.splice(0)) await sending(() => unit.tell(say), quiet?.has(say));
  if (question !== undefined) await sending(() => askNow(unit, question));
  if (!isRejection || silently) return;
  const texts = { ...unit.host.defaults.texts, ...behaviourOn(unit, unit.draft.top)?.texts };
  const text = await textOf(texts, 'failed', unit);
  await sending(() => unit.tell(text), true);
}

async function askNow(unit: Unit, question: Speech): Promise<void> {
  const { draft } = unit;
  const said = await question();
  const isSaid = said == null || said === '' || holds(said, 'message_id');
  const sent = isSaid ? said : await unit.speak(said);
  draft.owed = false;
  const asked = behaviourOn(unit, draft.top)?.asked;
  if (sent && asked) draft.change({ memo: frozenData(asked(draft.top.memo, sent), 'memo') });
}

async function tell(
  unit: Unit,
  event: SceneEvent,
  skipped: Set<number>,
  params: object | undefined,
): Promise<object | undefined> {
  const { draft } = unit;
  if (event.kind === 'left') {
    // a scene that was entered and left by one handler has not been there
    if (!skipped.has(event.frame.visit)) await tellLeft(unit, event);
    return params;
  }
  const { top } = draft;
  const behaviour = behaviourOn(unit, top);
  if (event.kind === 'entered' && event.visit !== top.visit) skipped.add(event.visit);
  if (behaviour === undefined) return undefined;
  const run = new FrameRun(unit, top);
  switch (event.kind) {
    case 'ask':
      return event.params ?? params ?? noData;
    case 'entered': {
      if (event.visit !== top.visit) return params;
      const checked = await behaviour.check?.(top.data, top.state);
      if (checked !== undefined) draft.change({ data: frozenData(checked, 'data') });
      await guarded(unit, behaviour, async () => behaviour.enter?.(run, event.params));
      return event.params;
    }
    case 'returned': {
      const { result, of } = event;
      if (event.into || behaviour.resume === undefined) {
        await guarded(unit, behaviour, async () => behaviour.enter?.(run, noData));
        return noData;
      }
      await guarded(unit, behaviour, async () => behaviour.resume?.(run, result, of));
      return undefined;
    }
  }
}

async function tellLeft(
  unit: Unit,
  { frame, reason }: Extract<SceneEvent, { readonly kind: 'left' }>,
): Promise<void> {
  const behaviour = behaviourOn(unit, frame);
  let truer: LeaveReason | undefined;
  if (behaviour?.leave !== undefined) {
    unit.leaving = frame;
    const hook = async () => {
      truer = (await behaviour.leave?.(new FrameRun(unit, frame), reason)) ?? undefined;
    };
    try {
      // what a deadline does is tried again; everybody else would be held in the scene
      if (reason === 'timeout') await guarded(unit, behaviour, hook);
      else await unit.attempt(hook);
    } finally {
      unit.leaving = undefined;
    }
  }
  unit.left ??= [];
  unit.left.push({ frame, reason: truer ?? reason });
}

async function findQuestion(unit: Unit, params: object): Promise<Unit['question']> {
  const { top } = unit.draft;
  const behaviour = behaviourOn(unit, top);
  if (behaviour === undefined) return undefined;
  return guarded(unit, behaviour, async () => behaviour.ask?.(new FrameRun(unit, top), params));
}

/** What the scene of a frame does; `undefined` for a frame that is in none. */
export function behaviourOn({ registry }: Unit, { scene }: Frame): SceneBehaviour | undefined {
  return scene === null ? undefined : registry.scenes.get(scene)?.behaviour;
}

/** Runs code of a scene; if it throws, the user is told later that something failed. */
export async function guarded<T>(
  unit: Unit,
  behaviour: SceneBehaviour,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (behaviour.quiet !== true) {
      unit.apology = { ...unit.host.defaults.texts, ...behaviour.texts };
    }
    throw error;
  }
}
