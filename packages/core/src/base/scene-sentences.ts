/** The errors of scenes, with their messages and what to do. */

import { type SceneErrorCode, type Sentences, suggestion } from './error-catalogue.ts';

/** A bot without scenes does without them. */
export const sceneSentences: Sentences<SceneErrorCode> = {
  STEP_DUPLICATE: {
    message: (d) => `Flow "${d.flow}" has two steps named "${d.step}".`,
    fix: 'Rename one.',
  },
  STEP_UNKNOWN: {
    message: (d) => `Flow "${d.flow}" has no step "${d.step}".${suggestion(d.step, d.known)}`,
    fix: 'Name one of its steps.',
  },
  FLOW_EMPTY: {
    message: (d) => `Flow "${d.flow}" has no steps.`,
    fix: 'Add a step before done().',
  },
  FLOW_CYCLE: {
    message: (d) => `Flow "${d.flow}" includes itself: ${d.path.join(' → ')}.`,
    fix: 'Use repeat() for several rounds, or call() another flow.',
  },
  NO_CONTEXT: {
    message: (d) =>
      `The "${d.hook}" hook of scene "${d.scene}" needs a context, but there is no update.`,
    fix: 'Outside updates, use scene(…).on(…) or a flow. Neither needs a context.',
  },
  INVALID_TRANSITION: {
    message: (d) =>
      d.made === undefined
        ? `A handler of "${d.scene}" returned ${d.returned}, which is not a transition.`
        : `A handler of "${d.scene}" called ${d.made}() and returned ${d.returned}.`,
    fix: 'Return the result of goto, call, again, stay, back, leave, reply, invalid or redo. In a node, return nothing to stay. In `enter` and `leave`, call turn.state.',
  },
  TRANSITION_LOOP: {
    message: (d) =>
      `Scenes redirect to each other in an infinite loop: ${d.scenes.join(' → ')} → …`,
    fix: 'Make one `enter` hook stay in its scene.',
  },
  DATA_INVALID: {
    message: (d) => `The data of "${d.state}" does not match its schema: ${d.issues.join('; ')}.`,
    fix: 'Correct the data, add a migration, or choose a policy with fsm({ unknownState }).',
  },
  INTERRUPTED: {
    message: (d) =>
      `A later update of "${d.key}" interrupted this turn; uncommitted changes were rolled back.`,
    fix: 'Pass `turn.signal` to slow calls, so that they end too.',
  },
};
