import { describe, expect, it } from 'vitest';
import { state, states } from '../src/index.ts';
import { bench, type Handler } from './fixtures/bench.ts';

const Form = states('Form', { name: state(), age: state() });

/** How many microtasks a turn takes until whoever has handed the update over knows that it has ended. */
async function microtasksOf(send: () => Promise<void>): Promise<number> {
  await new Promise(setImmediate);
  let isOver = false;
  let microtasks = 0;
  const handled = send().then(() => {
    isOver = true;
  });
  for (; !isOver; microtasks++) await undefined;
  await handled;
  return microtasks;
}

describe('a plain turn in memory', () => {
  const set: Handler = ({ state: fsm }) => fsm.set(fsm.is(Form.name) ? Form.age : Form.name);

  it('awaits once: the handlers', async () => {
    const { send } = bench({ states: [Form] });
    await send(1, 'first', set);
    // one for them, and one for the end
    expect(await microtasksOf(() => send(1, 'second', set))).toBe(2);
  });

  it('awaits the handler, and nothing more', async () => {
    const { send } = bench({ states: [Form] });
    await send(1, 'first', set);
    const slow: Handler = async (turn) => {
      for (let times = 0; times < 10; times++) await undefined;
      set(turn);
    };
    expect(await microtasksOf(() => send(1, 'second', slow))).toBe(12);
  });
});
