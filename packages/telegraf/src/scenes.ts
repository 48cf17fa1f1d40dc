/**
 * @module @telefsm/telegraf/scenes
 *
 * Everything of `telegraf` and `telegraf/scenes`, with scenes and sessions inside the turn: the module specifier is the only change in a file.
 */

export type { SceneRecordOptions as SessionRecordOptions } from '@telefsm/core/adapter';
export { selectStep } from '@telefsm/core/adapter';
// biome-ignore-start lint/performance/noReExportAll: a bot changes its module specifier and nothing else
export * from 'telegraf';
export * from './scenes/names.ts';
/** The names that Telegraf exports as `Scenes`, with `Stage` and `WizardScene` on turns. */
export * as Scenes from './scenes/names.ts';
// biome-ignore-end lint/performance/noReExportAll: only the lines above
export type { SessionOptions } from './scenes/session.ts';
export { session } from './scenes/session.ts';
export { step } from './scenes/wizard.ts';
