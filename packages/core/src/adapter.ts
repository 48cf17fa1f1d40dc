/**
 * @module @telefsm/core/adapter
 *
 * Exports that connect a framework, or a bare webhook, to a machine.
 */

export { Given } from './base/given.ts';
export type { SchemaOf } from './base/schema.ts';
export type { DataAt, FsmAt, KnownAt, KnownTo, PropertyFlavor } from './conversation/context.ts';
export type {
  CallOptions,
  ParamsOf,
  ResultOf,
  SceneIdIn,
  SceneTypes,
  StartArgs,
  StartOf,
} from './conversation/scene.ts';
export type { Targets } from './conversation/targets.ts';
export type { Debug, DebugPrinter } from './machine/debug-log.ts';
export { createMachine } from './machine/machine.ts';
export type {
  AnyMachine,
  MachineDescription,
  UpdateMachine,
} from './machine/machine-interface.ts';
export type { FsmOptions, None, ServicesOf, StatesOfMachine } from './machine/machine-options.ts';
export type { ClientCalls, Framework, MiddlewareMachine } from './machine/middleware.ts';
export { botPort, middlewareMachine, UpdatePort } from './machine/middleware.ts';
export type { LooseOptions } from './machine/settings.ts';
export type { AnyMiddleware, SceneMembers, SceneTypesOf } from './scene/scene-class.ts';
export { sceneClass } from './scene/scene-class.ts';
export type { SceneOptions } from './scene/scene-hooks.ts';
export type { BridgedStore } from './session/bridge.ts';
export { storageOver } from './session/bridge.ts';
export { checkStore, propertyOf } from './session/checks.ts';
export type { OwnRecordOptions, StageOfSession } from './session/own-record.ts';
export type { SceneRecordOptions, SceneSessionOptions } from './session/scene-session.ts';
export { sceneSession } from './session/scene-session.ts';
export type { SessionMiddleware, SessionPlan } from './session/session.ts';
export { sessionMiddleware } from './session/session.ts';
export { shownAt } from './session/shown.ts';
export type { SessionValue } from './session/slot.ts';
export { slotStore } from './session/slot.ts';
export type { SessionValues, SessionValuesOptions } from './session/value-store.ts';
export { sessionValues } from './session/value-store.ts';
export type {
  SceneControl,
  SceneData,
  StageParts,
  StageScene,
  StageSettings,
} from './stage/scene-control.ts';
export { StageRoom } from './stage/stage-room.ts';
export type { StepOptions } from './stage/wizard-control.ts';
export { namedStep, selectStep, WizardChain } from './stage/wizard-control.ts';
export type { ContextMiddleware } from './state/branches.ts';
export { StateBranches } from './state/branches.ts';
export type { SessionAccess } from './state/context.ts';
export { sessionOf, stateFilter } from './state/context.ts';
export { installedAt } from './state/install.ts';
export type { CommittedState } from './transaction/events.ts';
export type { BotPort } from './transaction/facts.ts';
export { addressOf } from './update/address.ts';
export { inputOf } from './update/input.ts';
export type { Scope } from './update/key.ts';
export { botIdOf, scopeOf } from './update/key.ts';
export { subjectOf } from './update/subject.ts';
