/** Headless chats: one input of a user at a time, positions on any storage. */

import { type FsmStorage, memoryStorage } from '@telefsm/core';
import { sharedLeases } from '@telefsm/core/storage';
import { type VirtualClock, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type ChatsOptions, commandTree, type Waiting } from '../src/index.ts';

/** A counter whose `slow` command ends when it is told to; each call makes the tree of another process. */
function makeCounter(clock: VirtualClock = virtualClock(), chats: ChatsOptions = {}) {
  const tree = commandTree('counter', { clock, actionTimeout: 0, chats });
  const ends: (() => void)[] = [];
  const root = tree.root.flag('count', 0);
  root.command('slow').action(async ({ flags, setFlag, say }) => {
    const { count } = flags;
    await new Promise<void>((resolve) => ends.push(resolve));
    setFlag('count', count + 1);
    say('%d', flags.count);
  });
  root.command('add').action(({ flags, setFlag, say }) => {
    setFlag('count', flags.count + 1);
    say('%d', flags.count);
  });
  return {
    tree,
    /** Ends the oldest running `slow`. */
    async end() {
      await clock.advance(0);
      ends.shift()?.();
      await clock.advance(0);
    },
  };
}

describe('an input while another of the same user runs', () => {
  const begin = (waiting?: Waiting) => {
    const { tree, end } = makeCounter();
    const chat = tree.chat('Bob', waiting === undefined ? {} : { waiting });
    return { tree, end, chat, first: chat.input('slow') };
  };

  it('waits its turn', async () => {
    const { chat, first, end } = begin();
    const others = ['add', 'add'].map((line) => chat.input(line));
    await end();
    expect([await first, ...(await Promise.all(others))]).toEqual(['1', '2', '3']);
  });

  it('is rejected with LOCK_FAIL where the chat rejects; another user is not, and the next input works', async () => {
    const { tree, chat, first, end } = begin('reject');
    await expect(chat.input('add')).rejects.toMatchObject({
      code: 'LOCK_FAIL',
      args: { id: 'Bob' },
      cause: { code: 'BUSY' },
    });
    expect(await tree.chat('Ann', { waiting: 'reject' }).input('add')).toBe('1');
    await end();
    expect(await first).toBe('1');
    expect(await chat.input('add')).toBe('2');
  });

  it('is dropped without a word where the chat drops', async () => {
    const { chat, first, end } = begin('drop');
    expect(await chat.input('add')).toBe('');
    await end();
    expect(await first).toBe('1');
    expect(await chat.input('add')).toBe('2');
  });

  it('is rejected at once inside an action of that user, whatever the policies, and may wait for another’s', async () => {
    const tree = commandTree('nested', { actionTimeout: 0 });
    const outcome = (input: Promise<string>) =>
      input.catch((error: { readonly code?: string }) => error.code);
    tree.command('hello').action(({ say }) => say('Hello.'));
    tree.root.command('go').action(async ({ say }) => {
      const chats = [tree.chat('Bob'), tree.chat('Bob', { waiting: 'drop' }), tree.chat('Ann')];
      for (const chat of chats) say('%s', await outcome(chat.input('hello')));
    });
    expect(await tree.chat('Bob').input('go')).toBe('REENTERED\nREENTERED\nHello.');
    expect(await tree.chat('Bob').input('hello')).toBe('Hello.');
  });

  it('waits for another chat of that user as well', async () => {
    const { tree, first, end } = begin();
    const other = tree.chat('Bob').input('add');
    await end();
    expect([await first, await other]).toEqual(['1', '2']);
  });
});

