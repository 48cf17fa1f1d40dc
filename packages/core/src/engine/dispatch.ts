/** To whom an update is offered: the active scene, triggers, the initial scene, and then the bot. */

import { isPromise } from '../base/awaitable.ts';
import { isFsmError } from '../base/errors.ts';
import type { SceneBehavior } from '../conversation/behavior.ts';
import { boundTo } from '../conversation/bound-to.ts';
import type { Engine, OpenTurn, Rest } from '../transaction/runtime.ts';
import type { ParsedCommand } from '../update/command.ts';
import { readElsewhere } from '../update/elsewhere.ts';
import { isEvent } from '../update/input.ts';
import { objectIn } from '../update/raw-update.ts';
import { invoiceMark, paymentIn } from '../update/subject.ts';
import { isOfOneMachine } from '../update/tag.ts';
import type { RecentAlbums } from './albums.ts';
import { commandOf, FrameRun } from './frame-run.ts';
import { behaviorOn, guarded, noteFailure } from './hooks.ts';
import { beginAtOnce, enterFirst } from './initial.ts';
import { noteLog } from './log.ts';
import { initialOf, isGuest, start } from './triggers.ts';

/**
 * Makes the function that gives an update to the active scene, to triggers and to the initial scene, in this order; what none of them takes
 * goes to the bot.
 */
export function dispatcher(): Engine['dispatch'] {
  let albums: RecentAlbums | undefined;
  const dispatch: Engine['dispatch'] = (turn, rest) => {
    const { copy, input } = turn;
    if (input?.album !== undefined && albums === undefined) {
      return import('./albums.ts').then(({ RecentAlbums }) => {
        albums ??= new RecentAlbums();
        return dispatch(turn, rest);
      });
    }
    const isLogged = turn.rt.options.log !== undefined && input?.kind === 'text' && !input.edited;
    if (isLogged) noteLog(turn, 'user', input.text);
    if (albums?.isRest(turn)) return;
    const tag = boundTag(turn);
    // another machine of the bot, with another namespace, is further down
    if (tag !== undefined && !isOfOneMachine(tag, turn.tag)) return rest?.(turn);
    const active = behaviorOn(turn, copy.top);
    const asker = input?.kind === 'button' ? readElsewhere(input.value) : undefined;
    if (asker !== undefined && isOfOneMachine(asker.tag, turn.tag)) {
      const isTaken = turn.facts.isElsewhere === true && active?.answersElsewhere === true;
      if (!isTaken) {
        return import('./stale.ts').then(({ answerElsewhere }) => answerElsewhere(turn));
      }
    }
    const offered = new Offered(turn, albums, tag, rest);
    return active === undefined ? begin(offered) : offer(offered, active);
  };
  return dispatch;
}

/** An update on its way through the scenes; what none of them takes is passed on to the bot. */
class Offered {
  readonly turn: OpenTurn;
  /** Absent until the first part of an album. */
  readonly albums: RecentAlbums | undefined;
  /** The conversation that its button or invoice is bound to. */
  private readonly tag: string | undefined;
  private readonly rest: Rest;
  private thrown: { readonly error: unknown } | undefined;
  isPassed = false;

  constructor(
    turn: OpenTurn,
    albums: RecentAlbums | undefined,
    tag: string | undefined,
    rest: Rest,
  ) {
    this.turn = turn;
    this.albums = albums;
    this.tag = tag;
    this.rest = rest;
  }

  async pass(): Promise<void> {
    const { turn, tag, rest } = this;
    this.isPassed = true;
    try {
      if (tag === undefined) await rest?.(turn);
      else await (await import('./stale.ts')).answerStale(turn, tag, rest);
    } catch (error) {
      this.thrown = { error };
      throw error;
    }
  }

  /** Whether an error is of the bot's middleware: it belongs to the bot too. */
  hasThrown(error: unknown): boolean {
    return this.thrown !== undefined && this.thrown.error === error;
  }
}

/** Gives an update to triggers and to the initial scene: no scene is active. */
async function begin(offered: Offered): Promise<void> {
  const { turn } = offered;
  const command = commandOf(turn.input);
  if (command !== undefined && (await start(turn, command))) return;
  if (await enterInitial(turn)) return;
  const opened = behaviorOn(turn, turn.copy.top);
  return opened === undefined ? offered.pass() : offer(offered, opened);
}

