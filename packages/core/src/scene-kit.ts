/**
 * @module @telefsm/core/scene-kit
 *
 * The parts of a new kind of scene; nodes, flows and command trees are made of the same.
 */

export { andThen, isPromise } from './base/awaitable.ts';
export { systemClock, toMs } from './base/clock.ts';
export type { Rule } from './base/rules.ts';
export { checkOptions } from './base/rules.ts';
export { check, describeIssues, isSchema } from './base/schema.ts';
export type { Simplify, Storable, UnionToIntersection } from './base/type-tools.ts';
export type {
  CommandPolicy,
  EngineFactory,
  MessageSource,
  OwnCommands,
  SceneBehavior,
  SceneDefaults,
  SceneRun,
  Trigger,
} from './conversation/behavior.ts';
export { boundTo } from './conversation/bound-to.ts';
export { makeState } from './conversation/states.ts';
export type { TextName } from './conversation/texts.ts';
export { resolveText } from './conversation/texts.ts';
export { sceneEngine } from './engine/engine.ts';
export type { Reentry } from './lease/reentry.ts';
export { reentryOf } from './lease/reentry.ts';
export type { ParsedCommand } from './update/command.ts';
export { parseCommand } from './update/command.ts';
export type { Accept, Accepted, InputValues } from './update/input.ts';
export { acceptInput } from './update/input.ts';
