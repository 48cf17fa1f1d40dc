import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { Turn } from '../src/index.ts';
import { state, states } from '../src/index.ts';
import { bench, gate, message, press } from './fixtures/bench.ts';
import type { Network, StorageCall } from './fixtures/text-storage.ts';
import { driverError, textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state(), age: state() });

const log = ({ state: fsm }: Turn): string[] => [...fsm.get<string[]>('log', [])];
const note = (turn: Turn, what: string) => void turn.state.update({ log: [...log(turn), what] });

/** Two processes on one storage; the clock of the first stands still while it is stopped, and it renews nothing. */
function twoProcesses(network?: Network) {
  const clock = virtualClock();
  const stopped = virtualClock();
  const storage = textStorage(clock);
  const mine = bench({ clock: stopped, storage: storage.view(network) });
  const theirs = bench({ clock, storage: storage.view() });
  const kept = async () =>
    ((await theirs.peek(1))?.data as { readonly log?: string[] } | undefined)?.log;
  return { clock, stopped, storage, mine, theirs, kept };
}

/** The value or the error of a promise. */
async function outcomeOf(sent: Promise<unknown>) {
  return sent.then(
    () => 'resolved',
    (error: { code?: string; details?: object }) => ({ code: error.code, ...error.details }),
  );
}

describe('a process that is stopped in a handler beyond its lease', () => {
  it('runs no effects when another process has handled the same update meanwhile', async () => {
    const { clock, mine, theirs, kept } = twoProcesses();
    const ran: string[] = [];
    const committed: string[] = [];
    mine.machine.observe(() => void committed.push('mine'));
    theirs.machine.observe(() => void committed.push('theirs'));
    const duplicates = mine.notified('duplicate');
    const held = gate();
    const update = message(1, 'a');
    let rejection: unknown;
    const late = mine.give(update, async (turn) => {
      note(turn, 'mine');
      turn.state.afterCommit(() => ran.push('mine'));
      await held.opened;
      await turn.state.commit().catch((error: unknown) => {
        rejection = error;
        throw error;
      });
    });
    await clock.advance('6s');
    const again = theirs.give(update, (turn) => {
      note(turn, 'theirs');
      turn.state.afterCommit(() => ran.push('theirs'));
    });
    await theirs.outlast(again);
    held.open();
    expect(await outcomeOf(mine.outlast(late))).toBe('resolved');
    expect(rejection).toMatchObject({ code: 'LEASE_LOST', details: { handled: true } });
    expect([ran, committed, await kept()]).toEqual([['theirs'], ['theirs'], ['theirs']]);
    expect(duplicates).toEqual([{ key: expect.any(String), updateId: update.update_id }]);
  });

  it('runs no effects either when the last commit of its turn is rejected', async () => {
    const { clock, mine, theirs, kept } = twoProcesses();
    const ran: string[] = [];
    const held = gate();
    const update = message(1, 'a');
    const late = mine.give(update, async (turn) => {
      note(turn, 'mine');
      turn.state.afterCommit(() => ran.push('mine'));
      await held.opened;
    });
    await clock.advance('6s');
    await theirs.outlast(theirs.give(update, (turn) => note(turn, 'theirs')));
    held.open();
    expect(await outcomeOf(mine.outlast(late))).toBe('resolved');
    expect([ran, await kept()]).toEqual([[], ['theirs']]);
  });

  it('answers work from outside like a second call when another process has done it', async () => {
    const { clock, mine, theirs, kept } = twoProcesses();
    const held = gate();
    const ran: string[] = [];
    const by = ({ machine, bot }: typeof mine) => machine.at({ user: 1, bot: bot.id });
    const late = by(mine).run(
      async (turn) => {
        note(turn, 'mine');
        turn.state.afterCommit(() => ran.push('mine'));
        await held.opened;
        return 'done';
      },
      { id: 'payment 7' },
    );
    await clock.advance('6s');
    await theirs.outlast(by(theirs).run((turn) => note(turn, 'theirs'), { id: 'payment 7' }));
    held.open();
    expect(await mine.outlast(late)).toBe(undefined);
    expect([ran, await kept()]).toEqual([[], ['theirs']]);
  });

  it('gets LEASE_LOST after another update, and its own runs when it is redelivered', async () => {
    const { clock, mine, theirs, kept } = twoProcesses();
    const held = gate();
    const update = message(1, 'a');
    const late = mine.give(update, async (turn) => {
      note(turn, 'mine');
      await held.opened;
    });
    await clock.advance('6s');
    await theirs.outlast(theirs.send(1, 'b', (turn) => note(turn, 'theirs')));
    held.open();
    const outcome = await outcomeOf(mine.outlast(late));
    expect(outcome).toMatchObject({ code: 'LEASE_LOST', committedBefore: false, handled: false });
    await theirs.outlast(theirs.give(update, (turn) => note(turn, 'again')));
    expect(await kept()).toEqual(['theirs', 'again']);
  });

  it('continues its conversation if no other process has acquired it', async () => {
    const { clock, mine, kept } = twoProcesses();
    const held = gate();
    const late = mine.send(1, 'a', async (turn) => {
      note(turn, 'mine');
      await held.opened;
    });
    await clock.advance('1h');
    held.open();
    expect(await outcomeOf(mine.outlast(late))).toBe('resolved');
    expect(await kept()).toEqual(['mine']);
  });
});

