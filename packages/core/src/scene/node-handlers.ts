/** The types of a node's data, input and handlers. */

import type { Duration } from '../base/clock.ts';
import type { Awaitable, Complaint } from '../base/type-tools.ts';
import type { OutgoingMessage, Sent } from '../conversation/outgoing.ts';
import type { AnyScene, ResultOf, SceneTypes } from '../conversation/scene.ts';
import type { Stream } from '../conversation/stream.ts';
import type { LeaveReason } from '../conversation/turn.ts';
import type { Accept, Accepted, InputKind, PickerFits, UserInput } from '../update/input.ts';
import type { HookTurn, SceneTurn } from './node-turn.ts';
import type { Next } from './transition.ts';
import type { View, ViewTurn } from './view/view-turn.ts';

/** Options of a node. */
export interface SceneOptions<D, P, R, N, A, S = unknown> {
  /** Persisted data: any Standard Schema, checked when it is read back; or `typed<T>()`. */
  readonly data?: D;
  /** Transient input of `enter`/`goto`; reaches the `enter` hook, never stored. */
  readonly params?: P;
  readonly result?: R;
  /** The services that it needs from `fsm({ services })`. */
  readonly services?: N;
  /**
   * The type of the conversation's session, which all its scenes share and `ctx.session` shows: `typed<T>()`. It stays after `clear()`,
   * and is not checked.
   */
  readonly session?: S;
  /** The input of `handle`; other updates continue to the bot. Default `"text"`. */
  readonly accept?: A & PickerFits<NoInfer<A>>;
  readonly was?: string | readonly string[];
  /**
   * How long the user may take. It counts from the question; of a view from when it was entered, however often it is shown since.
   */
  readonly timeout?: Duration;
  /** Views: where accepted input leaves the message. `edit` (default) edits it where it is, `resend` moves it below the input. */
  readonly afterInput?: 'edit' | 'resend';
  /** Views: whether accepted input is deleted, where the bot may. */
  readonly deleteInput?: boolean;
}
/** Rejects handlers among the options, by a sentence. */
export interface NoHandlers {
  readonly view?: MisplacedHandler;
  readonly enter?: MisplacedHandler;
  readonly handle?: MisplacedHandler;
  readonly resume?: MisplacedHandler;
  readonly leave?: MisplacedHandler;
}
type MisplacedHandler =
  Complaint<'Handlers are not options: write scene(id, options).on({ view, handle, … }).'>;
type InputOf<A> = A extends InputKind
  ? UserInput<A>
  : A extends readonly (infer K extends InputKind)[]
    ? UserInput<K>
    : UserInput;
/** The turn of `enter` and `leave`. */
type Hooked<T extends SceneTypes> = HookTurn<T['data'], T['services'], T['session']>;
/** Hooks of every node. */
interface CommonHandlers<T extends SceneTypes> {
  /** A scene it called has left. Without it, `enter` runs, or the view is shown. */
  readonly resume?: (
    turn: SceneTurn<T> & {
      readonly resultOf: <S extends AnyScene>(scene: S) => ResultOf<S> | undefined;
    },
  ) => Next;
  readonly timeout?: (turn: SceneTurn<T>) => Next;
  readonly leave?: (
    turn: Hooked<T> & { readonly reason: LeaveReason },
  ) => Awaitable<OutgoingMessage | Sent | void>;
}
/** Input that the node accepts. Returns where to go; nothing stays, silently. */
type Handle<T extends SceneTypes, A extends Accept> = (
  turn: SceneTurn<T> & { readonly input: InputOf<A>; readonly answer: Accepted<A> },
) => Next;
/** A node that sends a message when it is entered. */
interface SaidNode<T extends SceneTypes, A extends Accept> extends CommonHandlers<T> {
  readonly view?: never;
  /** Its prompt: runs after the commit; it returns a text, or sends messages by `reply`. */
  readonly enter?: (
    turn: Hooked<T> & { readonly params: T['params'] },
  ) => Awaitable<OutgoingMessage | Sent | Stream | void>;
  readonly handle: Handle<T, A>;
}
/** A node whose message is edited in place. */
interface ShownNode<T extends SceneTypes, A extends Accept> extends CommonHandlers<T> {
  readonly enter?: never;
  /**
   * The content that is shown now. Rendered when the node is entered, to look up a press, and before each commit that may have changed
   * it.
   */
  readonly view: (
    turn: ViewTurn<T['data'], T['services'], T['result'], T['session']>,
  ) => View | Promise<View>;
  readonly handle?: Handle<T, A>;
}
/** The handlers of a node: a prompt with a handler for the answer, or a view. */
export type NodeHandlers<T extends SceneTypes, A extends Accept> = SaidNode<T, A> | ShownNode<T, A>;

/** Options of any node. */
export type LooseOptions = SceneOptions<unknown, unknown, unknown, unknown, Accept>;
/** Handlers of any node. */
// biome-ignore lint/suspicious/noExplicitAny: handlers of any node
export type LooseHandlers = NodeHandlers<any, any>;
