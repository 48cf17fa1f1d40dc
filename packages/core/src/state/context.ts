/** The object behind `ctx.state`: reads the working copy, and turns verbs into changes of it. */

import { type Clock, type Duration, longestDuration, toMs } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import { holds } from '../base/holds.ts';
import { frozenData, type JsonObject, noData, thawed } from '../base/json.ts';
import { printedAs } from '../base/printed.ts';
import { invalidOption, invalidTarget } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import type { FsmContext, HistoryEntry } from '../conversation/context.ts';
import type { AnyScene } from '../conversation/scene.ts';
import { definitionOf, isStateSpec, type State } from '../conversation/states.ts';
import { type Matcher, matcherOf, type Target } from '../conversation/targets.ts';
import type { LeaveReason } from '../conversation/turn.ts';
import { walkBack } from '../record/history.ts';
import type { Frame } from '../record/record.ts';
import type { Scope } from '../update/key.ts';
import { knownPlace } from './current-place.ts';
import type { Registry } from './registry.ts';
import { stateTimer, type WorkingCopy } from './working-copy.ts';

/** The events of frames whose hooks have not run yet, in order. */
export type SceneEvent =
  | {
      readonly kind: 'entered';
      readonly entry: number;
      readonly params: object;
      /** Whether the scene is shown in a new message. */
      readonly fresh?: boolean | undefined;
    }
  | { readonly kind: 'left'; readonly frame: Frame; readonly reason: LeaveReason }
  | {
      readonly kind: 'returned';
      readonly result: unknown;
      readonly of: string;
      readonly into: boolean;
    }
  | { readonly kind: 'ask'; readonly params?: object };

/** The members of a turn that `ctx.state` needs. */
export interface ContextHost extends SessionAccess {
  readonly copy: WorkingCopy;
  readonly registry: Registry;
  /** Notes the events of scenes before the commit. */
  readonly effects: { note(event: SceneEvent): void };
  readonly used: { dropEvents(): void } | undefined;
  /** Absent in a machine without scenes. */
  readonly sceneVerbs: SceneVerbs | undefined;
  readonly rt: { readonly storage: object; readonly clock: Pick<Clock, 'monotonic'> };
  /** @throws FsmError `TURN_ENDED` or `NO_CONVERSATION` */
  mayRead(member: string): void;
  commit(): Promise<void>;
}

/** The verbs of `ctx.state` that need scenes; the engine that scenes bring has them. */
export interface SceneVerbs {
  enter(
    host: ContextHost,
    scene: AnyScene | string,
    data?: object,
    options?: { readonly params?: object; readonly fresh?: boolean },
  ): void;
  call(
    host: ContextHost,
    scene: AnyScene | string,
    data?: object,
    options?: { readonly params?: object; readonly into?: string; readonly fresh?: boolean },
  ): void;
  leave(host: ContextHost, result: unknown): void;
  cancel(host: ContextHost): void;
  /** The data of the active scene have been changed by somebody else: a view is shown again. */
  changed(host: ContextHost): void;
  reenter(host: ContextHost): void;
}

type Tail<Verb> = Verb extends (host: ContextHost, ...args: infer Args) => void ? Args : never;

/** The session data of one turn: kept in the conversation's record, committed with it, and not cleared with it. */
export interface SessionAccess {
  /** The key of the conversation; `undefined` for an update that has none. */
  readonly key: string | undefined;
  /** The parts of the key. */
  readonly scope: Scope | undefined;
  /** Milliseconds since 1970, by the machine's clock. */
  readonly now: () => number;
  /**
   * The session of `ctx.session`, once a scene or a session middleware has opened it; handlers change its value in place. An unread one is
   * read when its value is.
   */
  opened: { value: unknown; isRead: boolean } | undefined;
  /** The frozen value of a slot, as of the last flush; `undefined` if there is none. */
  readSession(slot: string): unknown;
  /**
   * Checks that what is changed now is committed.
   *
   * @param member - what is changed, for the error
   * @throws FsmError `TURN_ENDED` or `NO_CONVERSATION`
   */
  mayWrite(member: string): void;
  /** Sets a slot to a frozen JSON value; `undefined` removes it. */
  writeSession(slot: string, value: unknown): void;
  /** Runs a task before each commit of this turn, before anything is written; if it throws, the commit fails. */
  beforeCommit(task: () => void): void;
  /** Runs a task once, after the next commit. */
  afterCommit(task: () => unknown): void;
  /** Brings votes in a poll to this conversation. */
  followPoll(id: string): Promise<void>;
}

/**
 * Makes a filter of states that is quick to ask: targets are read once.
 *
 * @throws FsmError `INVALID_TARGET` for no target, or for what is none
 */
export function stateFilter(
  targets: Target | readonly Target[],
  where: string,
): (fsm: FsmContext) => boolean {
  const matcher = matcherOf(targets, where);
  return (fsm) => (fsm as unknown as StateMatcher)['~matches'](matcher);
}