describe('two processes on one storage', () => {
  function pair() {
    const clock = virtualClock();
    const storage = memoryStorage({ clock });
    return { clock, storage, one: makeCounter(clock), other: makeCounter(clock) };
  }

  it('share positions and lose no change', async () => {
    const { storage, one, other } = pair();
    const chats = [one, other].map(({ tree }) => tree.chat('Bob', { storage }));
    for (let round = 0; round < 3; round++) for (const chat of chats) await chat.input('add');
    expect(await chats[0]?.input('add')).toBe('7');
  });

  it('go back to the root together: a cancel in one is a cancel in the other', async () => {
    const { storage } = pair();
    const make = () => {
      const tree = commandTree('t');
      const go = tree.root.command('go');
      const there = go.state('there');
      go.action(() => there);
      there.command('look').action(({ state }) => state);
      tree.command('cancel').action(() => tree.root);
      return tree.chat('Bob', { storage });
    };
    const [one, other] = [make(), make()];
    await one.input('go');
    expect(await other.input('look')).toBe('');
    await one.input('cancel');
    await expect(other.input('look')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
  });

  it('handle one input of a user at a time: the position is read after the lease is acquired', async () => {
    const { clock, storage, one, other } = pair();
    const first = one.tree.chat('Bob', { storage }).input('slow');
    await clock.advance(0);
    const second = other.tree.chat('Bob', { storage }).input('add');
    await clock.advance(100);
    await one.end();
    await clock.advance(1000);
    expect([await first, await second]).toEqual(['1', '2']);
  });

  it('leave a user to a long action far beyond the time that a lease lasts', async () => {
    const { clock, storage, one, other } = pair();
    const first = one.tree.chat('Bob', { storage }).input('slow');
    let begun = false;
    const second = other.tree.chat('Bob', { storage }).input('add');
    void second.then(() => (begun = true));
    for (let seconds = 0; seconds < 60; seconds++) await clock.advance(1000);
    expect(begun).toBe(false);
    await one.end();
    await clock.advance(1000);
    expect([await first, await second]).toEqual(['1', '2']);
  });

  it('reject the late writer: changes of a process that lost the lease are not committed', async () => {
    const clock = virtualClock();
    const memory = memoryStorage({ clock });
    // each process has a view of its own
    const features = { ...memory.features, shared: true };
    const process = (): FsmStorage => ({ ...memory, features, coordination: sharedLeases });
    const [theirs, mine] = [process(), process()];
    const [frozen, other] = [makeCounter(), makeCounter()];
    const late = expect(
      frozen.tree.chat('Bob', { storage: theirs }).input('slow'),
    ).rejects.toMatchObject({
      code: 'LOCK_FAIL',
      cause: { code: 'LEASE_LOST' },
    });
    await clock.advance(60_000);
    expect(await other.tree.chat('Bob', { storage: mine }).input('add')).toBe('1');
    await frozen.end();
    await late;
    expect(await other.tree.chat('Bob', { storage: mine }).input('add')).toBe('2');
  });
});

describe('a storage', () => {
  it("that cannot be reached fails with LOCK_FAIL and the storage's error, and the next input works", async () => {
    const { tree } = makeCounter();
    const kept = memoryStorage();
    let failing = true;
    const storage: FsmStorage = {
      ...kept,
      acquire(key, options) {
        if (failing) throw new Error('no connection');
        return kept.acquire(key, options);
      },
      classify: () => 'fatal',
    };
    const chat = tree.chat('Bob', { storage });
    await expect(chat.input('add')).rejects.toMatchObject({
      code: 'LOCK_FAIL',
      cause: { code: 'STORAGE_FAILED', cause: { message: 'no connection' } },
    });
    failing = false;
    expect(await chat.input('add')).toBe('1');
  });

  it('stores no record of a user at the root', async () => {
    const storage = memoryStorage();
    const tree = commandTree('turnstile');
    const coin = tree.root.command('coin');
    const unlocked = coin.state('unlocked');
    coin.action(() => unlocked);
    unlocked.command('push').action(() => tree.root);
    const chat = tree.chat('Bob', { storage });
    const states = async () => {
      const found: (string | null)[] = [];
      for await (const { state } of storage.list?.({}) ?? []) found.push(state);
      return found;
    };
    await chat.input('coin');
    expect(await states()).toEqual(['turnstile:root/coin:unlocked']);
    await chat.input('push');
    expect(await states()).toEqual([]);
  });

  it('may be shared by two trees, and by users with any id', async () => {
    const storage = memoryStorage();
    const trees = ['a', 'b'].map((id) => {
      const tree = commandTree(id);
      const root = tree.root.flag('n', 0);
      root.command('add').action(({ flags, setFlag, say }) => {
        setFlag('n', flags.n + 1);
        say('%d', flags.n);
      });
      return tree;
    });
    for (const id of ['Bob', 'bob', '', '*', '__proto__', 'a/b:c', '1', '👍']) {
      for (const tree of trees) expect(await tree.chat(id, { storage }).input('add')).toBe('1');
    }
  });
});

describe('an error', () => {
  it('leaves the position as it was, and the next input works', async () => {
    const tree = commandTree('t');
    const root = tree.root.flag('n', 0);
    const go = root.command('go');
    const there = go.state('there');
    go.action(() => there);
    there
      .command('do')
      .option('a')
      .action(({ setFlag }) => {
        setFlag('n', 5);
        throw new Error('no');
      });
    there.command('show').action(({ flags, say, state }) => {
      say('%d', flags.n);
      return state;
    });
    const chat = tree.chat('Bob');
    await chat.input('go');
    for (const line of ['what', 'do', 'do b=1', 'do a=1 a=2', 'do 1']) {
      await expect(chat.input(line)).rejects.toMatchObject({ name: 'CommandError' });
      expect(await chat.input('show')).toBe('0');
    }
  });
});

describe('plain JavaScript', () => {
  it('is rejected where the id of a chat, or an input, is no text', async () => {
    const tree = commandTree('t');
    for (const id of [undefined, null, 5, {}])
      expect(() => tree.chat(id as never)).toThrow(/"id of the chat": found .*Expected a text/);
    for (const text of [undefined, null, 5, {}])
      await expect(tree.chat('Bob').input(text as never)).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        details: { option: 'input' },
      });
  });
});

