import { describe, expect, it } from 'vitest';
import { type VirtualClock, virtualClock } from '../../testing/src/virtual-clock.ts';
import { flow, interruptBy, invalid, memoryStorage, scene, typed } from '../src/index.ts';
import { type Bench, bench, gate, message, press } from './fixtures/bench.ts';
import { type TextStorage, textStorage } from './fixtures/text-storage.ts';

/** An answer of a node: the text of its input, and the messages. */
interface Answered {
  readonly text: string;
  readonly messages: readonly (string | undefined)[];
}

function setUp(options: object = {}, work: () => Promise<void> = async () => {}) {
  const answered: Answered[] = [];
  const signals: AbortSignal[] = [];
  const Chat = scene('chat', { data: typed<{ count?: number }>() }).on({
    handle: async ({ input, messages, data, stay, signal, from, update, id }) => {
      signals.push(signal);
      answered.push({ text: input.text, messages: messages.map(({ text }) => text) });
      expect([from?.first_name, update, id]).toEqual([
        'User 1',
        input.update,
        `123:${input.update.update_id}`,
      ]);
      await work();
      return stay({ count: (data.count ?? 0) + messages.length });
    },
  });
  const clock = virtualClock();
  const make = (storage: unknown): Bench => {
    const { waiting, ...rest } = options as { waiting?: object };
    const own = { burst: '1s', ...waiting };
    const made = bench({ clock, storage, states: [Chat], initial: Chat, ...rest, waiting: own });
    made.machine.start();
    return made;
  };
  return { answered, signals, make, clock };
}

const storages: readonly [string, (clock: VirtualClock) => unknown][] = [
  ['memory', (clock) => memoryStorage({ clock })],
  ['a shared storage', (clock) => textStorage(clock)],
];

describe.each(storages)('messages that come together, in %s', (_, storageOf) => {
  it('become one turn, in order, when none has come for as long', async () => {
    const { answered, make, clock } = setUp();
    const { send, peek } = make(storageOf(clock));
    await send(1, 'hello');
    for (const text of ['one', 'two', 'three']) {
      await send(1, text);
      await clock.advance(900);
    }
    expect(answered).toEqual([]);
    await clock.advance(2500);
    expect(answered).toEqual([{ text: 'one\ntwo\nthree', messages: ['one', 'two', 'three'] }]);
    await send(1, 'four');
    await clock.advance(2500);
    expect(answered.at(-1)).toEqual({ text: 'four', messages: ['four'] });
    expect(await peek(1)).toMatchObject({ data: { count: 4 } });
  });

  it('are stored as they come: a redelivery adds none', async () => {
    const { answered, make, clock } = setUp();
    const { send, give } = make(storageOf(clock));
    await send(1, 'hello');
    const one = message(1, 'one');
    await give(one);
    await give(one);
    await send(1, 'two');
    await give(one);
    await clock.advance(2500);
    await give(one);
    await clock.advance(2500);
    expect(answered).toEqual([{ text: 'one\ntwo', messages: ['one', 'two'] }]);
  });

  it('do not wait for, nor hold up, commands and buttons', async () => {
    const { answered, make, clock } = setUp();
    const { send, give } = make(storageOf(clock));
    const passed: unknown[] = [];
    await send(1, 'hello');
    await send(1, 'one');
    await send(1, '/help', ({ update }) => void passed.push(update));
    await give(press(1, 'own'), ({ update }) => void passed.push(update));
    expect(passed).toHaveLength(2);
    await send(1, 'two');
    await clock.advance(2500);
    expect(answered).toEqual([{ text: 'one\ntwo', messages: ['one', 'two'] }]);
  });

  it('with the latest answered, show those that were skipped', async () => {
    const burst = { quiet: '1s', answer: 'latest' };
    const { answered, make, clock } = setUp({ waiting: { burst } });
    const { send } = make(storageOf(clock));
    await send(1, 'hello');
    await send(1, 'one');
    await send(1, 'two');
    await clock.advance(2500);
    expect(answered).toEqual([{ text: 'two', messages: ['one', 'two'] }]);
  });

  it('are forgotten by a command that interrupts, while they wait and while they are answered', async () => {
    const held = gate();
    const { answered, signals, make, clock } = setUp(
      { waiting: { interrupt: interruptBy(['stop']) } },
      () => held.opened,
    );
    const { send, peek } = make(storageOf(clock));
    const stopped: string[] = [];
    const stop = () => send(1, '/stop', () => void stopped.push('stop'));
    await send(1, 'hello');
    await send(1, 'one');
    await stop();
    await clock.advance(2500);
    expect(answered).toEqual([]);
    await send(1, 'two');
    await clock.advance(2500);
    expect(answered).toHaveLength(1);
    await stop();
    expect(signals[0]?.reason).toMatchObject({ code: 'INTERRUPTED' });
    expect(stopped).toEqual(['stop', 'stop']);
    held.open();
    await clock.advance(200_000);
    expect(answered).toHaveLength(1);
    expect(await peek(1)).toMatchObject({ current: 'chat', data: {} });
  });

  it('are answered again when the handler fails, in the same turn', async () => {
    let failures = 2;
    const { answered, make, clock } = setUp({}, async () => {
      if (failures-- > 0) throw new Error('The model is busy.');
    });
    const { send, peek, notified } = make(storageOf(clock));
    const failed = notified('deadlineFailed');
    await send(1, 'hello');
    await send(1, 'one');
    await send(1, 'two');
    await clock.advance(20_000);
    expect(failed).toHaveLength(2);
    expect(answered).toEqual(
      Array.from({ length: 3 }, () => ({ text: 'one\ntwo', messages: ['one', 'two'] })),
    );
    expect(await peek(1)).toMatchObject({ data: { count: 2 } });
  });
});

