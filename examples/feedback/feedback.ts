/** Feedback as a flow: stars by buttons, and a comment that may be skipped. */

import { flow } from '@telefsm/core';
import { z } from 'zod';

/** The same definition runs on both frameworks. */
export const feedback = flow('feedback', {
  trigger: '/feedback',
  description: 'Give us feedback',
  timeout: '5m',
})
  .ask('rating', {
    prompt: 'How would you rate our service?',
    choices: { 1: '⭐', 2: '⭐⭐', 3: '⭐⭐⭐', 4: '⭐⭐⭐⭐', 5: '⭐⭐⭐⭐⭐' },
    schema: z.coerce.number(),
  })
  .ask('comment', {
    prompt: ({ rating }) => `Thanks for the ${rating}-star rating! Any comments?`,
    optional: true,
  })
  .done(() => 'Thank you for your feedback! 🙏', {
    timedOut: () => '⏰ Feedback session expired.',
    canceled: () => 'Feedback canceled.',
  });