describe('requests of a turn that arrive once more, late', () => {
  it.each([
    ['acquire', 'commit'],
    ['commit', 'acquire'],
    ['acquire', 'acquire', 'commit', 'commit'],
  ] as const)('do not overwrite later acknowledged commits: %s, %s …', async (...order) => {
    const sent: StorageCall[] = [];
    const { clock, storage, mine, theirs, kept } = twoProcesses((call) => {
      sent.push(call);
      return call.execute();
    });
    await mine.outlast(mine.send(1, 'a', (turn) => note(turn, 'a')));
    await theirs.outlast(theirs.send(1, 'b', (turn) => note(turn, 'b')));
    for (const operation of order) {
      await sent.find((call) => call.operation === operation)?.execute();
    }
    expect(await kept()).toEqual(['a', 'b']);
    // the late grant holds the conversation for the short lease at most
    await clock.advance('5s');
    const [key = ''] = sent.map((call) => call.key);
    expect(await storage.held([key])).toEqual([]);
  });

  it('release the lease of a late acquire as soon as its answer is there', async () => {
    const late = gate();
    let asks = 0;
    const { stopped, storage, mine } = twoProcesses(async (call) => {
      if (call.operation !== 'acquire' || ++asks > 1) return call.execute();
      await late.opened;
      return call.execute();
    });
    const sent = mine.send(1, 'a', (turn) => note(turn, 'a'));
    await stopped.advance('6s');
    await mine.outlast(sent);
    const { key } = mine.machine.at({ user: 1, bot: mine.bot.id });
    expect(await storage.held([key])).toEqual([]);
    late.open();
    await stopped.advance(0);
    expect(await storage.held([key])).toEqual([]);
    expect(storage.calls.filter((call) => call === 'release').length).toBe(1);
  });

  it('leave a turn alone that is waiting for the answer to a continuing commit', async () => {
    const [first, answer] = [gate(), gate()];
    let asks = 0;
    const { stopped, storage, mine, kept } = twoProcesses(async (call) => {
      if (call.operation === 'acquire' && ++asks === 1) {
        await first.opened;
        return call.execute();
      }
      const said = call.execute();
      if (call.operation === 'keep') await answer.opened;
      return said;
    });
    const sent = mine.send(1, 'a', async (turn) => {
      note(turn, 'unit');
      await turn.state.commit();
      note(turn, 'last');
    });
    await stopped.advance('6s');
    // the late acquire is granted under the fence of the commit, whose answer is still to come
    first.open();
    await stopped.advance(0);
    answer.open();
    expect(await outcomeOf(mine.outlast(sent))).toBe('resolved');
    expect(await kept()).toEqual(['unit', 'last']);
    expect(storage.calls).not.toContain('release');
  });
});

