/**
 * @module @telefsm/grammy/scenes
 *
 * Telegraf's scenes and wizards on grammY, inside the turn.
 */

// biome-ignore-start lint/performance/noReExportAll: the names of Telegraf, also as `Scenes`
export { selectStep } from '@telefsm/core/adapter';
export * from './scenes/names.ts';
/** The names that Telegraf exports as `Scenes`, on grammY. */
export * as Scenes from './scenes/names.ts';
// biome-ignore-end lint/performance/noReExportAll: only the lines above
export type { SceneSessionOptions } from './scenes/session.ts';
export { session } from './scenes/session.ts';
export { step } from './scenes/wizard.ts';
