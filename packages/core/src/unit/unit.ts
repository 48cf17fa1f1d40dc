/** One unit of work on one conversation: read once, work on a copy, write once. What promise 1 and 2 of the documentation mean. */

import type { Clock } from '../base/clock.ts';
import { FsmError, isFsmError } from '../base/errors.ts';
import { isBlank } from '../base/json.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { FsmContext } from '../conversation/context.ts';
import { type ApiCall, callOf, type Say, type Sent } from '../conversation/say.ts';
import type { Texts } from '../conversation/texts.ts';
import type { LeaveReason, Turn } from '../conversation/turn.ts';
import type { Hold } from '../lease/lease.ts';
import type { FsmStorage } from '../lease/storage.ts';
import { hasSeen, leastOfOne, listIds, mostIds, type UnitId, withId } from '../record/ids.ts';
import { idsKeptFor, type RecentIds } from '../record/recent.ts';
import {
  type ConversationRecord,
  emptyRecord,
  type Frame,
  isEmpty,
  lifetime,
} from '../record/record.ts';
import { checkSize } from '../record/size.ts';
import { replaced, writeOf } from '../record/stored.ts';
import type { SceneDefaults, Speech } from '../scene/behaviour.ts';
import type { StoredText, Write } from '../storage/statements.ts';
import { inputOf, type UserInput } from '../update/input.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import { addressOf, fromOf, type ReplyAddress, type Subject } from '../update/subject.ts';
import { type Albums, albumMark } from './albums.ts';
import { Draft, type DraftRules } from './draft.ts';
import { type Initial, placeTold, type ServiceTurn, storedPlace, type UnitFacts } from './facts.ts';
import type { Registry } from './registry.ts';
import { type SceneEvent, stateContext } from './state-context.ts';
import { tagOf } from './tag.ts';

/** What a unit of work needs of its machine. */
export interface UnitHost {
  readonly clock: Clock;
  readonly storage: FsmStorage;
  readonly registry: Registry;
  readonly recent: RecentIds;
  readonly albums: Albums;
  readonly rules: DraftRules;
  readonly defaults: SceneDefaults;
  readonly strategyName: string;
  /** Ms that an idle record is kept. */
  readonly ttl: number | undefined;
  readonly maxRecordBytes: number;
  /** What `fsm({ services })` was given. */
  readonly services: object | ((turn: ServiceTurn) => Awaitable<object>) | undefined;
  /** The highest migration. */
  readonly version: number;
  /** What `fsm({ initial })` was given. */
  readonly initial: Initial | undefined;
  /** What `fsm({ onTimeout })` was given. */
  readonly onTimeout: ((turn: Turn) => Awaitable<Say | undefined | void>) | undefined;
  /** Hears of a unit that works for a framework's context, before any code of the bot runs. */
  readonly opened: ((turn: Turn, ctx: unknown) => void) | undefined;
  /** Tells scenes what has happened to their frames, and finds what to ask; before a commit. */
  settle(unit: Unit): Promise<void>;
  /** Says what was to be said; after a commit. */
  speak(unit: Unit): Promise<void>;
  /** Tells observers of what could not be said where nobody waits for it. */
  speechFailed(unit: Unit, error: unknown): void;
  /** Tells observers. */
  committed(unit: Unit, before: ConversationRecord, after: ConversationRecord): void;
}

type Phase = 'open' | 'done' | 'failed';

/**
 * A unit of work. It is the `Turn` that handlers get, and what `ctx.state` works on.
 *
 * A class, since one is made for every update: its members stand on the prototype.
 */
export class Unit implements Turn<object> {
  readonly facts: UnitFacts;
  readonly host: UnitHost;
  readonly hold: Hold | undefined;
  draft: Draft;
  readonly events: SceneEvent[] = [];
  /** What is said after the commit. */
  readonly says: Say[] = [];
  /** How the callback query is answered after the commit. */
  callbackAnswer: { readonly text?: string; readonly show_alert?: boolean } | undefined;
  /** Asks after the commit. */
  question: Speech | undefined;
  /** Says that something failed; absent where the user is not to be told. */
  apology: Texts | undefined;
  /** The frame that a `leave` hook sees. */
  leaving: Frame | undefined;
  /** The first error of a hook that did not keep its scene from being left; thrown after the commit. */
  failure: { readonly error: unknown } | undefined;
  /** Scenes that have been left since the last commit. */
  left: { readonly frame: Frame; readonly reason: LeaveReason }[] | undefined;
  readonly state: FsmContext;
  #phase: Phase = 'open';
  #services: object | undefined;
  #input: UserInput | undefined | null = null;
  #tag: string | undefined;
  #answered = false;
  /** What waits for the commit, and what has waited for it. */
  #tasks: (() => unknown)[] | undefined;
  #due: (() => unknown)[] | undefined;
  /** Brings session data that was changed in place into the working copy, before each commit. */
  #flushes: (() => void)[] | undefined;
  /** Commits of `ctx.state.commit()`, one after the other; the first failure fails all later ones. */
  #writing: Promise<void> | undefined;
  #isCommitting = false;
  /** The mark of an album that a scene has taken. */
  #album: string | undefined;
  /** A record was there when the unit began, or has been written by it. */
  #exists: boolean;
  #stored: StoredText | undefined;

