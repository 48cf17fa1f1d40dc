import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../../testing/src/virtual-clock.ts';
import { flow, interruptBy, typed } from '../../src/index.ts';
import { bench, gate } from '../fixtures/bench.ts';
import { textStorage } from '../fixtures/text-storage.ts';

interface Check {
  check(text: string, signal: AbortSignal): Promise<string>;
}

const order = flow('order', { services: typed<Check>() })
  .ask('name', {
    prompt: 'Name?',
    interrupt: interruptBy(['cancel']),
    validate: (text, _, { services, signal }) => services.check(text, signal),
  })
  .ask('age', { prompt: 'Age?' })
  .done(({ name, age }) => `${name}, ${age}`);

/** Two processes over one storage and one clock, with a check that lasts until it is let go on. */
function two() {
  const clock = virtualClock();
  const storage = textStorage(clock);
  const held = gate();
  const begun = gate();
  const reasons: unknown[] = [];
  const services: Check = {
    check(text, signal) {
      begun.open();
      return new Promise((resolve, reject) => {
        void held.opened.then(() => resolve(text));
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason);
          reject(signal.reason);
        });
      });
    },
  };
  const options = { clock, states: [order], services };
  const here = bench({ ...options, storage });
  const there = bench({ ...options, storage: storage.view() });
  const begin = async () => {
    await here.send(1, 'begin', ({ state }) => state.enter(order));
    const slow = here.send(1, 'Anna');
    await begun.opened;
    return { slow };
  };
  return { clock, here, there, held, reasons, begin };
}

describe('a question and two processes', () => {
  it('a text that arrived at the other process before the question was asked is no answer', async () => {
    const { clock, here, there, held, begin } = two();
    const { slow } = await begin();
    const early = there.send(1, 'are you there?');
    await clock.advance(100);
    held.open();
    await here.outlast(Promise.all([slow, early]), 10);
    expect([here.sentTexts(), there.sentTexts()]).toEqual([['Name?', 'Age?'], ['Age?']]);
    await here.outlast(there.send(1, '30'), 10);
    expect(there.sentTexts()).toEqual(['Age?', 'Anna, 30']);
  });

  it('a text that waits behind a turn that asks nothing is an answer', async () => {
    const { clock, here, there, held, begin } = two();
    held.open();
    const { slow } = await begin();
    await here.outlast(slow, 10);
    const other = gate();
    const busy = here.send(1, '/help', () => other.opened);
    await clock.advance(10);
    const answer = there.send(1, '30');
    await clock.advance(100);
    other.open();
    await here.outlast(Promise.all([busy, answer]), 10);
    expect(there.sentTexts()).toEqual(['Anna, 30']);
  });

  it('/cancel at the other process aborts the check within a second', async () => {
    const { clock, here, there, reasons, begin } = two();
    const { slow } = await begin();
    const start = clock.monotonic();
    const cancel = there.send(1, '/cancel');
    while (reasons.length === 0) await clock.advance(10);
    expect(clock.monotonic() - start).toBeLessThan(1000);
    await here.outlast(Promise.all([slow, cancel]), 10);
    expect(there.sentTexts()).toEqual(['Canceled.']);
  });

  it('a command that the question does not name waits for the check', async () => {
    const { clock, here, there, held, reasons, begin } = two();
    const { slow } = await begin();
    const help = there.send(1, '/help', () => {});
    await clock.advance(2000);
    expect(reasons).toEqual([]);
    held.open();
    await here.outlast(Promise.all([slow, help]), 10);
    expect(here.sentTexts()).toEqual(['Name?', 'Age?']);
  });
});
