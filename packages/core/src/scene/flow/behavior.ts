/** Puts a flow together: the scene that the engine runs, the group of its states. */

import { checkOption, checkOptions } from '#option-checks';
import { checkFlowTexts } from '#question-checks';
import { toMs } from '../../base/clock.ts';
import { holds } from '../../base/holds.ts';
import type { JsonObject } from '../../base/json.ts';
import {
  atLeast,
  callable,
  invalidOption,
  listOf,
  matching,
  oneOf,
  schematic,
  textual,
} from '../../base/rules.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import { commandPolicies, type SceneBehavior } from '../../conversation/behavior.ts';
import { namesOf } from '../../conversation/states.ts';
import type { LeaveReason } from '../../conversation/turn.ts';
import { sceneEngine } from '../../engine/engine.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import { takesVotes } from '../../update/accepted-kinds.ts';
import { readElsewhere } from '../../update/elsewhere.ts';
import type { UserInput } from '../../update/input.ts';
import { interruptRule } from '../../update/interrupt.ts';
import { readButton } from '../rows/buttons.ts';
import { ActiveFlow, locate, move, type Plan, questionOf, tidy } from './active-flow.ts';
import { ask } from './ask.ts';
import { fingerprintOf, renamed } from './deploy.ts';
import type { AnyFlowOptions, Flow, FlowHooks } from './flow.ts';
import { handleInput } from './handle-input.ts';
import { interruptsOf } from './interrupted-by.ts';
import { asked } from './memo.ts';
import { answered } from './moves.ts';
import { type Definition, definitionSlot } from './outline.ts';
import { parametersOf } from './parameters.ts';
import { earlyRule, timeoutRule } from './question.ts';
import { statesOfSteps } from './step-states.ts';
import { closesRounds, makesQuestions, questionsIn } from './steps.ts';
import { policyOf, triggerOf } from './trigger.ts';

const flowRules = {
  data: schematic,
  trigger: matching(/^\/?\w{1,64}$/, "a command such as '/order'"),
  deepLink: textual,
  controls: listOf('back', 'cancel'),
  timeout: timeoutRule,
  attempts: atLeast(1),
  onTrigger: oneOf('restart', 'continue', 'ask', 'reject'),
  otherCommands: commandPolicies,
  otherInput: oneOf('hint', 'pass', 'ignore'),
  replies: oneOf('any', 'only'),
  prompts: oneOf('keep', 'removeKeyboards', 'delete', 'edit'),
  early: earlyRule,
  interrupt: interruptRule,
};

const otherOptions = 'description services session back commands editedMessages texts was';

/**
 * Makes a finished flow.
 *
 * @throws FsmError `INVALID_OPTION` for what an option does not take
 */
export function flowOf(
  definition: Definition,
  options: AnyFlowOptions,
  handler: Plan['handler'],
  hooks: FlowHooks<JsonObject, object> = {},
): Flow {
  const { id, steps } = definition;
  checkOptions(`${id} `, options, flowRules, otherOptions);
  checkFlowTexts(id, options.texts);
  checkOptions(`${id} done `, hooks, {}, 'canceled timedOut left from');
  checkOption(`${id} done`, handler, callable);
  const parameters = parametersOf(id, steps, options.data);
  let fingerprint: string | undefined;
  const plan: Plan = {
    id,
    steps,
    options,
    handler,
    hooks,
    trigger: triggerOf(options, hooks.from, parameters),
    parameters,
    hasRows: questionsIn(steps).some(({ question }) => question.rows !== undefined),
    closesRounds: closesRounds(steps),
    timeout:
      options.timeout === undefined || options.timeout === false
        ? options.timeout
        : toMs(options.timeout, `${id} timeout`),
    fingerprint() {
      fingerprint ??= fingerprintOf(steps);
      return fingerprint;
    },
    self: () => flow as unknown as Flow,
  };
  const { tree, all } = statesOfSteps(steps, id, namesOf(options.was));
  const flow = Object.freeze({
    id,
    steps: tree,
    '~group': Object.freeze({ id, states: Object.freeze(all) }),
    '~scene': behaviorFor(plan, all),
    [definitionSlot]: definition,
  });
  return flow as unknown as Flow;
}

function behaviorFor(plan: Plan, states: SceneBehavior['states']): SceneBehavior {
  const { options, steps, trigger, parameters } = plan;
  const questions = questionsIn(steps);
  for (const { name, question } of questions) {
    if (question.timeout !== undefined) toMs(question.timeout, `${plan.id}:${name} timeout`);
    const { accept } = question;
    if (holds(accept, 'burst') && accept.quiet !== undefined) {
      toMs(accept.quiet, `${plan.id}:${name} quiet`);
    }
  }
  const { was, texts, otherCommands } = options;
  const renames = questions.some((step) => step.was.length > 0);
  return {
    engine: sceneEngine,
    was: namesOf(was),
    states,
    timed:
      typeof plan.timeout === 'number' ||
      questions.some(({ question }) => question.timeout !== undefined),
    votes: makesQuestions(steps) || questions.some(({ question }) => takesVotes(question.accept)),
    ...(trigger !== undefined && { trigger }),
    ...(texts !== undefined && { texts }),
    ...(otherCommands !== undefined && { otherCommands }),
    ...((renames || parameters !== undefined) && {
      check(data: JsonObject) {
        const now = renames ? renamed(steps, data) : data;
        return parameters === undefined ? now : parameters.check(now);
      },
    }),
    asked,
    interrupts: interruptsOf(plan, states),
    answersElsewhere: true,
    first: () => states[0]?.id ?? null,
    ask: (run: FrameRun, params) => ask(new ActiveFlow(plan, run), params),
    command: async (run: FrameRun, command) =>
      (await import('./commands.ts')).handleCommand(new ActiveFlow(plan, run), command),
    handle: (run: FrameRun, next) => handle(new ActiveFlow(plan, run), next),
    leave: (run: FrameRun, reason) => left(new ActiveFlow(plan, run), reason),
    timeout: async (run: FrameRun, timer) =>
      (await import('./endings.ts')).pass(new ActiveFlow(plan, run), timer),
    answer: (run: FrameRun, state, value) => answerOutside(new ActiveFlow(plan, run), state, value),
    ...(plan.hasRows && screened(plan)),
    ...(options.prompts === 'edit' && inPlace(plan)),
    flow: plan,
  };
}

