/** The errors of `fsm()` as middleware, with their messages and what to do. */

import type { InstallErrorCode, Sentences } from './error-catalogue.ts';

/** A machine without a framework does without them. */
export const installSentences: Sentences<InstallErrorCode> = {
  NOT_INSTALLED: {
    message: (d) => `ctx.${d.property} is not installed.`,
    fix: 'Call bot.use(fsm()) before all middleware that uses it. In a conversation of the grammY plugin, use it inside conversation.external(…).',
  },
  INSTALLED_TWICE: {
    message: (d) => `ctx.${d.property} is already installed for this update.`,
    fix: 'Call bot.use(fsm()) once, before session(). Give a second machine its own `property` and `namespace`.',
  },
  PROPERTY_TAKEN: {
    message: (d) => `The context already has a property "${d.property}".`,
    fix: 'Choose another name with fsm({ property }).',
  },
};
