import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { BotPort } from '../src/adapter.ts';
import { type FsmStorage, memoryStorage, type RawUpdate, state, states } from '../src/index.ts';
import { type Bench, bench, gate, message, press } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state(), age: state() });

const keyOf = ({ machine, bot }: Bench) => machine.at({ user: 1, bot: bot.id }).key;

describe('an update whose conversation is busy', () => {
  it('waits by default', async () => {
    const { send } = bench();
    const held = gate();
    const order: string[] = [];
    const first = send(1, 'a', async () => {
      await held.opened;
      order.push('a');
    });
    const second = send(1, 'b', () => void order.push('b'));
    held.open();
    await Promise.all([first, second]);
    expect(order).toEqual(['a', 'b']);
  });

  it.each([
    ['reject', { code: 'BUSY' }],
    ['drop', undefined],
    ['busy', undefined],
  ])('under the policy %s is not handled, and the next one works', async (policy, failure) => {
    const { send, sentTexts } = bench({ waiting: { policy } });
    const held = gate();
    const ran: string[] = [];
    const first = send(1, 'a', () => held.opened);
    const second = send(1, 'b', () => void ran.push('b'));
    if (failure === undefined) await second;
    else await expect(second).rejects.toMatchObject(failure);
    expect(sentTexts()).toEqual(policy === 'busy' ? ['One moment, please.'] : []);
    await send(2, 'other', () => void ran.push('other'));
    held.open();
    await first;
    await send(1, 'c', () => void ran.push('c'));
    expect(ran).toEqual(['other', 'c']);
  });

  it('under the policy busy, an answer that Telegram rejects fails no update, and observers learn whose it was', async () => {
    const blocked = { error_code: 403, description: 'Forbidden: bot was blocked by the user' };
    const made = bench({ waiting: { policy: 'busy' } });
    const failures = made.notified('sendFailed');
    const held = gate();
    const first = made.send(1, 'a', () => held.opened);
    made.refuses = () => blocked;
    await made.send(1, 'b');
    expect(failures).toEqual([{ key: keyOf(made), error: blocked }]);
    const unreached = new Error('no network');
    made.refuses = () => unreached;
    await expect(made.send(1, 'c')).rejects.toBe(unreached);
    held.open();
    await first;
  });

  it('that was dropped is handled when it is delivered again', async () => {
    const { send, give, peek } = bench({ waiting: { policy: 'drop' } });
    const held = gate();
    const first = send(1, 'a', () => held.opened);
    const update = message(1, 'b');
    await give(update, ({ state: fsm }) => fsm.set(Form.name));
    held.open();
    await first;
    await give(update, ({ state: fsm }) => fsm.set(Form.name));
    expect((await peek(1))?.current).toBe('Form:name');
  });

  it('is rejected with QUEUE_FULL when 5,000 wait already, or as many as `limit` allows', async () => {
    const { send, give, calls } = bench({ waiting: { limit: 2 } });
    const held = gate();
    const all = [1, 2, 3].map((n) => send(1, `${n}`, () => held.opened));
    await expect(send(1, 'one too many')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    await expect(give(press(1, 'x'))).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(calls.map(({ method, payload }) => [method, payload['text']])).toEqual([
      ['answerCallbackQuery', 'One moment, please.'],
    ]);
    held.open();
    await Promise.all(all);
  });

  it('that is a checkout is declined where the queue is full: Telegram takes no answer after 10 s', async () => {
    const { send, give, calls } = bench({ waiting: { limit: 0 } });
    const held = gate();
    const first = send(1, 'a', () => held.opened);
    const from = { id: 1, is_bot: false, first_name: 'User' };
    const asked = { id: 'c', from, currency: 'XTR', total_amount: 1, invoice_payload: 'p' };
    const checkout = give({ update_id: 1, pre_checkout_query: asked });
    await expect(checkout).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(calls).toMatchObject([
      { method: 'answerPreCheckoutQuery', payload: { pre_checkout_query_id: 'c', ok: false } },
    ]);
    held.open();
    await first;
  });

  it('may be the 5,000th, and is handled in its turn', async () => {
    const { send } = bench();
    const held = gate();
    const order: number[] = [];
    const all = [send(1, 'first', () => held.opened)];
    for (let n = 0; n < 5000; n++) all.push(send(1, 'x', () => void order.push(n)));
    await expect(send(1, 'one too many')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    held.open();
    await Promise.all(all);
    expect(order).toEqual(Array.from({ length: 5000 }, (_, n) => n));
  });
});

describe('an update that comes only once', () => {
  const chat = { id: 1, type: 'private', first_name: 'User' };
  const from = { id: 1, is_bot: false, first_name: 'User' };
  const left = { old_chat_member: { status: 'member' }, new_chat_member: { status: 'left' } };
  const service = (content: object): RawUpdate => {
    const update = message(1, 'b');
    return { ...update, message: { ...Object(update['message']), text: undefined, ...content } };
  };
  const payment = () => service({ successful_payment: { currency: 'XTR', total_amount: 1 } });
  const once: Readonly<Record<string, () => RawUpdate>> = {
    'a payment': payment,
    'a refund': () => service({ refunded_payment: { currency: 'XTR', total_amount: 1 } }),
    'the payment of a suggested post': () => service({ suggested_post_paid: { currency: 'XTR' } }),
    'the refund of a suggested post': () => service({ suggested_post_refunded: {} }),
    'a gift': () => service({ gift: {} }),
    'a unique gift': () => service({ unique_gift: {} }),
    'the message about a new member': () => service({ new_chat_members: [from] }),
    'the message about a new owner': () => service({ chat_owner_changed: { new_owner: from } }),
    'the message about a boost': () => service({ boost_added: { boost_count: 1 } }),
    'the message about winners': () => service({ giveaway_winners: { winner_count: 1 } }),
    'a service message of a newer Bot API': () => service({ something_happened: {} }),
    'a report about a member': () => ({ update_id: 901, my_chat_member: { chat, from, ...left } }),
    'a request to join': () => ({ update_id: 902, chat_join_request: { user_chat_id: 1, from } }),
    'paid media that was bought': () => ({ update_id: 903, purchased_paid_media: { from } }),
  };
  const policies = ['drop', 'busy', 'reject'] as const;
  const cases = Object.entries(once).flatMap(([name, make]) =>
    policies.map((policy) => [name, policy, make] as const),
  );

  it.each(cases)('such as %s, waits under the policy %s, too', async (name, policy, make) => {
    const { give, send, calls } = bench({ waiting: { policy } });
    const held = gate();
    const order: string[] = [];
    const first = send(1, 'a', async () => {
      await held.opened;
      order.push('a');
    });
    const second = give(make(), () => void order.push(name));
    await Promise.resolve();
    held.open();
    await Promise.all([first, second]);
    expect([order, calls]).toEqual([['a', name], []]);
  });

  it.each([
    ['a text', { text: 'b' }],
    ['a photo', { photo: [{ file_id: 'f', file_unique_id: 'u', width: 1, height: 1 }] }],
    ['a dice', { dice: { emoji: '🎲', value: 1 } }],
    ['a shared chat', { chat_shared: { request_id: 1, chat_id: -1 } }],
    ['a giveaway', { giveaway: { winner_count: 1 } }],
  ])('is not %s: users can send that again', async (_, content) => {
    const { give, send } = bench({ waiting: { policy: 'drop' } });
    const held = gate();
    const first = send(1, 'a', () => held.opened);
    await give(service(content), () => {
      throw new Error('It was dropped.');
    });
    held.open();
    await first;
  });

  it.each(policies)(
    'is rejected when the queue is full under the policy %s, too',
    async (policy) => {
      const { clock, give, send } = bench({ waiting: { policy, limit: 2 } });
      const held = gate();
      const paid: number[] = [];
      const all = [send(1, 'a', () => held.opened)];
      for (const n of [2, 3]) {
        all.push(give(payment(), () => void paid.push(n)));
        await clock.advance(0);
      }
      const fourth = give(payment(), () => void paid.push(4)).catch((error: unknown) => error);
      await clock.advance(0);
      held.open();
      await Promise.all(all);
      expect(await fourth).toMatchObject({ code: 'QUEUE_FULL' });
      expect(paid).toEqual([2, 3]);
    },
  );

  it.each(policies)('waits for another process under the policy %s, too', async (policy) => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const theirs = bench({ clock, storage: storage.view() });
    const mine = bench({ clock, storage, waiting: { policy } });
    const held = gate();
    const order: string[] = [];
    const first = theirs.send(1, 'a', async () => {
      await held.opened;
      order.push('a');
    });
    await clock.advance(0);
    const second = mine.give(payment(), () => void order.push('payment'));
    await clock.advance('3s');
    held.open();
    await mine.outlast(Promise.all([first, second]));
    expect(order).toEqual(['a', 'payment']);
  });
});

describe('a press that waits', () => {
  it('is answered after a second, and its handler may answer it again unsent', async () => {
    const { clock, machine, bot } = bench();
    const sent: string[] = [];
    const changes: ((method: string, payload: object) => object | undefined)[] = [];
    const port: BotPort = {
      ...bot,
      async call(method, payload) {
        if (changes.some((each) => each(method, payload) === undefined)) return true;
        sent.push(`${method} ${JSON.stringify(payload)}`);
        return true;
      },
      intercept: (each) => void changes.push(each),
    };
    const held = gate();
    const update = press(1, 'x', 55);
    const first = machine.handle(message(1, 'a'), port, () => held.opened);
    const second = machine.handle(update, port, ({ api }) =>
      api('answerCallbackQuery', { callback_query_id: 'q55', text: 'mine' }),
    );
    await clock.advance('900ms');
    expect(sent).toEqual([]);
    await clock.advance('200ms');
    expect(sent).toEqual(['answerCallbackQuery {"callback_query_id":"q55"}']);
    held.open();
    await Promise.all([first, second]);
    expect(sent).toHaveLength(1);
  });

  it('and cannot be answered early is reported with its key', async () => {
    const made = bench();
    const failures = made.notified('sendFailed');
    const held = gate();
    const first = made.send(1, 'a', () => held.opened);
    const second = made.give(press(1, 'x'), () => {});
    made.refuses = () => ({ error_code: 400, description: 'query is too old' });
    await made.clock.advance('2s');
    expect(failures).toMatchObject([{ key: keyOf(made) }]);
    held.open();
    await Promise.all([first, second]);
  });

  it('is not answered early when its turn comes before', async () => {
    const { clock, send, give, calls } = bench();
    const held = gate();
    const first = send(1, 'a', () => held.opened);
    const second = give(press(1, 'x'), () => {});
    await clock.advance('500ms');
    held.open();
    await Promise.all([first, second]);
    await clock.advance('5s');
    expect(calls).toEqual([]);
  });

  it('is not answered early on a storage of one process, where no other process has it', async () => {
    const clock = virtualClock();
    const memory = memoryStorage({ clock });
    let asked = 0;
    const storage: FsmStorage = {
      ...memory,
      acquire: (key, options) =>
        asked++ === 0 ? { busy: 10, owner: 'x', fence: 1 } : memory.acquire(key, options),
    };
    const { give, calls, outlast } = bench({ clock, storage });
    await outlast(give(press(1, 'x')));
    await clock.advance('5s');
    expect(calls).toEqual([]);
  });

  it('of a checkout is declined before Telegram stops listening', async () => {
    const { clock, send, give, calls } = bench();
    const held = gate();
    const first = send(1, 'a', () => held.opened);
    const checkout = {
      update_id: 9,
      pre_checkout_query: {
        id: 'c1',
        from: { id: 1, is_bot: false, first_name: 'Ann' },
        currency: 'EUR',
        total_amount: 1,
        invoice_payload: 'p',
      },
    };
    const second = give(checkout, () => {});
    await clock.advance('9s');
    expect(calls).toMatchObject([
      { method: 'answerPreCheckoutQuery', payload: { pre_checkout_query_id: 'c1', ok: false } },
    ]);
    held.open();
    await Promise.all([first, second]);
  });
});

describe('an update that keeps failing', () => {
  it('is given up the fifth time, so that its chat continues', async () => {
    const { give, notified } = bench();
    const poisoned = notified('poisoned');
    const update = message(1, 'a');
    const fail = () => {
      throw new Error('always');
    };
    for (let times = 0; times < 4; times++) {
      await expect(give(update, fail)).rejects.toThrow('always');
    }
    await give(update, fail);
    expect(poisoned).toMatchObject([{ updateId: update.update_id }]);
  });

  it('is given up after as many attempts as `attempts` allows', async () => {
    const { give, notified } = bench({ attempts: 2 });
    const poisoned = notified('poisoned');
    const update = message(1, 'a');
    const fail = () => Promise.reject(new Error('always'));
    await expect(give(update, fail)).rejects.toThrow('always');
    await expect(give(message(1, 'b'), fail)).rejects.toThrow('always');
    await give(update, fail);
    expect(poisoned).toHaveLength(1);
  });

  it('is counted anew once it has worked', async () => {
    const { give } = bench({ attempts: 2 });
    const update = message(1, 'a');
    const fail = () => Promise.reject(new Error('always'));
    await expect(give(update, fail)).rejects.toThrow('always');
    await give(update, () => {});
    await expect(give(update, fail)).rejects.toThrow('always');
  });
});

describe('a conversation that another process has', () => {
  it('is waited for, and read when it is free', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const theirs = bench({ clock, storage: storage.view() });
    const mine = bench({ clock, storage });
    const held = gate();
    const add = (fsm: { get(n: string, f: number): number; update(p: object): unknown }) =>
      fsm.update({ n: fsm.get('n', 0) + 1 });
    const first = theirs.send(1, 'a', async ({ state: fsm }) => {
      await held.opened;
      add(fsm);
    });
    await clock.advance(0);
    const second = mine.send(1, 'b', ({ state: fsm }) => void add(fsm));
    await clock.advance('3s');
    held.open();
    await mine.outlast(Promise.all([first, second]));
    expect((await mine.peek(1))?.data).toEqual({ n: 2 });
  });

  it('whose process died is free when its lease has lapsed', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const mine = bench({ clock, storage });
    const { key } = mine.machine.at({ user: 1, bot: mine.bot.id });
    await storage.acquire(key, { token: 'dead.1', lease: 15_000, queue: false });
    const begun = clock.now();
    await mine.outlast(mine.send(1, 'a', ({ state: fsm }) => fsm.set(Form.name)));
    expect(clock.now() - begun).toBeGreaterThan(14_000);
    expect(clock.now() - begun).toBeLessThan(16_000);
  });

  it('is handed over by a wake-up where the storage has them, and nobody asks in vain meanwhile', async () => {
    const clock = virtualClock();
    const text = textStorage(clock);
    const wake = new Set<(token: string) => void>();
    let waiting: string | undefined;
    const storage = {
      ...text,
      acquire: async (key: string, options: { token: string; lease: number; queue: boolean }) => {
        const taken = await text.acquire(key, options);
        if ('busy' in taken && options.queue) waiting = options.token;
        return taken;
      },
      granted: async (listener: (token: string) => void) => {
        wake.add(listener);
        return () => void wake.delete(listener);
      },
    };
    const theirs = bench({ clock, storage: text.view() });
    const mine = bench({ clock, storage });
    const held = gate();
    const first = theirs.send(1, 'a', () => held.opened);
    await clock.advance(0);
    const second = mine.send(1, 'b', ({ state: fsm }) => fsm.set(Form.name));
    await clock.advance('1s');
    const asked = text.calls.filter((call) => call === 'acquire').length;
    expect(asked).toBe(3);
    held.open();
    await first;
    for (const listener of wake) listener(waiting as string);
    await clock.advance(0);
    await second;
    expect((await mine.peek(1))?.current).toBe('Form:name');
    await mine.machine.stop();
    expect(wake.size).toBe(0);
  });
});