describe('a commit whose answer is lost', () => {
  it('that was written is proven by its mark, though another update was committed since', async () => {
    const asleep = gate();
    const { clock, mine, theirs, kept } = twoProcesses(async (call) => {
      if (call.operation !== 'keep') return call.execute();
      await call.execute();
      await asleep.opened;
      throw driverError('unknown');
    });
    const ran: string[] = [];
    const update = message(1, 'a');
    const sent = mine.give(update, async (turn) => {
      note(turn, 'unit');
      turn.state.afterCommit(() => ran.push('effect of the unit'));
      await turn.state.commit();
      note(turn, 'last');
    });
    await clock.advance('6s');
    await theirs.outlast(theirs.send(1, 'b', (turn) => note(turn, 'theirs')));
    asleep.open();
    const outcome = await outcomeOf(mine.outlast(sent));
    expect(outcome).toMatchObject({ code: 'LEASE_LOST', committedBefore: true });
    expect(await kept()).toEqual(['unit', 'theirs']);
    expect(ran).toEqual(['effect of the unit']);
  });

  it('that was not written is not mistaken for an earlier one of the same turn', async () => {
    const asleep = gate();
    let keeps = 0;
    const { clock, mine, theirs, kept } = twoProcesses(async (call) => {
      if (call.operation !== 'keep' || ++keeps !== 2) return call.execute();
      await asleep.opened;
      throw driverError('unknown');
    });
    const ran: string[] = [];
    const sent = mine.send(1, 'a', async (turn) => {
      for (const unit of ['first', 'second']) {
        note(turn, unit);
        turn.state.afterCommit(() => ran.push(unit));
        await turn.state.commit();
      }
    });
    await clock.advance('6s');
    await theirs.outlast(theirs.send(1, 'b', (turn) => note(turn, 'theirs')));
    asleep.open();
    const outcome = await outcomeOf(mine.outlast(sent));
    expect(outcome).toMatchObject({ code: 'LEASE_LOST', committedBefore: true });
    expect([await kept(), ran]).toEqual([['first', 'theirs'], ['first']]);
  });

  it('is unknown after so many other commits that its mark may be gone', async () => {
    for (const others of [7, 8]) {
      const asleep = gate();
      const { clock, mine, theirs } = twoProcesses(async (call) => {
        if (call.operation !== 'commit') return call.execute();
        await asleep.opened;
        throw driverError('unknown');
      });
      const sent = mine.send(1, 'a', (turn) => note(turn, 'mine'));
      await clock.advance('6s');
      for (let n = 0; n < others; n++) {
        await theirs.outlast(theirs.send(1, 'b', (turn) => note(turn, `${n}`)));
      }
      asleep.open();
      const code = others < 8 ? 'LEASE_LOST' : 'COMMIT_UNKNOWN';
      expect(await outcomeOf(mine.outlast(sent))).toMatchObject({ code });
    }
  });
});

describe('a clock that jumps by an hour', () => {
  it.each([3_600_000, -3_600_000])('neither ends a turn nor a wait: %s ms', async (ms) => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const mine = bench({ clock, storage });
    const theirs = bench({ clock, storage: storage.view() });
    const held = gate();
    const signals: AbortSignal[] = [];
    const slow = mine.send(1, 'a', async (turn) => {
      signals.push(turn.signal);
      note(turn, 'slow');
      await held.opened;
    });
    await clock.advance('1s');
    const sameProcess = mine.send(1, 'b', (turn) => note(turn, 'same process'));
    const other = theirs.send(1, 'c', (turn) => note(turn, 'other process'));
    await clock.advance('1s');
    clock.jump(ms);
    await clock.advance('20s');
    held.open();
    await mine.outlast(Promise.all([slow, sameProcess, other]));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    const data = (await mine.outlast(mine.peek(1)))?.data as { log: string[] } | undefined;
    const notes = data?.log ?? [];
    expect([...notes].sort()).toEqual(['other process', 'same process', 'slow']);
  });
});