  constructor(
    host: UnitHost,
    facts: UnitFacts,
    hold: Hold | undefined,
    record: ConversationRecord | undefined,
    deadlineAt: number | undefined,
  ) {
    this.host = host;
    this.facts = facts;
    this.hold = hold;
    this.draft = new Draft(record ?? emptyRecord, host.rules, deadlineAt);
    if (record === undefined) this.draft.version = host.version;
    this.#stored = hold?.stored;
    this.#exists = record !== undefined && !isEmpty(record);
    this.state = stateContext(this);
    if (facts.ctx !== undefined) host.opened?.(this, facts.ctx);
  }

  // ── Turn

  get id(): string {
    const { id, subject } = this.facts;
    return `${subject.bot}:${id}`;
  }

  get subject(): Subject {
    return this.facts.subject;
  }

  get update(): RawUpdate | undefined {
    return this.facts.update;
  }

  get ctx(): unknown {
    return this.facts.ctx;
  }

  get from(): Turn['from'] {
    const { update } = this.facts;
    return (update && fromOf(update)) as Turn['from'];
  }

  get services(): object {
    return this.#services ?? {};
  }

  get signal(): AbortSignal {
    return this.hold?.signal ?? new AbortController().signal;
  }

  get place(): ReplyAddress | undefined {
    const { update } = this.facts;
    return (update && addressOf(update)) ?? this.draft.base.place ?? placeTold(this.facts);
  }

  /** Bound, so that handlers may destructure it; as are `api` and `now`. */
  get reply(): (say: Say) => Promise<Sent> {
    return (say) => this.speak(say);
  }

  get api(): Turn['api'] {
    return <R>(method: string, payload: object) => this.#call({ method, payload }) as Promise<R>;
  }

  get now(): () => number {
    return () => this.host.clock.now();
  }

