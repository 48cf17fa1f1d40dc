/**
 * @module @telefsm/core
 *
 * Conversations for Telegram bots: what bot authors use. `@telefsm/grammy` and `@telefsm/telegraf` export all of it again.
 */

export type { Clock, Duration } from './base/clock.ts';
export type { FsmErrorCode, FsmErrorDetails } from './base/error-catalogue.ts';
export type { AnyFsmError } from './base/errors.ts';
export { FsmError, isFsmError } from './base/errors.ts';
export type { JsonObject } from './base/json.ts';
export type { Schema } from './base/schema.ts';
export { typed } from './base/schema.ts';
export type { Awaitable, Complaint, DeepReadonly, Draft } from './base/type-tools.ts';
export type { BotCommand } from './conversation/behavior.ts';
export type { FsmContext, HistoryEntry, StateView } from './conversation/context.ts';
export type { Formatted } from './conversation/format.ts';
export { escapeHtml, escapeMarkdownV2, html, markdownV2 } from './conversation/format.ts';
export { helpText } from './conversation/help.ts';
export type {
  FormattedText,
  KeyboardLike,
  Media,
  OutgoingMessage,
  RichText,
  Sent,
} from './conversation/outgoing.ts';
export type { ReplyKeyboards } from './conversation/reply-keyboards.ts';
export type { AnyScene, StartOf } from './conversation/scene.ts';
export type {
  AnyGroup,
  AnyState,
  DataOf,
  Group,
  IdOf,
  NoState,
  State,
  StateOptions,
  StateSpec,
  StateTree,
} from './conversation/states.ts';
export { contains, noState, state, states, statesOf } from './conversation/states.ts';
export type { Stream, Streamed, StreamFormat } from './conversation/stream.ts';
export type { StatesIn, Target } from './conversation/targets.ts';
export { anyState } from './conversation/targets.ts';
export type { Text, TextName, Texts } from './conversation/texts.ts';
export { type TranslatedTexts, translatedTexts } from './conversation/translations.ts';
export type {
  AskTurn,
  LeaveReason,
  SessionAskTurn,
  SessionTurn,
  Turn,
} from './conversation/turn.ts';
export { removeReplyKeyboards } from './engine/handler-keyboards.ts';
export { interruptBy } from './engine/interrupts.ts';
export type { FsmStorage } from './lease/storage.ts';
export type { Conversation, Machine, Snapshot } from './machine/machine-interface.ts';
export type { MachineOptions } from './machine/machine-options.ts';
export type { LogEntry } from './record/log.ts';
export type { UnfinishedFlow } from './scene/flow/builder.ts';
export { flow } from './scene/flow/builder.ts';
export type {
  BeginningOf,
  InRounds as StepsInRounds,
  NoParameters,
  Rebase as IncludedSteps,
  With as WithAnswer,
} from './scene/flow/builder-types.ts';
export type {
  AnswersOf,
  AnyFlow,
  Beginning,
  EndingTurn,
  Flow,
  FlowOptions,
  StepState,
} from './scene/flow/flow.ts';
export type {
  Choices,
  Condition,
  Invalid,
  Prompt,
  QuestionTurn,
  Redo,
  RuntimeQuestion,
} from './scene/flow/question.ts';
export { invalid, redo } from './scene/flow/question.ts';
export type { SceneNode, UnfinishedScene } from './scene/node.ts';
export { scene } from './scene/node.ts';
export type { HandlerTurn, HookTurn, SceneTurn } from './scene/node-turn.ts';
export type { Page, PageRequest } from './scene/rows/page.ts';
export type { Block, Button, Rows } from './scene/rows/rows.ts';
export type { Options, ShownPage, Widgets } from './scene/rows/widget-types.ts';
export type { Change, Moves, Transition } from './scene/transition.ts';
export type { View, ViewTurn } from './scene/view/view-turn.ts';
export { keyValueStorage } from './storage/key-value-storage.ts';
export type { KeyValueStore } from './storage/key-value-store.ts';
export type { MemoryStorage } from './storage/memory-storage.ts';
export { memoryStorage } from './storage/memory-storage.ts';
export type { StoredText } from './storage/statements.ts';
export type { Committed, MachineEvents, TurnEnded } from './transaction/events.ts';
export type { LanguageTurn, ServiceTurn } from './transaction/facts.ts';
export type { Migrations, UnknownState } from './transaction/unknown-state.ts';
export type { Address, ReplyAddress } from './update/address.ts';
export type { InputKind, UserInput } from './update/input.ts';
export type { FileValue, InputValues, Tagged as InputValue } from './update/input-value.ts';
export type { Interrupt, InterruptRule } from './update/interrupt.ts';
export type { UnmatchedPayment } from './update/invoice.ts';
export { invoicePayload } from './update/invoice.ts';
export type { Strategy } from './update/key.ts';
export type { RawUpdate } from './update/raw-update.ts';
export type { Subject } from './update/subject.ts';
export type {
  CallbackQuery,
  Chat,
  ChatMemberUpdated,
  Message,
  MessageEntity,
  Poll,
  SentFile,
  Update,
  User,
} from './update/update.ts';
