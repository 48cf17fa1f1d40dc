/** The part of core that a bot on an edge worker bundles: no Node, no framework. */

import { memoryStorage, state, states, statesOf } from '@telefsm/core';

const Form = states('Form', { name: state(), age: state() });
const storage = memoryStorage();

/** The ids of the states, and what the storage keeps of a conversation that never was. */
export async function answer() {
  const ids = statesOf(Form).map(({ id }) => id);
  return { ids, kept: (await storage.peek('nobody')) === undefined ? 'nothing' : 'something' };
}
