/**
 * @module @telefsm/testing
 *
 * Tests Telegram bots in milliseconds: a chat driver for grammY and Telegraf bots, a fake Bot API server, a virtual clock.
 */

// The fake Telegram
export type { ApiAnswer, ApiRejection, Failure } from './cloud/answer.ts';
export type { ChatAddress } from './cloud/chat-address.ts';
export type { ApiCall } from './cloud/cloud.ts';
export type {
  Payload,
  RawButton,
  RawChat,
  RawMarkup,
  RawMessage,
  RawUser,
} from './cloud/raw.ts';
export type { Shown } from './cloud/screen.ts';
// The storage contract
export type { StorageContractOptions, StorageRule } from './contract/contract.ts';
export { storageContract } from './contract/contract.ts';
export type { StorageNeed, StorageUnderTest } from './contract/rule.ts';
// The chat driver
export type { TestBusiness, TestChat } from './driver/chat.ts';
export type { AnyBot } from './driver/frameworks.ts';
export type { Step } from './driver/interleave.ts';
export type { Expected } from './driver/looking.ts';
export type { WebhookUnderTest } from './driver/over-http.ts';
export type { Paid } from './driver/paying.ts';
export type { Tapped } from './driver/pressing.ts';
export type { CaptionOptions, Sendable } from './driver/sendable.ts';
export {
  album,
  animation,
  audio,
  contact,
  dice,
  document,
  forwarded,
  location,
  message,
  photo,
  poll,
  replying,
  sticker,
  venue,
  video,
  videoNote,
  voice,
  webAppData,
} from './driver/sendable.ts';
export type { BotWorld, TelegramOptions } from './driver/telegram.ts';
export { telegram } from './driver/telegram.ts';
export type { TestUser } from './driver/user.ts';
export type { UserOptions, World } from './driver/world.ts';
// Exploration
export type { ExploreOptions } from './explore/explore.ts';
export { explore } from './explore/explore.ts';
export type { Explored, ExploredMachine, ExploreWorld } from './explore/explored.ts';
export type { FaultKind } from './explore/fault.ts';
export type { Coverage, Exploration, Fault } from './explore/report.ts';
export type { Passage } from './explore/walk.ts';
// Matchers
export type { AskedState, Peekable, Transcribed } from './matchers/assertions.ts';
export { assertData, assertState } from './matchers/assertions.ts';
export type { ChatMatchers, Verdict } from './matchers/matchers.ts';
export { matchers } from './matchers/matchers.ts';
// The fake server
export type { BotApiServer, BotApiServerOptions } from './server/bot-api-server.ts';
export { botApiServer } from './server/bot-api-server.ts';
export type { UpdateType } from './update-types.ts';
export { optInUpdateTypes, sampleUpdate, updateTypes } from './update-types.ts';
// Time
export type { VirtualClock } from './virtual-clock.ts';
export { virtualClock } from './virtual-clock.ts';
