/** The names that Telegraf exports as `Scenes`, on grammY. */

export type { SceneOptions, StagedScene } from './base-scene.ts';
export { BaseScene } from './base-scene.ts';
export type { StageOptions } from './stage.ts';
export { Stage } from './stage.ts';
export type {
  SceneContext,
  SceneContextScene,
  SceneSession,
  SceneSessionData,
  WithScene,
  WithWizard,
  WizardContext,
  WizardContextWizard,
  WizardSession,
  WizardSessionData,
} from './types.ts';
export { WizardScene } from './wizard.ts';