describe('the option chats of a tree', () => {
  it('gives way to the storage of one chat', async () => {
    const clock = virtualClock();
    const [all, own] = [memoryStorage({ clock }), memoryStorage({ clock })];
    const { tree } = makeCounter(clock, { storage: all });
    expect(await tree.chat('Bob').input('add')).toBe('1');
    expect(await tree.chat('Bob', { storage: own }).input('add')).toBe('1');
    expect(await tree.chat('Bob').input('add')).toBe('2');
  });

  it('bounds an input by turn.max: the next one runs, and the late one is not kept', async () => {
    const clock = virtualClock();
    const { tree, end } = makeCounter(clock, { turn: { max: '1m' } });
    const chat = tree.chat('Bob');
    const late = expect(chat.input('slow')).rejects.toMatchObject({
      code: 'LOCK_FAIL',
      cause: { code: 'LEASE_LOST' },
    });
    const next = chat.input('add');
    await clock.advance('61s');
    expect(await next).toBe('1');
    await end();
    await late;
    expect(await chat.input('add')).toBe('2');
  });

  it('holds a chat of a process that died for the lease and no longer', async () => {
    const clock = virtualClock();
    const memory = memoryStorage({ clock });
    const features = { ...memory.features, shared: true };
    let isDead = false;
    const dead: FsmStorage = {
      ...memory,
      features,
      coordination: sharedLeases,
      // nothing of a dead process reaches the storage
      renew: (...all) => (isDead ? new Promise(() => {}) : memory.renew(...all)),
    };
    const living: FsmStorage = { ...memory, features, coordination: sharedLeases };
    const gone = makeCounter(clock, { storage: dead, lease: '3s' });
    const here = makeCounter(clock, { storage: living, lease: '3s' });
    void gone.tree.chat('Bob').input('slow');
    // it has shown signs of life until here
    for (let half = 0; half < 10; half++) await clock.advance(500);
    isDead = true;
    let output: string | undefined;
    void here.tree
      .chat('Bob')
      .input('add')
      .then((text) => (output = text));
    await clock.advance('1s');
    expect(output).toBeUndefined();
    await clock.advance('3s');
    expect(output).toBe('1');
  });

  it('deletes an idle chat after ttl', async () => {
    const clock = virtualClock();
    const { tree } = makeCounter(clock, { storage: memoryStorage({ clock }), ttl: '1h' });
    const chat = tree.chat('Bob');
    await chat.input('add');
    await clock.advance('50m');
    expect(await chat.input('add')).toBe('2');
    await clock.advance('61m');
    expect(await chat.input('add')).toBe('1');
  });

  it.each([
    ['an unknown name', { leese: '3s' }, 'leese'],
    ['a lease that is no length of time', { lease: 'long' }, 'lease'],
    ['a storage that is none', { storage: {} }, 'storage'],
    ['an unknown part of turn', { turn: { most: '1m' } }, 'turn.most'],
  ])('rejects %s where the tree is made', (_, chats, option) => {
    expect(() => commandTree('t', { chats: chats as never })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringContaining(option) as string,
      }),
    );
  });
});
