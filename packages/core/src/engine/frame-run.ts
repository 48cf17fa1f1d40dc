/** One run of a scene's code: how it reads and changes its frame. */

import { isFsmError } from '../base/errors.ts';
import { frozenData, type JsonObject } from '../base/json.ts';
import type { SceneDefaults, SceneRun } from '../conversation/behavior.ts';
import {
  type ApiCall,
  checkMessage,
  isSent,
  longestPressAnswer,
} from '../conversation/outgoing.ts';
import { isStream, wordsOf } from '../conversation/stream.ts';
import type { Frame } from '../record/record.ts';
import type { FrameChange } from '../state/working-copy.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import type { ParsedCommand } from '../update/command.ts';
import type { UserInput } from '../update/input.ts';
import { noteLog } from './log.ts';
import { noteKeyboard } from './replies.ts';
import { initialOf, triggered } from './triggers.ts';
import { sessionMark } from './turn-session.ts';
import { leaveTop } from './verbs.ts';

/**
 * Member of a scene's memo: under which fence its question was asked last, where processes share the conversation. An update that waits for
 * a turn of another process has seen the fence of that turn.
 */
export const askedMember = 'asked';

/** A class, since several are made for each update and share the members of the prototype. */
export class FrameRun implements SceneRun {
  readonly turn: OpenTurn;
  readonly entry: number;
  readonly command: ParsedCommand | undefined;
  private readonly began: Frame;

  constructor(turn: OpenTurn, frame: Frame) {
    this.turn = turn;
    this.entry = frame.entry;
    this.command = commandOf(turn.input);
    this.began = frame;
  }

  get ctx(): unknown {
    return this.turn.ctx;
  }

  get input(): UserInput | undefined {
    return this.turn.input;
  }

  get trigger(): string | undefined {
    const { scene } = this.began;
    const found = this.command && triggered(this.turn, this.command);
    return found?.scene.id === scene ? found?.argument : undefined;
  }

  get starts(): string | undefined {
    if (this.command === undefined) return undefined;
    return triggered(this.turn, this.command)?.scene.id ?? initialOf(this.turn)?.scene.id;
  }

  get state(): string | null {
    return this.frame.state;
  }

  get data(): JsonObject {
    return this.frame.data;
  }

  get memo(): JsonObject {
    return this.frame.memo;
  }

  get early(): boolean {
    const { isEarly, behind, copy } = this.turn;
    if (isEarly || behind === undefined) return isEarly;
    const asked = copy.top.memo[askedMember];
    return typeof asked === 'number' && asked >= behind;
  }

  get tag(): string {
    return this.turn.tag;
  }

  get defaults(): SceneDefaults {
    return this.turn.rt.options.defaults;
  }

  keep({ state, data, memo }: Parameters<SceneRun['keep']>[0]): void {
    if (!this.isActive) return;
    const { copy } = this.turn;
    const { top } = copy;
    copy.change({
      state,
      data: data === undefined ? undefined : frozenData(data, 'data', top.data),
      memo: memo === undefined ? undefined : frozenData(memo, 'memo', top.memo),
    });
  }

  /** Changes this frame by values that are deeply frozen already. */
  keepFrozen(change: FrameChange): void {
    if (this.isActive) this.turn.copy.change(change);
  }

  ask(params?: object): void {
    this.turn.effects.note({ kind: 'ask', ...(params && { params }) });
  }

  leave(...[reason, result]: Parameters<SceneRun['leave']>): void {
    if (this.isActive) leaveTop(this.turn, reason, result);
  }

  say(say: Parameters<SceneRun['say']>[0]): void {
    checkMessage(say, `${this.frame.scene} message`);
    this.turn.effects.send(say);
    if (isSent(say)) return;
    noteLog(this.turn, 'bot', wordsOf(say));
    if (this.isActive && !isStream(say)) noteKeyboard(this.turn, say);
  }

  call(call: ApiCall): void {
    this.turn.effects.call(call);
  }

  rejected(error: unknown): void {
    const { rt, key, copy } = this.turn;
    rt.inputRejected(key, copy.top.state, error);
  }

  report(error: unknown): void {
    this.turn.rt.sendFailed(this.turn.key, error);
  }

  answer(text?: string, alert?: boolean): void {
    const isLong = text !== undefined && text.length > longestPressAnswer;
    this.turn.effects.answer = {
      ...(text !== undefined && !isLong && { text }),
      ...(alert !== undefined && { show_alert: alert }),
    };
    if (isLong) this.say(text);
  }

  attempt(hook: () => unknown): Promise<boolean> {
    return attempt(this.turn, hook);
  }

  arm(timer: string, after: number | null): void {
    const { copy, rt } = this.turn;
    if (this.isActive) copy.arm(timer, after === null ? undefined : rt.clock.monotonic() + after);
  }

  timer(name: string): number | undefined {
    const { copy, rt } = this.turn;
    const at = copy.timers?.get(name);
    return at === undefined ? undefined : at - rt.clock.monotonic();
  }

  /** Whether the conversation is still in this scene: a state of the bot's own keeps the number of the entry. */
  get isActive(): boolean {
    const { entry, scene } = this.turn.copy.top;
    return entry === this.entry && scene === this.began.scene;
  }

  /** The frame itself is replaced by each change of it, so this is the one of the same entry. */
  private get frame(): Frame {
    const { top, below } = this.turn.copy;
    if (this.isActive) return top;
    const { scene } = this.began;
    return below.find((one) => one.entry === this.entry && one.scene === scene) ?? this.began;
  }
}

/** The command of an input, if it is one that is meant for this bot. One that was edited is an old one, and begins nothing. */
export function commandOf(input: UserInput | undefined): ParsedCommand | undefined {
  return input?.kind === 'command' && !input.edited ? { ...input.value } : undefined;
}

/**
 * Runs a hook of a leaving. If it throws, what it has changed is undone, and nothing else. What it has committed stays.
 *
 * @returns whether it did not throw
 */
export async function attempt(turn: OpenTurn, hook: () => unknown): Promise<boolean> {
  const { effects, copy } = turn;
  const { answer, events, outbox, tasks } = effects;
  const added = {
    answer,
    events: events && [...events],
    outbox: outbox && [...outbox],
    tasks: tasks && [...tasks],
  };
  const { base, top, below, entries, pendingPrompt, keyboard, failures, session } = copy;
  const { timers, timerChanges } = copy;
  const changed = { top, below, entries, pendingPrompt, keyboard, failures, session, timerChanges };
  const armed = timers && new Map(timers);
  const restoreSession = sessionMark(turn);
  try {
    await hook();
    return true;
  } catch (error) {
    // where it cannot run at all, what has called for it is rejected
    if (isFsmError(error, 'NO_CONTEXT')) throw error;
    if (turn.sending !== undefined) await turn.sending;
    if (copy.base !== base) {
      copy.reset();
      effects.silence();
      effects.tasks = undefined;
    } else {
      Object.assign(copy, { ...changed, timers: armed });
      Object.assign(effects, added);
      restoreSession();
    }
    effects.failure ??= { error };
    return false;
  }
}
