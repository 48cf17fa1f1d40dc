/** Shared by both bots of this example: a flow with a time limit. */

import { flow } from '@telefsm/core';

/** Books a table. */
export const table = flow('table', { trigger: '/table', timeout: '10m' })
  .ask('guests', { prompt: 'How many guests?', choices: ['1', '2', '3', '4'] })
  .ask('name', { prompt: 'Your name?' })
  .done(({ guests, name }) => `A table for ${guests}, ${name}.`);

/** The texts of both bots. */
export const texts = { howTo: 'Send /table.' } as const;