describe('an update of a conversation that another process holds', () => {
  const contended = (waiting: object) => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const theirs = bench({ clock, storage: storage.view() });
    const mine = bench({ clock, storage, waiting });
    const held = gate();
    const slow = theirs.send(1, 'slow', (turn) => {
      note(turn, 'slow');
      return held.opened;
    });
    const end = async () => {
      held.open();
      await mine.outlast(slow);
    };
    return { clock, mine, theirs, end };
  };
  const checkout = (id: number) => ({
    update_id: id,
    pre_checkout_query: {
      id: `p${id}`,
      from: { id: 1, is_bot: false, first_name: 'User 1' },
      currency: 'XTR',
      total_amount: 1,
      invoice_payload: 'x',
    },
  });

  it('is rejected at once where the policy is to reject', async () => {
    const { clock, mine, end } = contended({ policy: 'reject' });
    await clock.advance(0);
    const refused = mine.send(1, 'a', (turn) => note(turn, 'a'));
    await expect(mine.outlast(refused, 1)).rejects.toMatchObject({ code: 'BUSY' });
    await end();
  });

  it('is left unhandled where the policy is to drop', async () => {
    const { clock, mine, end } = contended({ policy: 'drop' });
    await clock.advance(0);
    await mine.outlast(
      mine.send(1, 'a', (turn) => note(turn, 'a')),
      1,
    );
    await end();
    expect((await mine.peek(1))?.data).toEqual({ log: ['slow'] });
  });

  it('is answered that the bot is busy where that is the policy', async () => {
    const { clock, mine, end } = contended({ policy: 'busy' });
    await clock.advance(0);
    await mine.outlast(
      mine.send(1, 'a', () => {}),
      1,
    );
    expect(mine.calls.map(({ method }) => method)).toEqual(['sendMessage']);
    await end();
  });

  it('that is a button is answered after a second, and still handled', async () => {
    const { clock, mine, end } = contended({});
    await clock.advance(0);
    const pressed = mine.give(press(1, 'x', 77), (turn) => note(turn, 'button'));
    await clock.advance(990);
    expect(mine.calls).toEqual([]);
    await clock.advance(20);
    expect(mine.calls).toEqual([
      { method: 'answerCallbackQuery', payload: { callback_query_id: 'q77' } },
    ]);
    await end();
    await mine.outlast(pressed);
    expect((await mine.peek(1))?.data).toEqual({ log: ['slow', 'button'] });
  });

  it.each(['this process', 'another process'])(
    'that is a checkout is declined after 8 s while %s has it',
    async (where) => {
      const clock = virtualClock();
      const storage = textStorage(clock);
      const changes: ((method: string, payload: object) => object | undefined)[] = [];
      const mine = bench({ clock, storage });
      // as the adapters do: such a call is left out
      const bot = {
        ...mine.bot,
        call: async (method: string, payload: object) =>
          changes.some((each) => each(method, payload) === undefined)
            ? true
            : mine.bot.call(method, payload),
        intercept: (each: (method: string, payload: object) => object | undefined) =>
          void changes.push(each),
      };
      const holder = where === 'this process' ? mine : bench({ clock, storage: storage.view() });
      const slow = holder.send(
        1,
        'slow',
        () =>
          new Promise<void>((go) => {
            clock.setTimeout(go, 9500);
          }),
      );
      await clock.advance(0);
      const asked = mine.machine.handle(checkout(5), bot, async ({ api }) => {
        await api('answerPreCheckoutQuery', { pre_checkout_query_id: 'p5', ok: true });
      });
      await clock.advance(7900);
      expect(mine.calls).toEqual([]);
      await clock.advance(200);
      expect(mine.calls).toMatchObject([
        { method: 'answerPreCheckoutQuery', payload: { pre_checkout_query_id: 'p5', ok: false } },
      ]);
      await mine.outlast(Promise.all([slow, asked]));
      expect(mine.calls).toHaveLength(1);
    },
  );
});

