/** The machine that the command line works on in tests: an order flow and a form, in a file or in memory with some conversations. */

import { memoryStorage, state, states } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { order } from '../../../examples/order/order.ts';
import { sqliteStorage } from '../../storage-sqlite/src/index.ts';

const Form = states('Form', { name: state(), age: state({ was: 'Form:years' }) });
const {
  TELEFSM_TEST_FILE: file,
  TELEFSM_TEST_COUNT: count = '3',
  TELEFSM_TEST_BOTS: bots = '1',
} = process.env;

/** Where conversations are kept. */
export const storage = file === undefined ? memoryStorage() : sqliteStorage(file);

/** Not started. */
export const machine = createMachine({ states: [order, Form], storage });

if (file === undefined) {
  for (const bot of bots.split(' ').map(Number)) {
    for (let user = 1; user <= Number(count); user++) {
      await machine.at({ bot, user }).run((turn) => turn.state.set(Form.name, { user }));
    }
  }
}
