/** How the engine runs a node: when its handlers are called, and where what they return leads. */

import { andThen, isPromise } from '../base/awaitable.ts';
import { toMs } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { isSchema } from '../base/schema.ts';
import { burstTimer, type SceneBehavior } from '../conversation/behavior.ts';
import type { AnyScene } from '../conversation/scene.ts';
import { namesOf, type State } from '../conversation/states.ts';
import { resolveText } from '../conversation/texts.ts';
import { sceneEngine } from '../engine/engine.ts';
import type { FrameRun } from '../engine/frame-run.ts';
import { takesVotes } from '../update/accepted-kinds.ts';
import { type Accept, acceptInput, isEvent } from '../update/input.ts';
import { collect, takeBurst } from './burst.ts';
import { checkData } from './check-data.ts';
import { isAnswer, noAnswer } from './no-answer.ts';
import type { LooseHandlers, LooseOptions } from './node-handlers.ts';
import { type NodeTurn, nodeTurn } from './node-turn.ts';
import { type Next, shownBy, verbIn } from './transition.ts';
import { openView } from './view/node-view.ts';
import { retire } from './view/shown-message.ts';

/** The timer of a node's `timeout`. */
const timeoutTimer = 'node';

/** Makes what the engine runs. */
export function behaviorOfNode(
  id: string,
  own: State,
  options: LooseOptions,
  handlers: LooseHandlers,
): SceneBehavior {
  const { accept = 'text' } = options;
  const isPicker = typeof accept === 'function';
  const after = options.timeout === undefined ? undefined : toMs(options.timeout, 'timeout');
  const schema = isSchema(options.data) ? options.data : undefined;
  const { enter, resume, timeout, leave } = handlers;
  const view = handlers.view && openView(id, handlers.view, options);
  const check = schema && ((data: JsonObject) => checkData(schema, id, data));
  /** Checks changed data against the schema now: later, a mismatch would reset the conversation. */
  const checkChange = async (run: FrameRun, before: JsonObject) => {
    if (check !== undefined && run.isActive && run.data !== before) await check(run.data);
  };
  const go = async <T extends NodeTurn>(run: FrameRun, turn: T, handler: (turn: T) => Next) => {
    const before = run.data;
    const done = handler(turn);
    verbIn(isPromise(done) ? await done : done, id, turn)?.apply(run);
    if (check !== undefined) await checkChange(run, before);
    view?.showAgain(run);
  };
  const handleInput = async (run: FrameRun, next: () => Promise<void>): Promise<void> => {
    const { input } = run;
    // payments, and votes in polls of others, come at any time: they are of the bot, unless they are asked for by name
    const isOfBot = accept === 'any' && input && isEvent(input) && !run.turn.facts.isElsewhere;
    const isGiven = input && !input.edited && !isOfBot;
    const accepted = isGiven ? acceptInput(accept, input) : undefined;
    const answer = isPromise(accepted) ? await accepted : accepted;
    if (input === undefined || answer === undefined || handlers.handle === undefined) return next();
    if (isPicker && !isAnswer(answer)) {
      return input.kind === 'command' || isEvent(input) ? next() : rejectAnswer(run, answer);
    }
    if (run.defaults.burst !== undefined && collect(run, input)) return;
    view?.tookInput(run);
    await go(run, nodeTurn(run, { input, answer }) as never, handlers.handle);
  };
  return {
    engine: sceneEngine,
    was: namesOf(options.was),
    states: [own],
    timed: after !== undefined,
    votes: takesVotes(accept),
    first: () => id,
    view: handlers.view,
    ...(view && { screen: retire, isSeen: view.isSeen }),
    ...(check && { check }),
    ask(run: FrameRun, params) {
      // a view is shown again and again, and its time goes on
      const isRunning = after !== undefined && view && run.timer(timeoutTimer) !== undefined;
      if (after !== undefined && !isRunning) run.arm(timeoutTimer, after);
      if (view !== undefined) return view.ask(run);
      return () => {
        const turn = nodeTurn(run, { params });
        return andThen(enter?.(turn), (made) => shownBy(made, id, turn));
      };
    },
    handle(run: FrameRun, next) {
      const { data } = run;
      const pressing = view === undefined ? false : view.press(run);
      if (pressing === false) return handleInput(run, next);
      return check === undefined ? pressing : andThen(pressing, () => checkChange(run, data));
    },
    ...(resume && {
      resume: (run: FrameRun, result, of) =>
        go(
          run,
          nodeTurn(run, {
            resultOf: (scene: AnyScene) => (scene.id === of ? result : undefined) as never,
          }),
          resume,
        ),
    }),
    async timeout(run: FrameRun, timer) {
      // a deploy has removed it since
      if (timer === timeoutTimer && after === undefined) return;
      view?.tookDeadline(run);
      if (timer === burstTimer) {
        const { data } = run;
        const burst = takeBurst(run);
        const answer = burst && (await acceptInput(accept, burst.input));
        if (burst === undefined || answer === undefined || handlers.handle === undefined) return;
        if (isPicker && !isAnswer(answer)) return rejectAnswer(run, answer);
        view?.tookInput(run);
        const { turn, input } = burst;
        await go(run, nodeTurn({ turn, data }, { input, answer }) as never, handlers.handle);
      } else if (timeout === undefined) run.leave('timeout');
      else await go(run, nodeTurn(run, {}), timeout);
    },
    ...(leave && {
      async leave(run, reason) {
        const turn = nodeTurn(run, { reason });
        const message = shownBy(await leave(turn), id, turn);
        if (message != null) run.say(message);
      },
    }),
    describe: () => ({
      kind: 'node',
      accepts: handlers.handle && describeAccept(accept),
      timeout: after,
      ...(view && { view: true }),
    }),
  };
}

/** A picker has made no answer of an input: the handler would take it for one. */
async function rejectAnswer(run: FrameRun, found: unknown): Promise<void> {
  run.rejected(noAnswer('accept', found));
  const text = await resolveText(run.defaults.texts, 'invalid', run.turn);
  if (run.input?.kind === 'button') run.answer(text, true);
  else run.say(text);
}

function describeAccept(accept: Accept): unknown {
  return typeof accept === 'function' ? 'picker' : accept;
}