describe('a burst of updates', () => {
  it('waits in core and not in the driver: each statement is sent once, and commits overtake acquires', async () => {
    const clock = virtualClock();
    let running = 0;
    let most = 0;
    const text = textStorage(clock, async (call) => {
      most = Math.max(most, ++running);
      await new Promise<void>((go) => void clock.setTimeout(go, 100));
      running--;
      return call.execute();
    });
    const features = { ...text.features, parallel: 2 };
    const { send, outlast } = bench({ clock, storage: { ...text, features } });
    const users = Array.from({ length: 500 }, (_, n) => n + 1);
    const all = users.map((user) => send(user, 'a', ({ state: fsm }) => fsm.set(Form.name)));
    await outlast(Promise.all(all), 1000);
    const count = (operation: string) => text.calls.filter((call) => call === operation).length;
    expect([count('acquire'), count('commit'), text.calls.length]).toEqual([500, 500, 1000]);
    expect(most).toBe(2);
  });

  it('sends a statement that has failed again before those that came after it', async () => {
    const clock = virtualClock();
    const acquired: string[] = [];
    const text = textStorage(clock, async ({ operation, key, execute }) => {
      if (operation !== 'acquire') return execute();
      acquired.push(key.slice(-1));
      await new Promise<void>((go) => void clock.setTimeout(go, 1000));
      if (acquired.length === 1) throw driverError('retry');
      return execute();
    });
    const features = { ...text.features, parallel: 1 };
    const { send, outlast } = bench({ clock, storage: { ...text, features } });
    await outlast(Promise.all([1, 2, 3, 4].map((user) => send(user, 'a', () => {}))));
    expect(acquired.join('')).toBe('12134');
  });

  it('does not send what nobody waits for any more', async () => {
    const clock = virtualClock();
    const acquired: string[] = [];
    const text = textStorage(clock, async ({ operation, key, execute }) => {
      if (operation === 'acquire') {
        acquired.push(key.slice(-1));
        await new Promise<void>((go) => void clock.setTimeout(go, 2000));
      }
      return execute();
    });
    const features = { ...text.features, parallel: 1 };
    const { machine, send, outlast } = bench({ clock, storage: { ...text, features } });
    const first = [1, 2, 3, 4, 5, 6].map((user) => send(user, 'a', () => {}));
    const last = outcomeOf(machine.at({ user: 7 }).run(() => {}));
    await outlast(Promise.all(first));
    expect(await last).toMatchObject({ code: 'WAIT_TIMEOUT' });
    await clock.advance(20_000);
    expect(acquired.join('')).toBe('123456');
  });

  it('does not send a commit again that a late answer has ended', async () => {
    const clock = virtualClock();
    const [late, slow] = [gate(), gate()];
    const text = textStorage(clock, async ({ operation, at, execute }) => {
      if (operation === 'acquire' && at > 2) await slow.opened;
      if (operation !== 'commit') return execute();
      const answer = execute();
      await late.opened;
      return answer;
    });
    const features = { ...text.features, parallel: 1 };
    const { send, outlast } = bench({ clock, storage: { ...text, features } });
    const first = send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
    await clock.advance(4000);
    const second = send(2, 'a', () => {});
    await clock.advance(1500);
    late.open();
    await clock.advance(10);
    slow.open();
    await outlast(Promise.all([first, second]));
    expect(text.calls.filter((call) => call === 'commit')).toHaveLength(1);
  });
});

describe('a turn that continues after its own commit', () => {
  it('keeps its lease for as long as it works', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const mine = bench({ clock, storage: storage.view() });
    const theirs = bench({ clock, storage: storage.view() });
    const first = mine.send(1, 'mine', async (turn) => {
      note(turn, 'mine');
      await turn.state.commit();
      await new Promise<void>((go) => void clock.setTimeout(go, 40_000));
      note(turn, 'mine again');
    });
    await clock.advance(20_000);
    const second = theirs.send(1, 'theirs', (turn) => note(turn, 'theirs'));
    await mine.outlast(Promise.all([first, second]));
    const kept = await theirs.peek(1);
    expect(kept?.data).toEqual({ log: ['mine', 'mine again', 'theirs'] });
  });
});

describe('a storage that falls silent while handlers run', () => {
  it.each([1, 2])(
    'ends their turns, and is used again when it answers: %i at once',
    async (parallel) => {
      const clock = virtualClock();
      const [held, awake] = [gate(), gate()];
      let isSilent = false;
      const text = textStorage(clock, async ({ execute }) => {
        if (isSilent) await awake.opened;
        return execute();
      });
      const features = { ...text.features, parallel };
      const { send, outlast } = bench({ clock, storage: { ...text, features } });
      const outcomes: unknown[] = [];
      for (const user of [1, 2, 3, 4, 5]) {
        const sent = send(user, 'a', async ({ state: fsm }) => {
          fsm.set(Form.name);
          await held.opened;
        });
        void outcomeOf(sent).then((outcome) => outcomes.push(outcome));
      }
      await clock.advance(100);
      isSilent = true;
      held.open();
      const late = outcomeOf(send(6, 'a', () => {}));
      await clock.advance(30_000);
      const codes = outcomes.map((outcome) => (outcome as { readonly code?: string }).code);
      // one slot for each of the storage's own and as many beside it were sent, one of them to acquire; the rest is certainly not written
      const sent = 2 * parallel - 1;
      expect(codes.sort()).toEqual(
        codes.map((_, at) => (at < sent ? 'COMMIT_UNKNOWN' : 'STORAGE_FAILED')),
      );
      expect(await late).toMatchObject({ code: 'STORAGE_FAILED' });

      isSilent = false;
      awake.open();
      for (const user of [1, 5, 6])
        await outlast(send(user, 'b', ({ state: fsm }) => fsm.set(Form.age)));
    },
  );
});