/** The history of a frame as bots read it: what the machine does not have any more is not in it. */
export function historyOf(frame: Frame, registry: Registry): readonly HistoryEntry[] {
  return walkBack(frame.history, frame).flatMap((past) => {
    const place = knownPlace(past, registry);
    return place === undefined
      ? []
      : [{ current: place.state, scene: place.scene, data: past.data }];
  });
}

/** The facts by which two machines of one bot may get in each other's way. */
export interface MachineFacts {
  readonly storage: object;
  /** Scenes have buttons. */
  readonly hasScenes: boolean;
}

/** A `ctx.state` as filters ask it. */
export interface StateMatcher {
  /** Whether the current state is one of those in a matcher. */
  '~matches'(matcher: Matcher): boolean;
}

/** The session data of the turn behind a `ctx.state`. */
export function sessionOf(fsm: FsmContext): SessionAccess {
  return (fsm as unknown as StateContext)['~session'];
}

/** A class, since one is made for every update and shares the members of the prototype. */
class StateContext extends printedAs('[FsmContext]') implements StateMatcher {
  private readonly host: ContextHost;
  /** The state object of the current id, when a filter or a move has shown it. */
  private seen: State | undefined;

  constructor(host: ContextHost) {
    super();
    this.host = host;
  }

  /** Nothing: a context is logged without its conversation. */
  toJSON(): undefined {
    return undefined;
  }

  get key(): string | undefined {
    return this.host.key;
  }

  get current(): string | null {
    this.host.mayRead('current');
    return this.host.copy.shown.state;
  }

  get data(): JsonObject {
    this.host.mayRead('data');
    return this.host.copy.shown.data;
  }

  get view(): { readonly current: string | null; readonly data: JsonObject } {
    this.host.mayRead('view');
    const { state, data } = this.host.copy.shown;
    return { current: state, data };
  }

  get history(): readonly HistoryEntry[] {
    this.host.mayRead('history');
    return historyOf(this.host.copy.shown, this.host.registry);
  }

  get '~session'(): SessionAccess {
    return this.host;
  }

  get '~machine'(): MachineFacts {
    const { rt, sceneVerbs } = this.host;
    return { storage: rt.storage, hasScenes: sceneVerbs !== undefined };
  }

  is(...targets: Target[]): boolean {
    return this['~matches'](matcherOf(targets, 'is()'));
  }

  '~matches'(matcher: Matcher): boolean {
    this.host.mayRead('is');
    const { registry, copy } = this.host;
    const { strict, states } = registry;
    // once for each filter: a long list of ids would cost as much as the rest of the update
    if (matcher.knownIn !== registry) {
      for (const id of matcher.ids) {
        if (strict && !states.has(id)) throw unknownState(registry, id);
      }
      matcher.knownIn = registry;
    }
    const { state } = copy.shown;
    const found = matcher.states.get(state);
    if (found != null) this.seen = found;
    return matcher.always || found !== undefined;
  }

  get(name: string, fallback?: unknown): unknown {
    this.host.mayRead('get');
    const { data } = this.host.copy.shown;
    return Object.hasOwn(data, name) ? data[name] : fallback;
  }

  set(target: State | string | null, patch?: object): void {
    const host = this.writeHere('set');
    const { copy, registry } = host;
    const id = target === null ? null : this.idOf(target);
    const left = copy.top;
    const stays = left.scene !== null && id !== null && registry.owners.get(id) === left.scene;
    copy.move(id, patch, stays ? left.scene : null);
    if (left.scene !== null && !stays) {
      host.effects.note({ kind: 'left', frame: left, reason: id === null ? 'left' : 'replaced' });
    }
    if (typeof target === 'object' && target !== null) this.seen = target;
  }

  update(patch: object): JsonObject {
    const host = this.writeHere('update');
    const { copy } = host;
    copy.move(copy.top.state, patch, copy.top.scene);
    host.sceneVerbs?.changed(host);
    return copy.top.data;
  }

  replace(data: object): void {
    const host = this.writeHere('replace');
    host.copy.change({ data: frozenData(data, 'data', host.copy.top.data) });
    host.sceneVerbs?.changed(host);
  }

  edit(change: (draft: object) => unknown): JsonObject {
    const host = this.writeHere('edit');
    const { copy } = host;
    const draft = thawed(copy.top.data);
    const returned = change(draft);
    if (returned !== undefined) {
      const found = holds(returned, 'then') ? 'a promise' : shown(returned);
      throw invalidOption('edit()', 'a function that changes the draft and returns nothing', found);
    }
    copy.change({ data: frozenData(draft, 'data') });
    host.sceneVerbs?.changed(host);
    return copy.top.data;
  }

  clear(): void {
    const { copy, used } = this.write('clear');
    copy.clear();
    used?.dropEvents();
  }

  next(patch?: object): void {
    this.step('next', 1, patch);
  }

  previous(): void {
    this.step('previous', -1, undefined);
  }

  enter(...args: Tail<SceneVerbs['enter']>): void {
    this.scenes('enter', args[0]).enter(this.host, ...args);
  }

  call(...args: Tail<SceneVerbs['call']>): void {
    this.scenes('call', args[0]).call(this.host, ...args);
  }

