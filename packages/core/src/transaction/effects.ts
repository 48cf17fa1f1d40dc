/** The messages and notifications of a turn, in one object. Everybody adds to it by methods, and only the transaction flushes it. */

import { type ApiCall, isSent, type Say, type Sent } from '../conversation/say.ts';
import { isStream, type Stream } from '../conversation/stream.ts';
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

/** The messages and calls after a commit, in this order. */
export interface Delivery {
  readonly answer: CallbackAnswer | undefined;
  readonly outbox: readonly (Say | Stream)[];
  /** Of the outbox, the calls whose failure concerns observers only. */
  readonly quiet: ReadonlySet<Say | Stream> | undefined;
  readonly prompt: (() => Promise<void>) | undefined;
}

/** Its lists are made when something is put into them. */
export class Effects {
  /** Events of frames of which their scenes are not yet notified. */
  private events: SceneEvent[] | undefined;
  private outbox: (Say | Stream)[] | undefined;
  private quiet: Set<Say | Stream> | undefined;
  private isInputTaken = false;
  private refusal: { readonly error: unknown } | undefined;
  private answer: CallbackAnswer | undefined;
  private prompt: (() => Promise<void>) | undefined;
  private apology: Texts | undefined;
  private left: Left[] | undefined;
  private failure: { readonly error: unknown } | undefined;
  /** Tasks that wait for a commit, and tasks that one has released. */
  private tasks: Task[] | undefined;
  private released: Task[] | undefined;
  /** Brings session data that was changed in place into the working copy. */
  private flushes: (() => void)[] | undefined;
  /** Noted in the record beside the update's id. */
  private marks: string[] | undefined;

  // ── added by verbs, scenes and policies

  /** Notes what has happened to a frame. */
  note(event: SceneEvent): void {
    this.events ??= [];
    this.events.push(event);
  }

  /** Sends a message after the commit, unless it is one that a hook has sent by itself. */
  send(say: Say | Stream | Sent): void {
    if (isSent(say)) return;
    this.outbox ??= [];
    this.outbox.push(say);
  }

  /** Puts another message in place of the first one for which there is another; `false` if there is none. */
  replaceFirst(other: (say: Say) => Say | undefined): boolean {
    const { outbox = [] } = this;
    return outbox.some((say, at) => {
      const found = isStream(say) || this.quiet?.has(say) ? undefined : other(say);
      if (found !== undefined) outbox[at] = found;
      return found !== undefined;
    });
  }

  /** Calls the Bot API after the commit, in the order of what is sent; a failure is reported to observers only. */
  call(call: ApiCall): void {
    this.quiet ??= new Set();
    this.quiet.add(call);
    this.send(call);
  }

  /** A scene has accepted an input: the user gets a message if the result is too large to be stored. */
  takeInput(): void {
    this.isInputTaken = true;
  }

  /** Reports that a value that a scene made of the input cannot be stored. */
  refuseInput(error: unknown): void {
    this.refusal = { error };
  }

  /** Answers the callback query after the commit; the last call wins. */
  answerQuery(answer: CallbackAnswer): void {
    this.answer = answer;
  }

  /** Answers the callback query after the commit, unless somebody has chosen an answer. */
  answerQueryAnyway(answer: CallbackAnswer): void {
    this.answer ??= answer;
  }

  /** Sets or removes what is asked last, after the commit. */
  ask(prompt: (() => Promise<void>) | undefined): void {
    this.prompt = prompt;
  }

  /** Runs a task before each commit of this turn; if it throws, the commit fails. */
  beforeCommit(task: () => void): void {
    this.flushes ??= [];
    this.flushes.push(task);
  }

  /** Runs a task after the commit. */
  afterCommit(task: Task): void {
    this.tasks ??= [];
    this.tasks.push(task);
  }

  /** Reports a scene that was left to observers. */
  reportLeft(left: Left): void {
    this.left ??= [];
    this.left.push(left);
  }

  /** Keeps a mark in the record, as ids are kept. */
  mark(mark: string): void {
    this.marks ??= [];
    this.marks.push(mark);
  }

  /** Sends the user, if the turn fails, the text `failed`. */
  apologize(texts: Texts): void {
    this.apology = texts;
  }

  /** Throws an error after the commit; the first one counts. */
  throwLater(error: unknown): void {
    this.failure ??= { error };
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

  /** Remembers what verbs and scenes have added; what it returns restores that. */
  checkpoint(): () => void {
    const { answer } = this;
    const events = this.events && [...this.events];
    const outbox = this.outbox && [...this.outbox];
    const tasks = this.tasks && [...this.tasks];
    return () => {
      Object.assign(this, { answer, events, outbox, tasks });
    };
  }

  // ── flushed by the transaction

  get hasPrompt(): boolean {
    return this.prompt !== undefined;
  }

  /** Whether something is to be sent after the commit. */
  get isSending(): boolean {
    return (
      this.prompt !== undefined ||
      this.answer !== undefined ||
      (this.outbox !== undefined && this.outbox.length > 0)
    );
  }

  /** Runs what comes before a commit. */
  flush(): void {
    for (const task of this.flushes ?? []) task();
  }

  /** Takes what is to be sent. */
  takeDelivery(): Delivery {
    const { answer, outbox = [], quiet, prompt } = this;
    this.answer = undefined;
    this.outbox = undefined;
    this.quiet = undefined;
    this.prompt = undefined;
    return { answer, outbox, quiet, prompt };
  }

  /** Whether a scene has taken what the user sent. */
  get takesInput(): boolean {
    return this.isInputTaken;
  }

  /** Takes why what a scene made of the input cannot be stored. */
  takeRefusal(): { readonly error: unknown } | undefined {
    const { refusal } = this;
    this.refusal = undefined;
    return refusal;
  }

  /** Takes the tasks that a commit releases when it is accepted. */
  takeTasks(): Task[] | undefined {
    const { tasks } = this;
    this.tasks = undefined;
    return tasks;
  }

  /** The commit of these tasks was accepted. */
  release(tasks: Task[] | undefined): void {
    if (tasks !== undefined) this.released = [...(this.released ?? []), ...tasks];
  }

  /** Whether something waits for the commit that a redelivery must not repeat. */
  get runOnce(): boolean {
    return this.tasks !== undefined || (this.outbox !== undefined && this.outbox.length > 0);
  }

  /** Takes the tasks whose commit was accepted. */
  takeReleased(): readonly Task[] {
    const { released = [] } = this;
    this.released = undefined;
    return released;
  }

  /** Takes the scenes that have been left since the last commit. */
  takeLeft(): readonly Left[] {
    const { left = [] } = this;
    this.left = undefined;
    return left;
  }

  get keptMarks(): readonly string[] | undefined {
    return this.marks;
  }

  /** Takes the error of a hook, if one has failed. */
  takeFailure(): { readonly error: unknown } | undefined {
    const { failure } = this;
    this.failure = undefined;
    return failure;
  }

  /** Takes the message for the user when the turn has failed. */
  takeApology(): Texts | undefined {
    const { apology } = this;
    this.apology = undefined;
    return apology;
  }

  /** Discards notifications of scenes, and messages. */
  silence(): void {
    this.events = undefined;
    this.outbox = undefined;
    this.answer = undefined;
    this.prompt = undefined;
    this.apology = undefined;
  }

  /** Rolls back: discards everything since the last commit. */
  drop(): void {
    this.silence();
    this.failure = undefined;
    this.tasks = undefined;
    this.left = undefined;
  }
}