describe('messages that reach two processes', () => {
  it('become one turn, in the order of their numbers, also if the first process dies', async () => {
    const { answered, make, clock } = setUp();
    const storage: TextStorage = textStorage(clock);
    const here = make(storage);
    const there = make(storage.view());
    await here.send(1, 'hello');
    const [one, two, three] = [message(1, 'one'), message(1, 'two'), message(1, 'three')];
    await there.give(two);
    await here.give(one);
    await there.give(three);
    // a process that is gone sweeps no more
    void here.machine.stop();
    await clock.advance(3000);
    expect(answered).toEqual([{ text: 'one\ntwo\nthree', messages: ['one', 'two', 'three'] }]);
  });
});

it('a storage without deadlines rejects bursts when the machine is made', () => {
  const { features, ...rest } = memoryStorage();
  const storage = { ...rest, features: { ...features, deadlines: false } };
  expect(() => bench({ storage, waiting: { burst: '1s' } })).toThrow(/waiting\.burst/);
});

describe('a question that takes a burst', () => {
  it('gets the texts in order, checks them as one, and asks again', async () => {
    const clock = virtualClock();
    const got: unknown[] = [];
    const Bio = flow('bio', { trigger: '/bio' })
      .ask('text', {
        prompt: 'Tell us about yourself.',
        accept: { burst: 'text', quiet: '800ms' },
        validate: (parts) => (parts.length > 2 ? invalid('Too long.') : parts.join('\n')),
      })
      .done(({ text }) => void got.push(text));
    const storage = textStorage(clock);
    const [here, there] = [storage, storage.view()].map((own) =>
      bench({ clock, storage: own, states: [Bio] }),
    ) as [Bench, Bench];
    here.machine.start();
    await here.send(1, '/bio');
    const [one, two, three] = [message(1, 'one'), message(1, 'two'), message(1, 'three')];
    await here.give(one);
    await there.give(three);
    await here.give(two);
    await here.give(one);
    await clock.advance(2000);
    expect(here.sentTexts()).toEqual(['Tell us about yourself.', 'Too long.']);
    const [four, five] = [message(1, 'four'), message(1, 'five')];
    await there.give(five);
    await here.give(four);
    await clock.advance(2000);
    expect(got).toEqual(['four\nfive']);
  });

  it('rejects a quiet time that is none', () => {
    expect(() =>
      flow('bio')
        .ask('text', { prompt: 'Text?', accept: { burst: 'text', quiet: 'soon' as never } })
        .done(() => {}),
    ).toThrow(/quiet/);
  });
});