  back(): void {
    const host = this.write('back');
    const { copy, registry } = host;
    const left = copy.top;
    if (!copy.back((past) => knownPlace(past, registry)))
      throw new FsmError('NO_HISTORY', { state: left.state });
    const { top } = copy;
    if (left.scene !== null && left.scene !== top.scene) {
      host.effects.note({ kind: 'left', frame: left, reason: 'back' });
    }
    if (top.scene !== null)
      host.effects.note({ kind: 'entered', entry: top.entry, params: noData });
  }

  leave(result?: unknown): void {
    this.scenes('leave').leave(this.host, result);
  }

  cancel(): void {
    const { sceneVerbs, copy } = this.write('cancel');
    if (sceneVerbs === undefined) copy.clear();
    else sceneVerbs.cancel(this.host);
  }

  reenter(): void {
    this.scenes('reenter').reenter(this.host);
  }

  expire(after: Duration | Date | null): void {
    const host = this.writeHere('expire');
    const isInstant = after instanceof Date && !Number.isNaN(after.getTime());
    // an invalid date is rejected as an invalid length of time is
    const ms = isInstant
      ? Math.min(Math.max(after.getTime(), 0) - host.now(), longestDuration)
      : toMs((after ?? 0) as Duration, 'expire');
    host.copy.arm(stateTimer, after === null ? undefined : host.rt.clock.monotonic() + ms);
  }

  commit(): Promise<void> {
    try {
      return this.write('commit').commit();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  afterCommit(task: () => unknown): void {
    this.write('afterCommit').afterCommit(task);
  }

  async followPoll(id: string): Promise<void> {
    await this.write('followPoll').followPoll(id);
  }

  /** The verbs of scenes; a machine without scenes has none to enter. */
  private scenes(verb: string, scene?: AnyScene | string): SceneVerbs {
    const { sceneVerbs, registry } = this.write(verb);
    if (sceneVerbs !== undefined) return sceneVerbs;
    if (scene !== undefined) registry.scene(scene);
    throw new FsmError('NO_SCENE', { verb });
  }

  private write(member: string): ContextHost {
    this.host.mayWrite(member);
    return this.host;
  }

  /** Rejects a write that the `leave` hook could not read. A hook that leads nowhere may still set a state. */
  private writeHere(member: string): ContextHost {
    const { host } = this;
    host.mayWrite(member);
    const { top } = host.copy;
    const isNowhere = top.scene === null && top.state === null;
    if (host.copy.shown !== top && !(member === 'set' && isNowhere)) {
      throw new FsmError('NO_SCENE', { verb: `${member}() in a leave hook` });
    }
    return host;
  }

  private idOf(target: State | string): string {
    const { registry, copy } = this.host;
    const id =
      typeof target === 'string'
        ? target
        : target?.['~data'] !== undefined && typeof target.id === 'string'
          ? target.id
          : rejectTarget(target);
    // the wildcard of filters is not a state
    if (id === '' || id === '*') throw notSettable(shown(id));
    if (registry.strict && !registry.states.has(id)) throw unknownState(registry, id);
    const owner = registry.owners.get(id);
    const settable = owner === undefined || registry.scene(owner).behavior.settable;
    if (!settable || (owner !== undefined && owner !== copy.top.scene)) {
      throw new FsmError('NOT_SETTABLE', { state: id, scene: owner });
    }
    return id;
  }

  private step(direction: 'next' | 'previous', by: 1 | -1, patch: object | undefined): void {
    const { copy, registry } = this.writeHere(direction);
    const { state } = copy.top;
    if (state === null) throw new FsmError('NO_NEIGHBOR', { state, direction });
    const known = [registry.states.get(state), this.seen].find((one) => one?.id === state);
    // without its group there is no telling who its neighbors are
    if (known === undefined) throw unknownState(registry, state);
    const { siblings } = definitionOf(known);
    const target = siblings[siblings.findIndex(({ id }) => id === state) + by];
    if (target === undefined) throw new FsmError('NO_NEIGHBOR', { state, direction });
    this.set(target, patch);
  }
}

/** The error for a state that is not in the list of the machine. */
function unknownState({ states }: Registry, state: string): FsmError<'STATE_UNKNOWN'> {
  return new FsmError('STATE_UNKNOWN', { state, known: [...states.keys()] });
}

/** Rejects other targets of filters: they cannot be moved to. */
function rejectTarget(target: State): never {
  if (holds(target, '~scene')) {
    const { id } = target;
    throw new FsmError('NOT_SETTABLE', { state: id, scene: id });
  }
  if (isStateSpec(target)) throw new FsmError('STATE_UNBOUND', { where: 'set()' });
  throw notSettable(holds(target, '~group') ? 'a group' : shown(target));
}

function notSettable(found: string): FsmError {
  return invalidTarget('set()', 'a state, its id, or `null`', found);
}

/** The object behind `ctx.state`. The types of `FsmContext` are for the compiler of the bot; this side is plain. */
export const FsmState: new (host: ContextHost) => FsmContext = StateContext as never;
