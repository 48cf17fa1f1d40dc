/**
 * @module @telefsm/core
 *
 * Conversations for Telegram bots, whatever the framework. Bot authors import from `@telefsm/grammy` or `@telefsm/telegraf`, which
 * re-export everything here that they need.
 */

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
} from './behaviour.ts';
export { behaviourOf, boundTo } from './behaviour.ts';
// For adapters
export type { Link, StateBranches } from './branches.ts';
export { stateBranches } from './branches.ts';
// Time
export type { Clock, Duration } from './clock.ts';
export { systemClock, toMs } from './clock.ts';
// Commands
export type { ParsedCommand } from './command.ts';
export { isMeantFor, parseCommand, readCommand } from './command.ts';
// Turns
export type {
  FsmContext,
  FsmVerbs,
  KnownTo,
  MissingKeys,
  Patch,
  StateView,
} from './context.ts';
// Errors
export type { AnyFsmError, FsmErrorCode, FsmErrorDetails } from './errors.ts';
export { errorCatalogue, FsmError, isFsmError } from './errors.ts';
// Flows
export type { UnfinishedFlow } from './flow/builder.ts';
export { flow } from './flow/builder.ts';
export type { ButtonAction, FlowButton } from './flow/button.ts';
export { readButton } from './flow/button.ts';
export type { FlowDescription, StepDescription } from './flow/describe.ts';
export type {
  AnswersOf,
  AnyFlow,
  EndingTurn,
  Flow,
  FlowHooks,
  FlowOptions,
  StepState,
  StepsOf,
} from './flow/flow.ts';
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
} from './flow/question.ts';
export { invalid, redo } from './flow/question.ts';
// What users send
export type { Accept, Accepted, FileValue, InputKind, InputValues, UserInput } from './input.ts';
export { acceptInput, albumOf, inputKinds, inputOf } from './input.ts';
export { install, installedAt, refuseTaken } from './install.ts';
export type { JsonObject } from './json.ts';
// Keys and strategies
export type { KeyParts, Migration, Scope, Strategy } from './key.ts';
export {
  botIdOf,
  chatPrefix,
  keyLimit,
  keyOf,
  migratedKey,
  migrationOf,
  parseKey,
  scopeOf,
} from './key.ts';
// Storages of core's own
export type { KeyValueStorageOptions, KeyValueStore } from './key-value-storage.ts';
export { keyValueStorage } from './key-value-storage.ts';
export { createMachine, machineOf } from './machine.ts';
// Machine
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
  MachineOptions,
  ServicesOf,
  ServicesOption,
  Snapshot,
  StatesOfMachine,
  SweepOptions,
  TurnOptions,
  WaitingOptions,
} from './machine-options.ts';
export type { MemoryLease, MemoryStorage, MemoryStorageOptions } from './memory-storage.ts';
export { memoryStorage } from './memory-storage.ts';
export type {
  NodeHandlers,
  SceneNode,
  SceneOptions,
  SceneTurn,
  Transition,
  UnfinishedScene,
} from './node.ts';
export { scene } from './node.ts';
export type { MigratedRecord, Migrations, UnknownState, UnknownStatePolicy } from './policy.ts';
export type { RawObject, RawUpdate } from './raw-update.ts';
// What bots say
export type {
  ApiCall,
  KeyboardLike,
  Media,
  ReplyMarkup,
  RichText,
  Say,
  Sent,
} from './say.ts';
export { callOf, markupOf } from './say.ts';
export type {
  AnyScene,
  CallOptions,
  ParamsOf,
  ResultOf,
  SceneIdIn,
  SceneTypes,
  StartArgs,
  StartOf,
} from './scene.ts';
export type {
  ContextMiddleware,
  HookedScene,
  HookedSceneOptions,
  SceneHooks,
} from './scene-hooks.ts';
export { hookedScene } from './scene-hooks.ts';
// Schemas
export type { Schema, SchemaIssue, SchemaOf, SchemaResult, StandardSchemaV1 } from './schema.ts';
export { check, describeIssues, isSchema, typed } from './schema.ts';
export type { SessionValues, SessionValuesOptions } from './session-store.ts';
export { sessionValues } from './session-store.ts';
export { stateFilter } from './state-context.ts';
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
  StatesIn,
  StateTree,
  Target,
} from './states.ts';
export {
  anyState,
  contains,
  factsOf,
  makeState,
  noState,
  state,
  states,
  statesOf,
} from './states.ts';
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
} from './storage.ts';
// Whose update it is
export type { Address, ReplyAddress, Subject } from './subject.ts';
export {
  addressOf,
  fromOf,
  guestChats,
  subjectAt,
  subjectOf,
  updateTypeOf,
  updateTypes,
} from './subject.ts';
export type { Text, TextName, Texts } from './texts.ts';
export { defaultTexts, textOf } from './texts.ts';
export type { AskTurn, LeaveReason, Turn } from './turn.ts';
// Types that others are made of
export type {
  Awaitable,
  Complaint,
  Simplify,
  Storable,
  UnionToIntersection,
} from './type-tools.ts';
export type { Cause, ServiceTurn } from './unit.ts';