/** The conversation that a button, or the invoice of a checkout or a payment, is bound to; `undefined` for those of the bot's own. */
function boundTag(turn: OpenTurn): string | undefined {
  const { input, update } = turn;
  if (input === undefined) return invoiceMark(objectIn(update, 'pre_checkout_query'))?.tag;
  if (input.kind === 'button') return boundTo(input.value);
  return input.kind === 'payment' ? invoiceMark(paymentIn(update))?.tag : undefined;
}

/** Gives an update to the active scene: its own commands, then triggers of others, then whatever it handles. */
function offer(offered: Offered, behavior: SceneBehavior): Promise<void> {
  const { turn } = offered;
  const run = new FrameRun(turn, turn.copy.top);
  const { command } = run;
  return command === undefined
    ? offerInput(offered, run, behavior)
    : offerCommand(offered, run, command, behavior);
}

async function offerCommand(
  offered: Offered,
  run: FrameRun,
  command: ParsedCommand,
  behavior: SceneBehavior,
): Promise<void> {
  const { turn } = offered;
  const { copy, effects } = turn;
  if (await guarded(turn, behavior, () => behavior.command?.(run, command))) return;
  const policy = behavior.otherCommands ?? turn.rt.options.defaults.otherCommands;
  if (policy !== 'answer') {
    // its own trigger does not start it anew: it has been asked
    if (run.trigger === undefined && (await start(turn, command))) return;
    const initial = initialOf(turn);
    if (initial !== undefined) {
      const { backToInitial } = await import('./back-to-initial.ts');
      const other = await backToInitial(run, command, initial, policy);
      return other && offer(offered, other);
    }
  }
  if (policy !== 'passAndAsk') return offerInput(offered, run, behavior);
  const { entry } = copy.top;
  await offered.pass();
  if (copy.top.entry === entry) effects.note({ kind: 'ask' });
}

async function offerInput(offered: Offered, run: FrameRun, behavior: SceneBehavior): Promise<void> {
  const { turn, albums } = offered;
  const { effects, input } = turn;
  try {
    const handled = behavior.handle(run, () => offered.pass());
    if (isPromise(handled)) await handled;
  } catch (error) {
    if (!offered.hasThrown(error)) noteFailure(turn, behavior);
    const isInput = input !== undefined && !offered.isPassed && behavior.quiet !== true;
    if (!isInput || !isUnkeepable(error)) throw error;
    effects.rejection = { error };
  }
  if (offered.isPassed || behavior.quiet === true || input === undefined) return;
  effects.takesInput = true;
  // a button's loading spinner turns until the press is answered
  if (input.kind === 'button') effects.answer ??= {};
  if (input.album !== undefined) albums?.claim(turn, input.album, run.entry);
}

/** Whether an error says that what a scene made of an input cannot be stored. */
function isUnkeepable(error: unknown): boolean {
  return (
    isFsmError(error, 'DATA_NOT_JSON') ||
    isFsmError(error, 'DATA_INVALID') ||
    isFsmError(error, 'RECORD_TOO_LARGE')
  );
}

/**
 * Opens a conversation with the initial scene.
 *
 * @returns whether that was all; `false` without entering anything, or with a scene that takes the first input immediately
 */
async function enterInitial(turn: OpenTurn): Promise<boolean> {
  const { initial } = turn.rt.options;
  const { input, copy } = turn;
  if (initial === undefined || copy.top.state !== null || isGuest(turn)) return false;
  // a message from before, or from elsewhere, begins nothing
  if (input === undefined || input.edited || isEvent(input)) return false;
  // channels, and administrators who write in the name of a group, are not greeted
  if ((turn.subject.user ?? 0) <= 0 && turn.subject.business === undefined) return false;
  const takesAtOnce = turn.registry.scene(initial.scene).behavior.opens?.(input);
  if (!takesAtOnce && (input.kind === 'command' || input.kind === 'button')) return false;
  enterFirst(turn, initial);
  if (!takesAtOnce) return true;
  await beginAtOnce(turn);
  return false;
}
