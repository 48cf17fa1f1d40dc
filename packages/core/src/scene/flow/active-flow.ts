/** A flow at work: its definition, the frame that it acts on, and the moves that it makes. */

import { shortHash } from '../../base/hash.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import type { Trigger } from '../../conversation/behavior.ts';
import type { AnyScene } from '../../conversation/scene.ts';
import { resolveText, type TextName } from '../../conversation/texts.ts';
import type { SessionAskTurn, Turn } from '../../conversation/turn.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import { readOnly } from '../read-only.ts';
import type { Binding } from '../rows/rows.ts';
import { acceptsAlbum } from './answer.ts';
import { cleanUp } from './clean-up.ts';
import type { AnyFlowOptions, FlowHooks } from './flow.ts';
import { changedMemo, type FlowMemo, type MemoChange, memoOf, withoutQuestion } from './memo.ts';
import type { FlowParameters } from './parameters.ts';
import { positionOf } from './pending.ts';
import type { PendingQuestion, Position } from './pending-question.ts';
import { type Progress, pathKey, readAt } from './progress.ts';
import type { AskOptions, Step } from './steps.ts';

/** A finished flow, as its own code sees it. */
export interface Plan {
  readonly id: string;
  readonly steps: readonly Step[];
  readonly options: AnyFlowOptions;
  readonly handler: (answers: JsonObject, turn: Turn) => unknown;
  readonly hooks: FlowHooks<JsonObject, object>;
  readonly trigger: Trigger | undefined;
  readonly parameters: FlowParameters | undefined;
  /** Whether one of its questions has `rows`. */
  readonly hasRows: boolean;
  /** Whether one of its repeats has `after`. */
  readonly closesRounds: boolean;
  /** Of the whole flow, in ms; `undefined` leaves it to the machine. */
  readonly timeout: number | false | undefined;
  /** Changes when the definition does. */
  fingerprint(): string;
  /** The flow itself, to enter it again. */
  self(): AnyScene;
}

const nothing: readonly string[] = [];

/** The flow's code at work on one frame. A class, since several are made for each update. */
export class ActiveFlow {
  readonly plan: Plan;
  readonly run: FrameRun;
  /** The memo of the frame that was read last, and what it says. */
  private stored: JsonObject | undefined;
  private checked: FlowMemo = {};

  constructor(plan: Plan, run: FrameRun) {
    this.plan = plan;
    this.run = run;
  }

  /** The flow's own values beside the answers. */
  get memo(): FlowMemo {
    const { memo } = this.run;
    if (memo !== this.stored) {
      this.stored = memo;
      this.checked = memoOf(memo);
    }
    return this.checked;
  }

  /** How far the user has come. */
  get progress(): Progress {
    const { passed = nothing, open = nothing } = this.memo;
    return { answers: this.run.data, passed, open };
  }
}

/** The turn of prompts, conditions and labels: the session that the flow declares is read-only in it. */
export function askTurnOf({ plan, run }: ActiveFlow): SessionAskTurn {
  return plan.options.session === undefined ? run.turn : readOnly(run.turn);
}

/** Finds the pending question. */
export function locate(active: ActiveFlow): Awaitable<Position> {
  return positionOf(active.plan, active.progress, askTurnOf(active));
}

/** Keeps a new progress, and changes the memo with it. */
export function keep(
  active: ActiveFlow,
  { answers, passed, open }: Progress,
  change?: MemoChange,
  memo: JsonObject = active.run.memo,
): void {
  const { run } = active;
  // most flows do not look at edited messages
  const gave = memo['gave'] === undefined ? change?.gave : stillGiven(active, answers, change);
  run.keepFrozen({ data: answers, memo: changedMemo(memo, { passed, open, ...change, gave }) });
}

/** The messages that have given the present answers: an answer that was given anew, or deleted, is not changed by editing an old message. */
function stillGiven(
  { memo, run }: ActiveFlow,
  answers: JsonObject,
  change: MemoChange | undefined,
): FlowMemo['gave'] {
  const before = memo.gave?.filter(([path]) => readAt(run.data, path) === readAt(answers, path));
  return [...(before ?? []), ...(change?.gave ?? [])];
}

/** Keeps a progress that leads to another question: what belonged to the last one is dropped. */
export function advance(active: ActiveFlow, progress: Progress, change?: MemoChange): void {
  keep(active, progress, change, withoutQuestion(active.run.memo));
}

/** Continues from a new progress: the next question is asked. */
export function move(active: ActiveFlow, progress: Progress, more?: MemoChange): void {
  const { run } = active;
  tidy(active);
  advance(active, progress, more);
  run.arm('step', null);
  run.arm('album', null);
  const timeout = timeoutOf(active);
  if (timeout !== undefined) run.arm('flow', timeout);
  run.ask();
}