/** Shows questions in place; loaded with the first one. */
const loadInPlace = () => import('./in-place.ts');

async function retireMessage(run: FrameRun): Promise<void> {
  (await loadInPlace()).retire(run);
}

/** Of a flow whose questions are edited. */
function screened(plan: Plan): Pick<SceneBehavior, 'screen' | 'leave'> {
  return {
    screen: retireMessage,
    async leave(run: FrameRun, reason) {
      if (plan.options.prompts === 'delete') (await loadInPlace()).retire(run, true);
      return left(new ActiveFlow(plan, run), reason);
    },
  };
}

/** Of a flow whose questions are asked in one message. */
function inPlace(
  plan: Plan,
): Pick<SceneBehavior, 'screen' | 'leave' | 'command' | 'handle' | 'timeout'> {
  return {
    ...screened(plan),
    async command(run: FrameRun, command) {
      const { handleCommand } = await import('./commands.ts');
      const isTaken = await handleCommand(new ActiveFlow(plan, run), command);
      if (isTaken && run.trigger === undefined) (await loadInPlace()).tookAnswer(run);
      return isTaken;
    },
    async handle(run: FrameRun, next) {
      const { namesMessage, tookAnswer } = await loadInPlace();
      const isNamed = await namesMessage(new ActiveFlow(plan, run));
      let isPassed = false;
      await handle(new ActiveFlow(plan, run), () => {
        isPassed = true;
        return next();
      });
      if (!isPassed) tookAnswer(run, !isNamed);
    },
    async timeout(run: FrameRun, timer) {
      (await loadInPlace()).tookDeadline(run);
      const { pass } = await import('./endings.ts');
      await pass(new ActiveFlow(plan, run), timer);
    },
  };
}

function handle(active: ActiveFlow, next: () => Promise<void>): Awaitable<void> {
  const { plan, run } = active;
  const { input } = run;
  if (input === undefined) {
    // only a question that has sent an invoice recognizes the checkout
    if (active.memo.invoice === undefined) return next();
    const taking = import('./payment.ts').then(({ checkout }) => checkout(active));
    return unlessTaken(taking, next);
  }
  if (input.kind === 'button') {
    const { value } = input;
    if (readElsewhere(value)?.tag === run.tag) {
      return import('./press-elsewhere.ts').then(({ pressElsewhere }) =>
        pressElsewhere(active, value),
      );
    }
    const button = readButton(value);
    if (button !== undefined) {
      return import('./press.ts').then(({ press }) => press(active, button, value));
    }
  }
  if (plan.options.replies !== 'only') return handleWritten(active, input, next);
  return import('./replies.ts').then(({ isOtherTalk }) =>
    isOtherTalk(active, input) ? next() : handleWritten(active, input, next),
  );
}

/** Handles an input that is not one of the flow's buttons. */
function handleWritten(
  active: ActiveFlow,
  input: UserInput,
  next: () => Promise<void>,
): Awaitable<void> {
  const { plan } = active;
  if (input.edited) {
    if (plan.options.editedMessages !== 'update') return next();
    const taking = import('./edited.ts').then((edited) => edited.handleEdited(active, input));
    return unlessTaken(taking, next);
  }
  if (input.kind === 'command') {
    if (policyOf(active) !== 'answer') return next();
    return import('./commands.ts').then(({ asText }) => handleInput(active, asText(input), next));
  }
  return handleInput(active, input, next);
}

async function unlessTaken(taking: Promise<boolean>, next: () => Promise<void>): Promise<void> {
  if (!(await taking)) await next();
}

/** The flow was left. Most ends are those that the user expects, and no hook asks for them. */
async function left(active: ActiveFlow, reason: LeaveReason): Promise<LeaveReason> {
  const { plan, memo } = active;
  const { over } = memo;
  const truly = over === 'done' ? 'done' : reason;
  tidy(active);
  const isNotified = reason === 'timeout' || reason === 'canceled' || over === 'attempts';
  if (isNotified || plan.hooks.left !== undefined) {
    const { runEnding } = await import('./endings.ts');
    await runEnding(active, reason, truly);
  }
  return truly;
}

async function answerOutside(active: ActiveFlow, state: string, value: unknown): Promise<boolean> {
  const { pending } = await locate(active);
  if (pending?.id !== state) return false;
  if (value === undefined && questionOf(pending)?.optional !== true) {
    throw invalidOption(`${state} answer`, 'a value: the question must be answered', 'undefined');
  }
  move(active, answered(active.progress, pending, value));
  return true;
}
