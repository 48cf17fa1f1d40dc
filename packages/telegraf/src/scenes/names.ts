/** The names that Telegraf exports as `Scenes`, with `Stage` and `WizardScene` on turns. */

export type {
  SceneContext,
  SceneContextScene,
  SceneSession,
  SceneSessionData,
  WizardContext,
  WizardContextWizard,
  WizardSession,
  WizardSessionData,
} from 'telegraf/scenes';
export { BaseScene } from 'telegraf/scenes';
export type { StageOptions } from './stage.ts';
export { Stage } from './stage.ts';
export { WizardScene } from './wizard.ts';
