/** The verbs of `ctx.state` that move between scenes, and what they do with the frames of the working copy. */

import { FsmError } from '../base/errors.ts';
import { frozenData, isBlank, type JsonObject, mergedData, noData } from '../base/json.ts';
import type { AnyScene } from '../conversation/scene.ts';
import type { LeaveReason } from '../conversation/turn.ts';
import { remember } from '../record/history.ts';
import { emptyFrame, type Frame, framesOf, noTimers, stackOf } from '../record/record.ts';
import type { ContextHost, SceneVerbs } from '../state/context.ts';
import type { WorkingCopy } from '../state/working-copy.ts';

/** How a scene is entered. */
interface EntryOptions {
  readonly params?: object;
  readonly fresh?: boolean;
}

/** Where a scene begins. */
interface Beginning {
  readonly scene: string;
  readonly state: string | null;
  readonly data: JsonObject;
}

export const sceneVerbs: SceneVerbs = {
  enter(host, scene, data, options) {
    const { copy } = host;
    const beginning = beginningOf(host, scene, data);
    const isOf = (frame: Frame) => frame.scene === beginning.scene;
    // a scene that waits below begins again in its own place: else each /menu in a called flow would leave one menu more to close
    while (!isOf(copy.top) && copy.below.some(isOf)) popFrame(host, 'replaced');
    noteLeft(host, copy.top, 'replaced');
    replaceTop(copy, beginning);
    noteEntered(host, options);
  },

  call(host, scene, data, options) {
    pushFrame(host, beginningOf(host, scene, data), options?.into);
    noteEntered(host, options);
  },

  leave(host, result) {
    const { top, below } = host.copy;
    if (top.scene === null && below.length === 0) throw new FsmError('NO_SCENE', { verb: 'leave' });
    leaveTop(host, 'left', result);
  },

  cancel(host) {
    const { copy } = host;
    for (const frame of framesOf(copy).toReversed()) noteLeft(host, frame, 'canceled');
    copy.clear();
  },

  changed({ copy, registry, effects }) {
    const { scene } = copy.top;
    if (scene !== null && registry.scenes.get(scene)?.behavior.isSeen !== undefined)
      effects.note({ kind: 'ask' });
  },

  reenter(host) {
    const { copy, registry, effects } = host;
    const { top } = copy;
    if (top.scene === null) throw new FsmError('NO_SCENE', { verb: 'reenter' });
    if (registry.scene(top.scene).behavior.enter === undefined) effects.note({ kind: 'ask' });
    else {
      noteLeft(host, top, 'replaced');
      noteEntered(host);
    }
  },
};

/** Removes a frame and notes the event for its scenes. The caller has checked that there is a frame. */
export function leaveTop(host: ContextHost, reason: LeaveReason, result: unknown): void {
  const { copy, effects } = host;
  const left = copy.top;
  const called = copy.below.length > 0;
  popFrame(host, reason);
  if (!called) return;
  const into = left.into !== undefined && result !== undefined;
  if (into) {
    copy.change({ data: mergedData(copy.top.data, { [left.into]: result }, 'result') });
  }
  if (copy.top.scene !== null) {
    effects.note({ kind: 'returned', result, of: left.scene ?? '', into });
  }
}

/** Notes that a frame was left, if a scene is in it. */
function noteLeft({ effects }: ContextHost, frame: Frame, reason: LeaveReason): void {
  if (frame.scene !== null) effects.note({ kind: 'left', frame, reason });
}

function noteEntered(
  { copy, effects }: ContextHost,
  { params = noData, fresh }: EntryOptions = {},
): void {
  effects.note({ kind: 'entered', entry: copy.top.entry, params, fresh });
}

/** Puts a scene in place of the top frame. */
function replaceTop(copy: WorkingCopy, { scene, state, data }: Beginning): void {
  const { top } = copy;
  const isNew = top.scene === null && top.state === null && isBlank(top.data);
  copy.dropTimers();
  copy.top = {
    ...emptyFrame,
    scene,
    state,
    data,
    entry: copy.newEntry(),
    into: top.into,
    history: isNew ? top.history : remember(top.history, top, { scene, data }, copy.rules.history),
  };
}

/** Puts a scene on top; timers of the one below wait until it is on top again. */
function pushFrame(
  { copy, rt }: ContextHost,
  beginning: Beginning,
  into: string | undefined,
): void {
  const paused = [...(copy.timers ?? [])].map(([name, at]) => ({
    name,
    plus: Math.round(at - rt.clock.monotonic()),
  }));
  copy.dropTimers();
  copy.below = [...copy.below, paused.length > 0 ? { ...copy.top, paused } : copy.top];
  copy.top = { ...emptyFrame, ...beginning, entry: copy.newEntry(), into };
}

/** Takes the top frame off; the last one leaves nothing. */
function popFrame(host: ContextHost, reason: LeaveReason): void {
  const { copy, rt } = host;
  noteLeft(host, copy.top, reason);
  copy.dropTimers();
  Object.assign(copy, stackOf(copy.below));
  const { paused } = copy.top;
  if (paused.length === 0) return;
  copy.top = { ...copy.top, paused: noTimers };
  for (const { name, plus } of paused) copy.arm(name, rt.clock.monotonic() + plus);
}

function beginningOf(
  { registry }: ContextHost,
  scene: AnyScene | string,
  data: object | undefined,
): Beginning {
  const { id, behavior } = registry.scene(scene);
  const start = data === undefined ? noData : frozenData(data, 'data');
  return { scene: id, state: behavior.first(start), data: start };
}
