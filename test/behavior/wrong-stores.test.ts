/** Objects that are no store, no machine or no stage: the bot fails where it is made, and not with its first update. */

import { memoryStorage } from '@telefsm/core';
import * as g from '@telefsm/grammy';
import * as grammyScenes from '@telefsm/grammy/scenes';
import * as grammySession from '@telefsm/grammy/session';
import * as t from '@telefsm/telegraf';
import * as telegrafScenes from '@telefsm/telegraf/scenes';
import { MemorySessionStorage } from 'grammy';
import * as telegraf from 'telegraf';
import { describe, expect, it } from 'vitest';

type Make = (found: never) => unknown;

/** Each way to pass something, and what the error says about what it needs. */
const ways: Readonly<Record<string, { readonly make: Make; readonly expected: string }>> = {
  'fromSessionStore()': { make: t.fromSessionStore, expected: 'get(), set(), delete()' },
  'fromStorageAdapter()': { make: g.fromStorageAdapter, expected: 'read(), write(), delete()' },
  'toSessionStore()': { make: t.toSessionStore, expected: 'acquire(), commit(), peek()' },
  'toStorageAdapter()': { make: g.toStorageAdapter, expected: 'acquire(), commit(), peek()' },
  'session({ store }) of Telegraf': {
    make: (store) => telegrafScenes.session({ store }),
    expected: 'get(), set(), delete()',
  },
  'session({ store, storage }) of Telegraf': {
    make: (store) => telegrafScenes.session({ store, storage: memoryStorage() }),
    expected: 'get(), set(), delete()',
  },
  'session({ store }) of scenes on grammY': {
    make: (store) => grammyScenes.session({ store }),
    expected: 'get(), set(), delete()',
  },
  'session({ storage }) of grammY': {
    make: (storage) => grammySession.session({ storage }),
    expected: 'a storage, such as',
  },
  'session({ machine, storage }) of grammY': {
    make: (storage) => grammySession.session({ storage, machine: g.fsm() }),
    expected: 'a storage, such as',
  },
  'session({ machine, storage }) of scenes on grammY': {
    make: (storage) => grammyScenes.session({ storage, machine: g.fsm() }),
    expected: 'a storage, such as',
  },
  'session({ machine, storage }) of Telegraf': {
    make: (storage) => telegrafScenes.session({ storage, machine: t.fsm() }),
    expected: 'a storage, such as',
  },
  'session({ machine }) of grammY': {
    make: (machine) => grammySession.session({ machine }),
    expected: 'the machine that fsm() returned',
  },
  'session({ machine }) of Telegraf': {
    make: (machine) => telegrafScenes.session({ machine }),
    expected: 'the machine that fsm() returned',
  },
  'session({ stage }) of Telegraf': {
    make: (stage) => telegrafScenes.session({ stage }),
    expected: 'asScenes()',
  },
  'conversationStorage()': {
    make: g.conversationStorage,
    expected: 'the machine that fsm() returned',
  },
};

describe.each(Object.entries(ways))('%s', (_, { make, expected }) => {
  it.each([
    ['a class', class Store extends Map {}, 'a function'],
    ['a promise', Promise.resolve(new Map()), 'an instance of Promise'],
    ['an object with too little', { get() {}, set() {} }, 'an object'],
    ['an address', 'redis://localhost', "'redis://localhost'"],
  ])('rejects %s at once', (_name, given, found) => {
    expect(() => make(given as never)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        details: expect.objectContaining({ found, expected: expect.stringContaining(expected) }),
      }),
    );
  });
});

describe('what is found is named', () => {
  it('a storage of telefsm as a store, an adapter of grammY as a store of Telegraf, and a stage of Telegraf itself', () => {
    const rejected: readonly (readonly [() => unknown, string])[] = [
      [() => telegrafScenes.session({ store: memoryStorage() as never }), 'an object'],
      [
        () => t.fromSessionStore(new MemorySessionStorage() as never),
        'an instance of MemorySessionStorage',
      ],
      [
        () => telegrafScenes.session({ stage: new telegraf.Scenes.Stage([]) as never }),
        'an instance of Stage',
      ],
    ];
    for (const [make, found] of rejected) {
      expect(make).toThrow(
        expect.objectContaining({
          code: 'INVALID_OPTION',
          details: expect.objectContaining({ found }),
        }),
      );
    }
  });

  it('a storage beside a machine, which keeps the session in its own, is rejected and not ignored', () => {
    const both = { machine: t.fsm(), storage: memoryStorage() };
    const inGrammy = { machine: g.fsm(), storage: memoryStorage() };
    const ways: readonly (readonly [() => unknown, string])[] = [
      [() => telegrafScenes.session(both), 'store'],
      [() => grammyScenes.session(inGrammy), 'store'],
      // grammY has no option `store`
      [() => grammySession.session(inGrammy), 'storage'],
    ];
    for (const [make, option] of ways) {
      expect(make).toThrow('omitted beside `machine`');
      expect(make).toThrow(`pass it as \`${option}\` beside \`machine\``);
    }
    // under a key of its own the session has a record of its own, which may be anywhere
    telegrafScenes.session({ ...both, getSessionKey: async () => 'all' });
  });
});
