/**
 * @module @telefsm/core
 *
 * Conversations for Telegram bots, whatever the framework. Bot authors import from `@telefsm/grammy` or `@telefsm/telegraf`, which
 * re-export everything here that they need.
 */

// Time
export type { Clock, Duration } from './base/clock.ts';
export { systemClock, toMs } from './base/clock.ts';
export type { FsmErrorCode, FsmErrorDetails } from './base/error-catalogue.ts';
export { errorCatalogue } from './base/error-catalogue.ts';
// Errors
export type { AnyFsmError } from './base/errors.ts';
export { FsmError, isFsmError } from './base/errors.ts';
export type { JsonObject } from './base/json.ts';
// Options of packages beside it
export type { Rule } from './base/rules.ts';
export { checkOptions } from './base/rules.ts';
// Schemas
export type {
  Schema,
  SchemaIssue,
  SchemaOf,
  SchemaResult,
  StandardSchemaV1,
} from './base/schema.ts';
export { check, describeIssues, isSchema, typed } from './base/schema.ts';
// Types that others are made of
export type {
  Awaitable,
  Complaint,
  Simplify,
  Storable,
  UnionToIntersection,
} from './base/type-tools.ts';
// Turns
export type {
  FsmContext,
  FsmVerbs,
  KnownTo,
  MissingKeys,
  Patch,
  StateView,
} from './conversation/context.ts';
// What bots say
export type {
  ApiCall,
  KeyboardLike,
  Media,
  ReplyMarkup,
  RichText,
  Say,
  Sent,
} from './conversation/say.ts';
export { callOf, markupOf } from './conversation/say.ts';
export type {
  AnyScene,
  CallOptions,
  ParamsOf,
  ResultOf,
  SceneIdIn,
  SceneTypes,
  StartArgs,
  StartOf,
} from './conversation/scene.ts';
// States
export type {
  AnyGroup,
  AnyState,
  DataOf,
  GoodName,
  Group,
  IdOf,
  NoState,
  State,
  StateFacts,
  StateOptions,
  StateSpec,
  StateTree,
} from './conversation/states.ts';
export {
  contains,
  factsOf,
  makeState,
  noState,
  state,
  states,
  statesOf,
} from './conversation/states.ts';
export type { StatesIn, Target } from './conversation/targets.ts';
export { anyState } from './conversation/targets.ts';
export type { Text, TextName, Texts } from './conversation/texts.ts';
export { defaultTexts, textOf } from './conversation/texts.ts';
export type { AskTurn, LeaveReason, Turn } from './conversation/turn.ts';
export { createMachine, machineOf } from './machine/machine.ts';
export type {
  AnyMachine,
  BotPort,
  Committed,
  CommittedState,
  Conversation,
  FedMachine,
  Machine,
  MachineDescription,
  MachineEvents,
  SceneLeft,
  Snapshot,
} from './machine/machine-interface.ts';
// Machine
export type {
  MachineOptions,
  ServicesOf,
  ServicesOption,
  StatesOfMachine,
  SweepOptions,
  TurnOptions,
  WaitingOptions,
} from './machine/machine-options.ts';
// Scenes
export type {
  BotCommand,
  CommandPolicy,
  OwnCommands,
  SceneBehaviour,
  SceneDefaults,
  SceneRun,
  Speech,
  Trigger,
} from './scene/behaviour.ts';
export { behaviourOf, boundTo } from './scene/behaviour.ts';
// Flows
export type { UnfinishedFlow } from './scene/flow/builder.ts';
export { flow } from './scene/flow/builder.ts';
export type { ButtonAction, FlowButton } from './scene/flow/button.ts';
export { readButton } from './scene/flow/button.ts';
export type { FlowDescription, StepDescription } from './scene/flow/describe.ts';
export type {
  AnswersOf,
  AnyFlow,
  EndingTurn,
  Flow,
  FlowHooks,
  FlowOptions,
  StepState,
  StepsOf,
} from './scene/flow/flow.ts';
export type {
  Choices,
  Condition,
  Confirmation,
  Invalid,
  Label,
  Prompt,
  Question,
  Redo,
  RepeatLimits,
} from './scene/flow/question.ts';
export { invalid, redo } from './scene/flow/question.ts';
export type {
  NodeHandlers,
  SceneNode,
  SceneOptions,
  UnfinishedScene,
} from './scene/node.ts';
export { scene } from './scene/node.ts';
export type { SceneTurn, Transition } from './scene/node-turn.ts';
export type {
  ContextMiddleware,
  HookedScene,
  HookedSceneOptions,
  SceneHooks,
} from './scene/scene-hooks.ts';
export { hookedScene } from './scene/scene-hooks.ts';
// Sessions and stages of the frameworks
export type { BridgedStore } from './session/bridge.ts';
export type { OwnRecordOptions } from './session/own-record.ts';
export type { SessionMiddleware, SessionPlan } from './session/session.ts';
export { sessionMiddleware } from './session/session.ts';
export type { SessionValue } from './session/slot.ts';
export { slotStore } from './session/slot.ts';
export { entranceOf } from './stage/entrance.ts';
export type {
  SceneData,
  StagedScene,
  StageMiddleware,
  StageParts,
  StageSettings,
} from './stage/scene-control.ts';
export { SceneControl } from './stage/scene-control.ts';
export { namedStep, WizardControl } from './stage/wizard-control.ts';
// Storages of core's own
export type { KeyValueStorageOptions, KeyValueStore } from './storage/key-value-storage.ts';
export { keyValueStorage } from './storage/key-value-storage.ts';
export type { MemoryLease, MemoryStorage, MemoryStorageOptions } from './storage/memory-storage.ts';
export { memoryStorage } from './storage/memory-storage.ts';
// Storage
export type {
  Acquired,
  AcquireOptions,
  CommitAnswer,
  FsmStorage,
  Lease,
  ListQuery,
  StorageFault,
  StorageFeatures,
  StoredConversation,
  StoredText,
  Write,
} from './storage/storage.ts';
// For adapters
export type { Link, StateBranches } from './unit/branches.ts';
export { stateBranches } from './unit/branches.ts';
export type { Cause, ServiceTurn } from './unit/facts.ts';
export { install, installedAt, refuseTaken } from './unit/install.ts';
export type {
  MigratedRecord,
  Migrations,
  UnknownState,
  UnknownStatePolicy,
} from './unit/policy.ts';
export type { Reentry } from './unit/reentry.ts';
export { reentryOf } from './unit/reentry.ts';
export type { SessionValues, SessionValuesOptions } from './unit/session-store.ts';
export { sessionValues } from './unit/session-store.ts';
export type { SessionAccess } from './unit/state-context.ts';
export { sessionOf, stateFilter } from './unit/state-context.ts';
// Commands
export type { ParsedCommand } from './update/command.ts';
export { isMeantFor, parseCommand, readCommand } from './update/command.ts';
// What users send
export type {
  Accept,
  Accepted,
  FileValue,
  InputKind,
  InputValues,
  UserInput,
} from './update/input.ts';
export { acceptInput, albumOf, inputKinds, inputOf } from './update/input.ts';
export { invoicePayload } from './update/invoice.ts';
// Keys and strategies
export type { KeyParts, Migration, Scope, Strategy } from './update/key.ts';
export {
  botIdOf,
  chatPrefix,
  keyLimit,
  keyOf,
  migratedKey,
  migrationOf,
  namespacePrefix,
  parseKey,
  scopeOf,
} from './update/key.ts';
export { guestChats, updateTypeOf, updateTypes } from './update/parties.ts';
export type { RawObject, RawUpdate } from './update/raw-update.ts';
// Whose update it is
export type { Address, ReplyAddress, Subject } from './update/subject.ts';
export { addressOf, fromOf, subjectAt, subjectOf } from './update/subject.ts';
