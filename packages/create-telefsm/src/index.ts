/**
 * Creates a Telegram bot with telefsm: `npm create telefsm@latest`.
 *
 * @packageDocumentation
 */

export type { ProjectChoices } from './choices.ts';
export { createProject } from './project.ts';
