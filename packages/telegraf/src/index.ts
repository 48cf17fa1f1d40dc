/**
 * @module @telefsm/telegraf
 *
 * Conversations for Telegraf bots: states, scenes and flows, one turn per update.
 */

// One import line is enough for a bot.
export * from '@telefsm/core';
export type { DataAt, FsmAt, KnownAt, PropertyFlavor, SceneOptions } from '@telefsm/core/adapter';
export type { AdoptOptions, LegacyScene } from './adopt-scenes.ts';
export { adoptScenes } from './adopt-scenes.ts';
export type { Handlers, Targets } from './composer.ts';
export { FsmComposer, inState } from './composer.ts';
export type { FsmFlavor, InState, Installed, MachineContext } from './context.ts';
export type { TelegrafMachine } from './fsm.ts';
export { fsm } from './fsm.ts';
export type { TelegrafBot } from './port.ts';
export type { SceneContext } from './scene.ts';
export { Scene } from './scene.ts';
export type { SessionStore } from './session-store.ts';
export { fromSessionStore, toSessionStore } from './session-store.ts';
