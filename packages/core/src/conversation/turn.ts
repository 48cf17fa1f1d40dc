/** The types of a turn: what prompts may see of one turn, and what handlers may do with it. */

import type { SchemaOf } from '../base/schema.ts';
import type { Complaint, DeepReadonly } from '../base/type-tools.ts';
import type { LogEntry } from '../record/log.ts';
import type { ReplyAddress } from '../update/address.ts';
import type { Subject } from '../update/subject.ts';
import type { Message, Update } from '../update/update.ts';
import type { FsmContext } from './context.ts';
import type { OutgoingMessage, Sent } from './outgoing.ts';
import type { AnyState } from './states.ts';
import type { Stream, Streamed } from './stream.ts';

/** The read-only turn of a prompt, a condition or a label. They run before the commit; the returned message is sent after it. */
export interface AskTurn<out Services extends object = {}> {
  readonly subject: Subject;
  /** The services that the flow or scene needs, from `fsm({ services })`. */
  readonly services: Services;
  /** The user as in the update, for names and language; `undefined` outside an update. */
  readonly from:
    | {
        readonly id: number;
        readonly first_name: string;
        readonly username?: string;
        readonly language_code?: string;
      }
    | undefined;
  /** The update as the Bot API sent it; `undefined` outside one. */
  readonly update: Update | undefined;
  /**
   * The user's language, as in `language_code` or as `fsm({ language })` says. It is stored with a scene, so deadlines and work from outside have
   * it too. In a conversation that a group shares, it is the language of the user who began it.
   */
  readonly language: string | undefined;
  /** Milliseconds since 1970, by the machine's clock. */
  readonly now: () => number;
}
/** One turn on one conversation, with or without an update. */
export interface Turn<out Services extends object = {}, out All extends AnyState = AnyState>
  extends AskTurn<Services> {
  /** An idempotency key: it stays the same if the update is handled again. */
  readonly id: string;
  /** The messages that the turn answers: that of the update, or all messages of a burst in their order; otherwise empty. */
  readonly messages: readonly Message[];
  /** The recent messages, oldest first, with the message of this turn; empty without `fsm({ log })`. */
  readonly log: readonly LogEntry[];
  /** The same object as `ctx.state`. */
  readonly state: FsmContext<All>;
  /** Where `reply` sends messages; `undefined` if the conversation has no chat to send to. */
  readonly replyAddress: ReplyAddress | undefined;
  /** Aborted if another process acquires the conversation, or the turn exceeds `turn.max`. */
  readonly signal: AbortSignal;
  /** Sends a message now, to the reply address. You may destructure it. */
  readonly reply: (say: OutgoingMessage) => Promise<Sent>;
  /**
   * Shows a text while it is being written, at most once a second, and formats it when it is complete. Needs no `this`.
   *
   * It ends with the turn's `signal`: what was written until then is sent, and the promise rejects with the signal's reason.
   *
   * @returns the complete text and its last message, once the stream has ended
   */
  readonly stream: (stream: Stream) => Promise<Streamed>;
  /** Any Bot API method, by the framework's own client. */
  readonly api: <R = unknown>(method: string, payload: object) => Promise<R>;
}

/** The read-only turn of a flow's prompt, condition or label, with the session. */
export interface SessionAskTurn<out Services extends object = {}, out Session extends object = {}>
  extends AskTurn<Services> {
  /** Data of the conversation, as the option `session` declares them. */
  readonly session: DeepReadonly<Session>;
}
/** A turn of a scene, which may change the session of the conversation. */
export interface SessionTurn<out Services extends object = {}, Session extends object = object>
  extends Turn<Services> {
  /**
   * Data of the conversation, as the option `session` declares them; the same object as `ctx.session` of `session({ machine })`. Change it in
   * place: it is committed with the turn, other scenes see it too, and `clear()` keeps it. It is empty at first.
   */
  readonly session: Session;
}

/** Rejects, with a sentence, a session that a scene could not begin with. */
export type BeginsEmpty<S> =
  S extends SchemaOf<infer Session>
    ? {} extends Session
      ? unknown
      : Complaint<'A session is empty at first: make its keys optional, for example with Partial<…>.'>
    : unknown;

/** Why a frame was left. */
export type LeaveReason = 'done' | 'left' | 'canceled' | 'replaced' | 'timeout' | 'back';
