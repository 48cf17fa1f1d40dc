/** The scene engine. Every scene carries it, so a machine without scenes does not load it. */

import type { EngineFactory } from '../conversation/behavior.ts';
import type { Engine, EngineOf } from '../transaction/runtime.ts';
import { askerOf } from '../update/elsewhere.ts';
import { inputOf } from '../update/input.ts';
import { forgetBurst } from './bursts.ts';
import { answer, passTimer } from './by-itself.ts';
import { dispatcher } from './dispatch.ts';
import { isSeen, runHooks } from './hooks.ts';
import { noteLog } from './log.ts';
import { reply } from './replies.ts';
import { botCommands } from './triggers.ts';
import { turnSession } from './turn-session.ts';
import { sceneVerbs } from './verbs.ts';

function makeEngine(): Engine {
  return {
    inputOf,
    dispatch: dispatcher(),
    runHooks,
    isSeen,
    answer,
    passTimer,
    forgetBurst,
    askerOf,
    botCommands,
    reply,
    noteLog,
    sceneVerbs,
    sessionOf: turnSession,
  };
}

const made: EngineOf = /* @__PURE__ */ Object.assign(makeEngine, {
  '~engine': true as const,
});

/**
 * The engine of every kind of scene: set it as `engine` of a {@link SceneBehavior}.
 *
 * The machine takes it from its scenes, so a bot without scenes does not load it.
 */
export const sceneEngine: EngineFactory = made;
