/** The turn that handlers get, and what `ctx.state` works on: the working copy of the conversation, and the effects. */

import { FsmError } from '../base/errors.ts';
import { invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { FsmContext } from '../conversation/context.ts';
import {
  type ApiCall,
  callOf,
  type OutgoingMessage,
  type Sent,
  tooLong,
} from '../conversation/outgoing.ts';
import { isStream, type Stream, type Streamed, wordsOf } from '../conversation/stream.ts';
import type { Turn } from '../conversation/turn.ts';
import type { Interruption, Lease } from '../lease/lease.ts';
import { logIn } from '../record/log.ts';
import { type ConversationRecord, emptyRecord } from '../record/record.ts';
import { FsmState } from '../state/context.ts';
import type { Registry } from '../state/registry.ts';
import { languageSlot, WorkingCopy } from '../state/working-copy.ts';
import type { StoredText } from '../storage/statements.ts';
import { addressOf, fromOf, type ReplyAddress } from '../update/address.ts';
import type { UserInput } from '../update/input.ts';
import { messagesIn } from '../update/messages.ts';
import { objectIn, queryIdIn, textIn } from '../update/raw-update.ts';
import type { Subject } from '../update/subject.ts';
import { tagOf } from '../update/tag.ts';
import { commitNow } from './commit.ts';
import { type CallbackAnswer, Effects, type Task } from './effects.ts';
import { addressOfKey, type TurnFacts } from './facts.ts';
import type { OpenTurn, Runtime } from './runtime.ts';

/**
 * A class, since one is made for every update: its members are on the prototype. It has no private fields, so that an object that
 * inherits from a turn works as the turn does.
 */
export class RunningTurn implements OpenTurn {
  readonly rt: Runtime;
  readonly facts: TurnFacts;
  readonly registry: Registry;
  readonly lease: Lease | undefined;
  /** Everything about the conversation that this turn may change. */
  readonly copy: WorkingCopy;
  used: Effects | undefined;
  /** The object that handlers get as `ctx.state`. */
  readonly state: FsmContext;
  phase: OpenTurn['phase'] = 'open';
  /** Whether its update was sent before the pending question was asked. */
  isEarly = false;
  behind: number | undefined;
  /** The stored record, as this turn has read or written it last. */
  stored: StoredText | undefined;
  /** The commits that `ctx.state.commit()` has begun; the first failure fails all later ones. */
  writing: Promise<void> | undefined;
  /** The statement that writes the record now; the next one waits for it, since it spends the fence. */
  sending: Promise<void> | undefined;
  /** How many loops run hooks or questions of scenes now: a commit within one of them cannot wait for it. */
  hooks = 0;
  /** Ends the turn before its handlers have ended; absent where nothing may. */
  interruption: Interruption | undefined;
  opened: OpenTurn['opened'];
  intercept: OpenTurn['intercept'];
  private given: object | undefined;
  private read: { readonly input: UserInput | undefined } | undefined;
  private mark: string | undefined;
  private isAnswered = false;

  constructor(
    rt: Runtime,
    facts: TurnFacts,
    lease: Lease | undefined,
    record: ConversationRecord | undefined,
    deadlineAt: number | undefined,
  ) {
    this.rt = rt;
    this.facts = facts;
    this.registry = rt.registry;
    this.lease = lease;
    this.stored = lease?.stored;
    this.copy = new WorkingCopy(record ?? emptyRecord, rt.rules, deadlineAt);
    if (record === undefined) this.copy.version = rt.options.version;
    this.state = new FsmState(this);
  }

  // ── what handlers see

  get id(): string {
    const { id, subject } = this.facts;
    return `${subject.bot}:${id}`;
  }

  get subject(): Subject {
    return this.facts.subject;
  }

  get update(): TurnFacts['update'] {
    return this.facts.update;
  }

  get messages(): Turn['messages'] {
    return messagesIn(this.facts.update);
  }

  get log(): Turn['log'] {
    return logIn(this.copy.session);
  }

  get ctx(): unknown {
    return this.facts.ctx;
  }

  get from(): Turn['from'] {
    const { update } = this.facts;
    return (update && fromOf(update)) as Turn['from'];
  }

  get language(): string | undefined {
    const { scope, subject, isElsewhere } = this.facts;
    const chosen = this.rt.options.language && this.chosenLanguage;
    if (chosen !== undefined) return chosen;
    const own = this.from?.language_code;
    const found = this.copy.session?.[languageSlot];
    const stored = typeof found === 'string' ? found : undefined;
    const isShared = scope?.user === undefined && (subject.chat ?? 0) < 0;
    return isElsewhere || isShared ? (stored ?? own) : (own ?? stored);
  }

  /** The result of the option `language`; the ready-made translations look for it by this name. */
  get chosenLanguage(): string | undefined {
    const { opened } = this;
    const { ctx, subject, update, isElsewhere } = this.facts;
    // not opened, since a session middleware would take that for a change
    const session = Object(opened?.isRead ? opened.value : this.readSession('session'));
    // somebody else who answers has another session
    const found: unknown = isElsewhere
      ? undefined
      : this.rt.options.language?.({ ctx, subject, update, session });
    if (found === undefined || typeof found === 'string') return found;
    throw invalidOption('language', 'a text or undefined', shown(found));
  }

  get services(): object {
    return this.given ?? {};
  }

  /** Of the conversation, see `turnSession`. */
  get session(): object {
    return this.rt.engine?.sessionOf(this) ?? {};
  }

  get signal(): AbortSignal {
    const lost = this.lease?.signal ?? new AbortController().signal;
    return this.interruption === undefined
      ? lost
      : AbortSignal.any([lost, this.interruption.signal]);
  }

  get replyAddress(): ReplyAddress | undefined {
    const { update, isElsewhere } = this.facts;
    return (
      (isElsewhere || !update ? undefined : addressOf(update)) ??
      this.copy.base.replyAddress ??
      addressOfKey(this.facts)
    );
  }

  /** Bound, so that handlers may destructure it; as are `api` and `now`. */
  get reply(): (say: OutgoingMessage) => Promise<Sent> {
    return (say) => this.rt.engine?.reply(this, say) ?? this.send(say);
  }

  get stream(): Turn['stream'] {
    return (stream) => this.show(stream);
  }

  get api(): Turn['api'] {
    return <R>(method: string, payload: object) => this.call({ method, payload }) as Promise<R>;
  }

  get now(): () => number {
    return () => this.rt.clock.now();
  }

  // ── what the kernel and its engine see beside it

  /** Everything that this turn will send and notify; made when something is added. */
  get effects(): Effects {
    this.used ??= new Effects();
    return this.used;
  }

  /** The input of the user, as scenes get it; `undefined` without scenes. */
  get input(): UserInput | undefined {
    const { update, bot } = this.facts;
    this.read ??= { input: update && this.rt.engine?.inputOf(update, bot?.username) };
    return this.read.input;
  }

  /** Identifies this conversation, and by its first letters this machine of the bot; short, for buttons. */
  get tag(): string {
    this.mark ??= tagOf(this.facts.key ?? '');
    return this.mark;
  }

  /** Sends a message now, to where the conversation lives. */
  send(say: OutgoingMessage | Stream): Promise<Sent> {
    const sending = this.sendOwn(say) as Promise<Sent>;
    const { engine, options } = this.rt;
    if (options.log === undefined || isStream(say)) return sending;
    return sending.then((sent) => {
      engine?.noteLog(this, 'bot', wordsOf(say));
      return sent;
    });
  }

  /** Sends what a scene or telefsm itself says; an empty text is nothing. */
  sendOwn(say: OutgoingMessage | Stream): Promise<unknown> {
    if (say === '') return Promise.resolve();
    if (isStream(say)) {
      // it was sent after the commit: an update that interrupts stops the messages, and nothing else
      return this.show(say).catch((error: unknown) => {
        if (error !== this.interruption?.signal.reason) throw error;
        return { message_id: 0 };
      });
    }
    try {
      const call = callOf(say, this.replyAddress);
      return tooLong(call) === undefined ? this.call(call) : this.sendInParts(call);
    } catch (error) {
      // not a message: the caller awaits a promise
      return Promise.reject(error);
    }
  }

  private async sendInParts(call: ApiCall): Promise<unknown> {
    const { sendParts } = await import('../conversation/long-text.ts');
    return sendParts(call, (part) => this.call(part));
  }

  /** Answers the callback query, unless a handler has done so. */
  answerCallback(answer: CallbackAnswer): Awaitable<unknown> {
    const id = queryIdIn(this.facts.update, 'callback_query');
    if (id === undefined || this.isAnswered) return undefined;
    const payload = { callback_query_id: id, ...answer };
    return this.call({ method: 'answerCallbackQuery', payload });
  }

  /** Makes the services of this turn, once. */
  async loadServices(): Promise<void> {
    if (this.given !== undefined) return;
    const { services } = this.rt.options;
    const { ctx, subject, update } = this.facts;
    this.given =
      (typeof services === 'function' ? await services({ ctx, subject, update }) : services) ?? {};
  }

  private async show(stream: Stream): Promise<Streamed> {
    const { showStream } = await import('../conversation/show-stream.ts');
    const { replyAddress, facts, rt, signal } = this;
    const call = (method: string, payload: object) => this.call({ method, payload });
    const where = { replyAddress, bot: facts.subject.bot, clock: rt.clock, signal, call };
    const streamed = await showStream(where, stream);
    rt.engine?.noteLog(this, 'bot', streamed.text);
    return streamed;
  }

  private call({ method, payload }: ApiCall): Promise<unknown> {
    const { bot } = this.facts;
    if (bot === undefined) return Promise.reject(new FsmError('NOT_CONNECTED', { method }));
    this.isAnswered ||= method === 'answerCallbackQuery';
    const sent = this.intercept?.(method, payload) ?? payload;
    // a client in a test may answer without a promise
    const calling = Promise.resolve(bot.call(method, sent)).catch((error: unknown) =>
      import('./supergroup-calls.ts').then(({ sendThere }) =>
        sendThere(this, { method, payload: sent }, error),
      ),
    );
    return /^sendpoll$/i.test(method) ? this.followed(calling) : calling;
  }

  /** Follows the poll that a call sends. */
  private async followed(calling: Promise<unknown>): Promise<unknown> {
    const sent = await calling;
    const id = textIn(objectIn(Object(sent), 'poll'), 'id');
    if (id !== undefined && this.key !== undefined) await this.followPoll(id, false);
    return sent;
  }

  /** Votes name no chat, so what their conversation is has to be stored; bots without polls never load what does that. */
  async followPoll(id: string, isByHand = true): Promise<void> {
    const { followPoll } = await import('./polls.ts');
    await followPoll(this, id, isByHand);
  }

  // ── what `ctx.state` works on

  get key(): string | undefined {
    return this.facts.key;
  }

  get scope(): TurnFacts['scope'] {
    return this.facts.scope;
  }

  get sceneVerbs(): OpenTurn['sceneVerbs'] {
    return this.rt.engine?.sceneVerbs;
  }

  mayRead(member: string): void {
    // the state after a failed update is shown, so that error handlers may log it
    if (this.phase === 'over') throw new FsmError('TURN_ENDED', { member });
  }

  mayWrite(member: string): void {
    if (this.phase !== 'open') throw new FsmError('TURN_ENDED', { member });
    if (this.facts.key === undefined) {
      throw new FsmError('NO_CONVERSATION', {
        updateType: this.facts.subject.updateType ?? 'none',
        strategy: this.rt.options.strategyName,
      });
    }
  }

  readSession(slot: string): unknown {
    return this.copy.session?.[slot];
  }

  writeSession(slot: string, value: unknown): void {
    this.copy.keep(slot, value);
  }

  beforeCommit(task: () => void): void {
    this.effects.beforeCommit(task);
  }

  afterCommit(task: Task): void {
    this.effects.afterCommit(task);
  }

  /** `ctx.state.commit()`: what came before stays, whatever comes after. */
  commit(): Promise<void> {
    const before = this.writing;
    // a hook cannot wait for what runs it
    const isInside = this.hooks > 0;
    const write =
      before === undefined || isInside
        ? commitNow(this, isInside)
        : before.then(() => commitNow(this, false));
    const all = before !== undefined && isInside ? allOf([before, write]) : write;
    this.writing = all;
    const done = () => {
      if (this.writing === all) this.writing = undefined;
    };
    // a failed one stays, and fails the turn at its end also where nobody awaits it
    all.then(done, () => {});
    return write;
  }
}

/** Waits for all, also behind one that fails, and then fails as the first one. */
async function allOf(commits: readonly Promise<void>[]): Promise<void> {
  for (const settled of await Promise.allSettled(commits)) {
    if (settled.status === 'rejected') throw settled.reason;
  }
}
