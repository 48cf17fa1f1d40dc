/** The services of the restaurant's nodes. */

import { typed } from '@telefsm/core';

/** Takes orders; the bots hand in a real one. */
export interface Kitchen {
  order(dishes: readonly string[]): Promise<void>;
}

/** For `scene({ services })`. */
export const services = typed<{ readonly kitchen: Kitchen }>();
