/** Where a guest waits who is not hungry yet. */

import { scene } from '@telefsm/core';
import { Start } from './start.ts';

/** Any message leads back to the start. */
export const Hold = scene('hold', { accept: 'any' }).on({
  enter: () => 'Write to me when you are.',
  handle: ({ goto }) => goto(Start),
});
