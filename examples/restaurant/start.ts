/** Where every guest begins. */

import { scene, typed } from '@telefsm/core';
import { Hold } from './hold.ts';
import { Hungry } from './hungry.ts';

/** Asks whether the guest is hungry. */
export const Start = scene('start', { params: typed<{ first?: boolean }>() }).on({
  enter: ({ params, from }) =>
    params.first
      ? `Hello, ${from?.first_name ?? 'friend'}! Are you hungry?`
      : 'Main menu. Are you hungry?',
  handle: ({ input, goto, again }) => {
    if (input.text === 'Yes') return goto(Hungry);
    if (input.text === 'No') return goto(Hold);
    return again();
  },
});