  /** Says something where the conversation lives. */
  async speak(say: Say): Promise<Sent> {
    return (await this.#call(callOf(say, this.place))) as Sent;
  }

  /** Says what a scene or telefsm itself wants said; an empty text is nothing. */
  tell(say: Say): Awaitable<unknown> {
    return say === '' ? undefined : this.speak(say);
  }

  /** What the user sent. */
  get input(): UserInput | undefined {
    const { update, bot } = this.facts;
    if (this.#input === null) this.#input = update && inputOf(update, bot?.username);
    return this.#input;
  }

  /** Tells this conversation from others, and by two letters this machine from others of the bot; short, for buttons. */
  get tag(): string {
    this.#tag ??= tagOf(this.facts.key ?? '');
    return this.#tag;
  }

  /** Answers the callback query, unless a handler has done so. */
  async answerCallback(say: NonNullable<Unit['callbackAnswer']>): Promise<void> {
    const id = (this.facts.update?.['callback_query'] as { id?: unknown } | undefined)?.id;
    if (id === undefined || this.#answered) return;
    await this.#call({
      method: 'answerCallbackQuery',
      payload: { callback_query_id: id, ...say },
    });
  }

  /** Makes the services of this turn, once. */
  async loadServices(): Promise<void> {
    if (this.#services !== undefined) return;
    const { services } = this.host;
    const { ctx, subject, update } = this.facts;
    this.#services =
      (typeof services === 'function' ? await services({ ctx, subject, update }) : services) ?? {};
  }

  async #call({ method, payload }: ApiCall): Promise<unknown> {
    const { bot } = this.facts;
    if (bot === undefined) throw new FsmError('NOT_CONNECTED', { method });
    this.#answered ||= method === 'answerCallbackQuery';
    return await bot.call(method, payload);
  }

  // ── what `ctx.state` works on

  get key(): string | undefined {
    return this.facts.key;
  }

  get registry(): Registry {
    return this.host.registry;
  }

  get shown(): Frame {
    return this.leaving ?? this.draft.top;
  }

  mayRead(member: string): void {
    // what a failed update left is shown, so that error handlers may log it
    if (this.#phase === 'done') throw new FsmError('TURN_ENDED', { member });
  }

  mayWrite(member: string): void {
    if (this.#phase !== 'open') throw new FsmError('TURN_ENDED', { member });
    if (this.facts.key === undefined) {
      throw new FsmError('NO_CONVERSATION', {
        updateType: this.facts.subject.updateType ?? 'none',
        strategy: this.host.strategyName,
      });
    }
  }

  afterCommit(task: () => unknown): void {
    this.#tasks ??= [];
    this.#tasks.push(task);
  }

  readSession(slot: string): unknown {
    return this.draft.session?.[slot];
  }

  writeSession(slot: string, value: unknown): void {
    const { draft } = this;
    if (draft.session?.[slot] === value) return;
    const { [slot]: _, ...rest } = draft.session ?? {};
    if (value !== undefined) draft.session = Object.freeze({ ...rest, [slot]: value });
    else draft.session = isBlank(rest) ? undefined : Object.freeze(rest);
  }

  beforeCommit(task: () => void): void {
    this.#flushes ??= [];
    this.#flushes.push(task);
  }

  /** `ctx.state.commit()`: what came before stays, whatever comes after. */
  commit(): Promise<void> {
    const before = this.#isCommitting ? this.#writing : undefined;
    const write = before === undefined ? this.#commitNow() : before.then(() => this.#commitNow());
    this.#writing = write;
    // whoever forgets to await it is told by the end of the turn
    write.catch(() => {});
    return write;
  }

  /** What is written is read before anything is awaited: later changes are of the next unit. Only hooks of scenes run first. */
  async #commitNow(): Promise<void> {
    this.#isCommitting = true;
    if (this.events.length > 0) await this.host.settle(this);
    await this.write(true);
    await this.host.speak(this);
    this.throwFailure();
    this.#isCommitting = false;
  }

  // ── the machine's side

  /** Commits of handlers that nobody awaited. */
  async written(): Promise<void> {
    await this.#writing;
  }

  get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /**
   * Writes what has changed, and the unit's id with it.
   *
   * @param keep - go on holding the conversation
   */
  write(keep: boolean): Awaitable<void> {
    const { hold, draft, host } = this;
    if (hold === undefined) return;
    if (this.#flushes !== undefined) for (const flush of this.#flushes) flush();
    const { id, cause } = this.facts;
    // nobody delivers a deadline again
    if (cause === 'deadline') return this.#commit(hold, keep, undefined);
    const { fencing } = host.storage.features;
    // without its id, a redelivery would send and run again what was to follow the commit
    const hasEffects = this.#tasks !== undefined || this.speaks;
    if (!draft.changed && !keep && !hasEffects && !(fencing && this.#exists)) {
      // an update that changed nothing in an empty conversation is not remembered: nothing is written
      if (!fencing && this.#exists) host.recent.add(hold.key, [id]);
      return hold.release();
    }
    return this.#commit(hold, keep, id);
  }

  /** Writes what has changed before the update itself is handled, without its id: if handling it fails, it may come again. */
  writeAhead(): Awaitable<void> {
    const { hold } = this;
    if (hold !== undefined) return this.#commit(hold, true, undefined);
  }

  async #commit(hold: Hold, keep: boolean, id: UnitId | undefined): Promise<void> {
    const { draft, host } = this;
    const { changed } = draft;
    if (!changed && id === undefined) return keep ? undefined : hold.release();
    const { shared } = host.storage.features;
    const isKnown = id === undefined || hasSeen(draft.base.ids, id);
    const record = this.#nextRecord(id, hold);
    const empty = isEmpty(record);
    const hasRecord = !empty || shared;
    const write = hasRecord ? this.#writeOf(record, empty) : undefined;
    const tasks = this.#tasks;
    this.#tasks = undefined;
    await hold.commit(write, { keep, id: isKnown ? undefined : id });
    this.#accepted(record, write, changed, tasks);
  }

  #accepted(
    record: ConversationRecord,
    write: Write | undefined,
    changed: boolean,
    tasks: (() => unknown)[] | undefined,
  ): void {
    const { draft, host } = this;
    const before = draft.base;
    // where ids of a cleared conversation cannot be kept in a record, this process remembers them
    if (write === undefined && changed) host.recent.add(this.key as string, listIds(record.ids));
    replaced(this.#stored, write);
    this.#stored = write;
    this.#exists = !isEmpty(record);
    draft.rebase(record);
    if (tasks !== undefined) this.#due = [...(this.#due ?? []), ...tasks];
    if (changed) host.committed(this, before, record);
    this.left = undefined;
  }

  /**
   * Runs a hook of a leaving. If it throws, what it has changed is undone, and nothing else.
   *
   * @returns whether it did not throw
   */
  async attempt(hook: () => unknown): Promise<boolean> {
    const { callbackAnswer, events, says } = this;
    const tasks = this.#tasks && [...this.#tasks];
    const before = [[...events], [...says]];
    const reset = this.draft.mark();
    try {
      await hook();
      return true;
    } catch (error) {
      // where it cannot run at all, what has called for it is refused
      if (isFsmError(error, 'NO_CONTEXT')) throw error;
      reset();
      events.splice(0, Infinity, ...(before[0] as SceneEvent[]));
      says.splice(0, Infinity, ...(before[1] as Say[]));
      this.callbackAnswer = callbackAnswer;
      this.#tasks = tasks;
      this.failure ??= { error };
      return false;
    }
  }

  /** @throws what a hook has thrown that was attempted */
  throwFailure(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** Forgets what has changed since the last commit. */
  undo(): void {
    this.draft.reset();
    this.silence();
    this.failure = undefined;
    this.#tasks = undefined;
    this.left = undefined;
  }

  /** Forgets what was to be told to scenes and said. */
  silence(): void {
    this.events.length = 0;
    this.says.length = 0;
    this.callbackAnswer = undefined;
    this.question = undefined;
    this.apology = undefined;
  }

  /** A scene has taken a part of an album: the others are not messages of their own when it is over, wherever they arrive. */
  takeAlbum(album: string, visit: number): void {
    const { albums, storage } = this.host;
    albums.took(this.key ?? '', album, visit);
    if (storage.features.shared) this.#album = albumMark(album, visit);
  }

  /** From here on the conversation cannot be changed by this unit. */
  end(phase: 'done' | 'failed'): void {
    this.#phase = phase;
  }

  /** Runs what was to wait for the commit; the conversation has been let go. */
  async runTasks(): Promise<void> {
    const tasks = this.#due ?? [];
    this.#due = undefined;
    let failed: { readonly error: unknown } | undefined;
    for (const task of tasks) {
      try {
        await task();
      } catch (error) {
        failed ??= { error };
      }
    }
    if (failed) throw failed.error;
  }

  /** Whether something is to be said after the commit. */
  get speaks(): boolean {
    return this.says.length > 0 || this.callbackAnswer !== undefined || this.question !== undefined;
  }

  get hasTasks(): boolean {
    return this.#due !== undefined;
  }

  #nextRecord(id: UnitId | undefined, hold: Hold): ConversationRecord {
    const { draft, facts } = this;
    const least = facts.scope?.user === undefined ? mostIds : leastOfOne;
    let ids = id === undefined ? draft.base.ids : withId(draft.base.ids, id, least);
    if (this.#album !== undefined) ids = withId(ids, this.#album, least);
    const { update } = facts;
    const place = update === undefined ? draft.base.place : storedPlace(update, facts);
    return draft.toRecord(ids, hold.withMark(draft.base.marks), place);
  }

  #writeOf(record: ConversationRecord, empty: boolean): Write {
    const { host, draft } = this;
    if (empty) {
      const { version, ids, marks } = record;
      return writeOf({ ...emptyRecord, version, ids, marks }, idsKeptFor, undefined);
    }
    const due = draft.deadlineAt;
    const deadlineIn = due === undefined ? undefined : due - host.clock.now();
    const ttl = host.ttl === undefined ? undefined : lifetime(host.ttl, deadlineIn);
    const write = writeOf(record, ttl, deadlineIn);
    checkSize(record, write, host.maxRecordBytes, host.storage.features.shared);
    return write;
  }
}

/** When the stored deadline passes, by the machine's clock. */
export function deadlineAt({ stored, takenAt }: Hold): number | undefined {
  return stored?.deadlineIn === undefined ? undefined : takenAt + stored.deadlineIn;
}
