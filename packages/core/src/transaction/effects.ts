/** The messages and notifications of a turn, in one object. Everybody adds to it by methods, and only the transaction flushes it. */

import { type ApiCall, isSent, type OutgoingMessage, type Sent } from '../conversation/outgoing.ts';
import type { Stream } from '../conversation/stream.ts';
import type { Texts } from '../conversation/texts.ts';
import type { LeaveReason } from '../conversation/turn.ts';
import type { Frame } from '../record/record.ts';
import type { SceneEvent } from '../state/context.ts';

/** How a callback query is answered. */
export interface CallbackAnswer {
  readonly text?: string;
  readonly show_alert?: boolean;
}

/** A scene that was left, for observers. */
export interface Left {
  readonly frame: Frame;
  readonly reason: LeaveReason;
}

/** Code that waits for the commit. */
export type Task = () => unknown;

/** A value that was thrown. */
export interface Thrown {
  readonly error: unknown;
}

/** The parts that are used once. */
type Part =
  | 'answer'
  | 'outbox'
  | 'quiet'
  | 'prompt'
  | 'rejection'
  | 'apology'
  | 'left'
  | 'failure'
  | 'tasks'
  | 'released';

/** Its lists are made when something is put into them. */
export class Effects {
  /** The entry whose scene shows a reply keyboard beside its questions, until the turn is settled. */
  keyboard: number | undefined;
  /** Events of frames of which their scenes are not yet notified. */
  events: SceneEvent[] | undefined;
  /** Messages and calls after the commit, in this order. */
  outbox: (OutgoingMessage | Stream)[] | undefined;
  /** Of the outbox, the calls whose failure concerns observers only. */
  quiet: Set<OutgoingMessage | Stream> | undefined;
  /** How often a question of this turn has moved the user on. */
  moves = 0;
  /** Whether a scene has accepted an input: the user gets a message if the result is too large to be stored. */
  takesInput = false;
  /** Why what a scene made of the input cannot be stored. */
  rejection: Thrown | undefined;
  /** The answer to the callback query; sent first. */
  answer: CallbackAnswer | undefined;
  /** The question; sent last. */
  prompt: (() => Promise<void>) | undefined;
  /** The texts from which the user gets `failed` if the turn fails. */
  apology: Texts | undefined;
  /** The scenes that have been left since the last commit. */
  left: Left[] | undefined;
  /** The error of a hook, thrown again after the commit. */
  failure: Thrown | undefined;
  /** Tasks that wait for a commit. */
  tasks: Task[] | undefined;
  /** Tasks that a commit has released. */
  released: Task[] | undefined;
  /** Brings session data that was changed in place into the working copy. */
  private flushes: (() => void)[] | undefined;
  /** Noted in the record beside the update's id. */
  readonly marks: string[] = [];

  // ── added by verbs, scenes and policies

  /** Notes an event of a frame. */
  note(event: SceneEvent): void {
    this.events = added(this.events, event);
  }

  /** Sends a message after the commit, unless it is one that a hook has sent by itself. */
  send(say: OutgoingMessage | Stream | Sent): void {
    if (!isSent(say)) this.outbox = added(this.outbox, say);
  }

  /** Calls the Bot API after the commit, in the order of what is sent; a failure is reported to observers only. */
  call(call: ApiCall): void {
    this.quiet ??= new Set();
    this.quiet.add(call);
    this.send(call);
  }

  /** Runs a task before each commit of this turn; if it throws, the commit fails. */
  beforeCommit(task: () => void): void {
    this.flushes = added(this.flushes, task);
  }

  /** Runs a task after the commit. */
  afterCommit(task: Task): void {
    this.tasks = added(this.tasks, task);
  }

  /** Reports a scene that was left to observers. */
  reportLeft(left: Left): void {
    this.left = added(this.left, left);
  }

  /**
   * Frames that were left and are not reported yet.
   *
   * @param now - the one whose hook runs
   */
  leaving(now: Frame | undefined): readonly Frame[] {
    const waiting = (this.events ?? []).flatMap((event) =>
      event.kind === 'left' ? [event.frame] : [],
    );
    return now === undefined ? waiting : [now, ...waiting];
  }

  // ── read by the engine

  /** Takes the next event, oldest first. */
  nextEvent(): SceneEvent | undefined {
    return this.events?.shift();
  }

  /** Discards what has happened to frames. */
  dropEvents(): void {
    this.events = undefined;
  }

  get hasEvents(): boolean {
    return this.events !== undefined && this.events.length > 0;
  }

  /** Whether the engine has something to settle before a commit. */
  get isUnsettled(): boolean {
    return this.hasEvents || this.keyboard !== undefined;
  }

  // ── flushed by the transaction

  /** Takes a part, and leaves none. */
  take<Name extends Part>(name: Name): this[Name] {
    const found = this[name];
    if (found !== undefined) this[name] = undefined;
    return found;
  }

  /** Whether something is to be sent after the commit. */
  get isSending(): boolean {
    return this.prompt !== undefined || this.answer !== undefined || this.outbox !== undefined;
  }

  /** Whether something waits for the commit that a redelivery must not repeat, or that observers are notified of. */
  get runOnce(): boolean {
    return this.tasks !== undefined || this.outbox !== undefined || this.left !== undefined;
  }

  /** Runs what comes before a commit. */
  flush(): void {
    for (const task of this.flushes ?? []) task();
  }

  /** The commit of these tasks was accepted. */
  release(tasks: readonly Task[] = []): void {
    for (const task of tasks) this.released = added(this.released, task);
  }

  /** Discards notifications of scenes, and messages. */
  silence(): void {
    this.events = undefined;
    this.outbox = undefined;
    this.answer = undefined;
    this.prompt = undefined;
    this.apology = undefined;
    this.keyboard = undefined;
  }

  /** Rolls back: discards everything since the last commit. */
  drop(): void {
    this.silence();
    this.failure = undefined;
    this.tasks = undefined;
    this.left = undefined;
    this.flushes = undefined;
  }
}

function added<Item>(list: Item[] | undefined, item: Item): Item[] {
  if (list === undefined) return [item];
  list.push(item);
  return list;
}