/** The time-out of the whole flow, in ms: its own, or that of the machine. */
export function timeoutOf({ plan, run }: ActiveFlow): number | undefined {
  const { timeout = run.defaults.flowTimeout } = plan;
  return timeout === false ? undefined : timeout;
}

/** Changes the memo, and the state with it. */
export function note(
  { run }: ActiveFlow,
  change: MemoChange,
  state: string | null = run.state,
): void {
  run.keepFrozen({ state, memo: changedMemo(run.memo, change) });
}

/** One of telefsm's own texts, in the flow's words or in the machine's. */
export function text(active: ActiveFlow, name: TextName): Awaitable<string> {
  const { plan, run } = active;
  const texts = plan.options.texts?.[name] === undefined ? run.defaults.texts : plan.options.texts;
  return resolveText(texts, name, askTurnOf(active));
}

/** The options of a question of `ask`; `undefined` for a summary, and for the question for another round. */
export function questionOf(pending: PendingQuestion | undefined): AskOptions | undefined {
  return pending?.kind === 'ask' ? pending.step.question : undefined;
}

/** Stands for a question on buttons and in the memo, rounds included. */
export function tokenOf({ path }: Pick<PendingQuestion, 'path'>): string {
  return shortHash(pathKey(path));
}

/** The tokens of a question: that of its name, and those of former ones, which a deploy may have renamed. */
export function tokensOf(question: PendingQuestion): readonly string[] {
  const own = tokenOf(question);
  if (question.kind !== 'ask' || question.step.was.length === 0) return [own];
  const beside = question.path.slice(0, -1);
  return [own, ...question.step.was.map((name) => tokenOf({ path: [...beside, name] }))];
}

/** Whether a token stands for a question. */
export function isTokenOf(token: string | undefined, question: PendingQuestion): boolean {
  if (token === undefined) return false;
  return token === tokenOf(question) || tokensOf(question).includes(token);
}

/** Returns the binding of buttons to a question of this entry. */
export function bindingOf({ run: { tag, entry } }: ActiveFlow, question: string): Binding {
  return { tag, entry, question };
}

/**
 * Whether a question is the one that was asked last.
 *
 * After a deploy, or when a condition has changed, it may be another: then the user's message does not answer it.
 */
export function wasAsked({ memo }: ActiveFlow, question: PendingQuestion): boolean {
  return isTokenOf(memo.at, question);
}

/**
 * Whether a question may have buttons, or what is asked instead of it. The code that makes them is loaded with the first one: other flows
 * do without it.
 */
export function mayHaveButtons({ plan, memo }: ActiveFlow, asked: PendingQuestion): boolean {
  const question = questionOf(asked);
  if ((plan.options.controls ?? memo.aside) !== undefined || question === undefined) return true;
  const { choices, rows, share, buttons, optional } = question;
  return (choices ?? rows ?? share ?? buttons ?? optional) !== undefined || acceptsAlbum(question);
}

/** In groups a bot may see only replies to it, and keyboards are shown to all unless they are selective. */
export function inGroup({ run: { turn } }: ActiveFlow): boolean {
  // where the key has no chat, the subject of a deadline has none either
  return (turn.replyAddress?.chat ?? turn.subject.chat ?? 0) < 0;
}

/** Ms for which an approved checkout closes the question to everything but its payment; `undefined` where none does. */
export function awaitsPayment({ run, memo }: ActiveFlow): number | undefined {
  const until = memo.invoice?.approvedUntil;
  if (until === undefined) return undefined;
  const left = until - run.turn.now();
  return left > 0 ? left : undefined;
}

/** Whether the question waits for an approved payment; then the user reads so, and nothing else happens. */
export async function answersPaying(active: ActiveFlow): Promise<boolean> {
  if (awaitsPayment(active) === undefined) return false;
  const { run } = active;
  const words = await text(active, 'paying');
  if (run.input?.kind === 'button') run.answer(words);
  else run.say(words);
  return true;
}

/** Removes the keyboard of the last prompt, or the prompt, if the flow has that option. */
export function tidy({ plan, run, memo }: ActiveFlow): void {
  const { prompts = 'keep' } = plan.options;
  const { sent, elsewhere } = memo;
  if (elsewhere?.message !== undefined) {
    const { chat, message } = elsewhere;
    run.call({ method: 'editMessageReplyMarkup', payload: elsewhereMessage(chat, message) });
  }
  // an invoice that was paid is the user's receipt
  if (prompts === 'keep' || prompts === 'edit' || !sent || run.input?.kind === 'payment') return;
  cleanUp(run, prompts, sent, memo.sentTo, memo.sentBefore);
}

/** A message in another chat, without the parts of this conversation's own address. */
export function elsewhereMessage(chat_id: number, message_id: number | undefined): object {
  return {
    chat_id,
    message_id,
    message_thread_id: undefined,
    receiver_user_id: undefined,
    business_connection_id: undefined,
    direct_messages_topic_id: undefined,
  };
}
