/** A support ticket as a flow: a category, a description, screenshots as one album, a summary to correct. */

import { flow, invalid } from '@telefsm/core';

/** The same definition runs on both frameworks. */
export const support = flow('support', { trigger: '/support', description: 'Open a ticket' })
  .ask('category', {
    prompt: 'What is it about?',
    choices: { bug: '🐞 A bug', billing: '💳 Billing', other: 'Something else' },
  })
  .ask('description', {
    prompt: 'Please describe it in one message.',
    validate: (text) =>
      text.length > 2000 ? invalid('Please say it in no more than 2,000 characters.') : text,
  })
  .ask('screenshots', {
    when: ({ category }) => category === 'bug',
    prompt: 'Send the screenshots as one album.',
    accept: { album: 'photo' },
  })
  .confirm({
    prompt: ({ category, description, screenshots = [] }) =>
      `${category}: ${description} (${screenshots.length} screenshots). Send it?`,
    edit: ['category', 'description'],
  })
  .done(({ category }) => `Your ticket about "${category}" has been sent.`);
