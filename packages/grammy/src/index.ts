/**
 * @module @telefsm/grammy
 *
 * Conversations for grammY bots: states, scenes and flows, one turn per update.
 */

// One import line is enough for a bot.
export * from '@telefsm/core';
export type {
  DataAt,
  FsmAt,
  KnownAt,
  PropertyFlavor,
  SceneOptions,
  Targets,
} from '@telefsm/core/adapter';
export { FsmComposer } from './composer.ts';
export type { FsmFlavor, InState, Installed } from './context.ts';
export type { GrammyMachine } from './fsm.ts';
export { fsm } from './fsm.ts';
export type { NotMiddleware, PropertyFilter } from './in-state.ts';
export { inState } from './in-state.ts';
export type { GrammyBot } from './port.ts';
export type { SceneContext } from './scene.ts';
export { Scene } from './scene.ts';
export type { ConversationStorage } from './session/conversation-storage.ts';
export { conversationStorage } from './session/conversation-storage.ts';
export { fromStorageAdapter, toStorageAdapter } from './storage-adapter.ts';
