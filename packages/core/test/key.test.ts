import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { botIdOf, type Scope, scopeOf, subjectOf } from '../src/adapter.ts';
import type { RawUpdate, Strategy, Subject } from '../src/index.ts';
import { type KeyParts, keyOf, parseKey } from '../src/tools.ts';
import { keyLimit, keyWriter } from '../src/update/key.ts';
import { chatPrefix, migratedKey, migrationOf } from '../src/update/migration.ts';
import { bot, message, oddFixtures, updateFixtures } from './fixtures/updates.ts';

function keyFor(strategy: Strategy, update: RawUpdate, botId = bot): string | undefined {
  const subject = subjectOf(update, botId);
  const scope = scopeOf(strategy, subject);
  return scope && keyOf('telefsm', subject.bot, subject.business, scope);
}

const { groupMessage, topicMessage, privateTopicMessage, replyInThread } = oddFixtures;

/** Update × strategy, with the key after the bot's part. */
const strategies: readonly (readonly [string, RawUpdate, Record<string, string | undefined>])[] = [
  [
    'a private chat',
    updateFixtures.message,
    { userInChat: 'c7:u7', chat: 'c7', globalUser: 'u7', userInTopic: 'c7:u7', chatTopic: 'c7' },
  ],
  [
    'a group',
    groupMessage,
    {
      userInChat: 'c-5:u7',
      chat: 'c-5',
      globalUser: 'u7',
      userInTopic: 'c-5:u7',
      chatTopic: 'c-5',
    },
  ],
  [
    'a topic',
    topicMessage,
    {
      userInChat: 'c-6:u7',
      chat: 'c-6',
      globalUser: 'u7',
      userInTopic: 'c-6:t9:u7',
      chatTopic: 'c-6:t9',
    },
  ],
  [
    'a topic of a private chat',
    privateTopicMessage,
    {
      userInChat: 'c7:u7',
      chat: 'c7',
      globalUser: 'u7',
      userInTopic: 'c7:t9:u7',
      chatTopic: 'c7:t9',
    },
  ],
  [
    'a thread of replies',
    replyInThread,
    {
      userInChat: 'c-5:u7',
      chat: 'c-5',
      globalUser: 'u7',
      userInTopic: 'c-5:u7',
      chatTopic: 'c-5',
    },
  ],
  [
    'an inline query',
    updateFixtures.inline_query,
    { userInChat: 'c7:u7', chat: 'c7', globalUser: 'u7', userInTopic: 'c7:u7', chatTopic: 'c7' },
  ],
  [
    'a channel post',
    updateFixtures.channel_post,
    {
      userInChat: undefined,
      chat: 'c-9',
      globalUser: undefined,
      userInTopic: undefined,
      chatTopic: 'c-9',
    },
  ],
  [
    'a poll',
    updateFixtures.poll,
    {
      userInChat: undefined,
      chat: undefined,
      globalUser: undefined,
      userInTopic: undefined,
      chatTopic: undefined,
    },
  ],
];

describe('a strategy', () => {
  it.each(strategies)('picks the parts of the key in %s', (_, update, expected) => {
    for (const [strategy, rest] of Object.entries(expected))
      expect([strategy, keyFor(strategy as Strategy, update)]).toEqual([
        strategy,
        rest && `telefsm:b123:${rest}`,
      ]);
  });

  it('keeps two bots on one storage apart', () => {
    expect(keyFor('userInChat', groupMessage, 1)).not.toBe(keyFor('userInChat', groupMessage, 2));
    expect(keyFor(() => ({ custom: 'all' }), groupMessage, 1)).not.toBe(
      keyFor(() => ({ custom: 'all' }), groupMessage, 2),
    );
  });

  it.each(['userInChat', 'chat', 'globalUser', 'userInTopic', 'chatTopic'] as const)(
    'keeps a business connection apart from the private chat: %s',
    (strategy) => {
      const business = keyFor(strategy, updateFixtures.business_message);
      expect(business).toContain(':business=Zx-conn_1:');
      expect(business).not.toBe(keyFor(strategy, updateFixtures.message));
    },
  );

  it('keeps a chat in which the bot is a guest apart from its own chat of the same id', () => {
    expect(keyFor('chat', updateFixtures.guest_message)).not.toBe(keyFor('chat', groupMessage));
  });

  it('keeps anonymous administrators of different groups apart', () => {
    const { anonymousAdministrator } = oddFixtures;
    const elsewhere = message({
      from: { id: 1087968824 },
      sender_chat: { id: -55 },
      chat: { id: -55, type: 'supergroup' },
    });
    expect(keyFor('globalUser', anonymousAdministrator)).toBe('telefsm:b123:u-5');
    expect(keyFor('globalUser', elsewhere)).toBe('telefsm:b123:u-55');
  });

  it('never assigns a button on an inaccessible message to another user', () => {
    const { inaccessibleButton } = oddFixtures;
    expect(keyFor('userInTopic', inaccessibleButton)).toBe('telefsm:b123:c-6:u7');
  });

  it('may be a function of the subject', () => {
    const tenant: Strategy = ({ chat }) => ({ custom: `tenant ${chat}` });
    expect(keyFor(tenant, groupMessage)).toBe('telefsm:b123:custom=tenant%20-5');
    expect(keyFor((subject) => subject, topicMessage)).toBe('telefsm:b123:c-6:t9:u7');
    expect(keyFor(() => undefined, groupMessage)).toBeUndefined();
    expect(scopeOf(() => ({ custom: '' }), subjectOf(groupMessage, bot))).toEqual({ custom: '' });
  });

  it('passes on what its function throws', () => {
    const failure = new Error('tenant unknown');
    expect(() =>
      scopeOf(
        () => {
          throw failure;
        },
        { bot },
      ),
    ).toThrow(failure);
  });

  it.each([
    [null, 'null'],
    [5, '5'],
    ['chat', "'chat'"],
    [{}, 'an empty scope'],
    [[], 'an empty scope'],
    [{ chat: undefined }, 'an empty scope'],
    [{ chat: Number.NaN }, "a scope whose 'chat' is NaN"],
    [{ user: '7' }, "a scope whose 'user' is '7'"],
    [{ user: 7, thread: null }, "a scope whose 'thread' is null"],
    [{ custom: 7 }, "a scope whose 'custom' is 7"],
    [{ custom: ['a'] }, "a scope whose 'custom' is an array"],
    [{ chat: 7, usr: 7 }, "a scope with 'usr'"],
    [Promise.resolve({ chat: 7 }), 'a promise'],
  ])('rejects a function that returned %j', (returned, found) => {
    const strategy = (() => returned) as unknown as Strategy;
    expect(() => scopeOf(strategy, { bot })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        details: expect.objectContaining({
          option: 'strategy',
          found: `a function that returned ${found}`,
        }),
      }),
    );
  });

  it.each([
    ['perUser', "'perUser'"],
    [undefined, 'undefined'],
  ])('is rejected if it is %j', (strategy, found) => {
    expect(() => scopeOf(strategy as Strategy, { bot })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        details: expect.objectContaining({ found }),
      }),
    );
  });

  it('gives two subjects one key only if it ignores what distinguishes them', () => {
    const id = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined });
    const anySubject: fc.Arbitrary<Subject> = fc.record({
      bot: fc.nat(2),
      chat: id,
      user: id,
      thread: id,
    });
    const watched = {
      userInChat: ['bot', 'chat', 'user'],
      chat: ['bot', 'chat'],
      globalUser: ['bot', 'user'],
      userInTopic: ['bot', 'chat', 'user', 'thread'],
      chatTopic: ['bot', 'chat', 'thread'],
    } as const;
    fc.assert(
      fc.property(
        anySubject,
        anySubject,
        fc.constantFrom(...(Object.keys(watched) as (keyof typeof watched)[])),
        (a, b, strategy) => {
          const [left, right] = [a, b].map((subject) => {
            const scope = scopeOf(strategy, subject);
            return scope && keyOf('n', subject.bot, undefined, scope);
          });
          fc.pre(left !== undefined && right !== undefined);
          expect(left === right).toBe(watched[strategy].every((part) => a[part] === b[part]));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** Text of any UTF-16 units, and text that imitates keys. */
const hostile: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
    .map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom(':', '=', '%', '%3a', 'u7', 'c-5', 'b1', 'custom=', 'é', '\ud800', ''), {
      maxLength: 6,
    })
    .map((pieces) => pieces.join('')),
);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const anyParts: fc.Arbitrary<KeyParts> = fc.record({
  namespace: hostile,
  bot: fc.maxSafeNat(),
  business: maybe(hostile),
  scope: fc.record<Scope>({
    chat: maybe(fc.maxSafeInteger()),
    user: maybe(fc.maxSafeInteger()),
    thread: maybe(fc.maxSafeInteger()),
    custom: maybe(hostile),
  }),
});
const write = ({ namespace, bot, business, scope }: KeyParts): string =>
  keyOf(namespace, bot, business, scope);

describe('a key', () => {
  it('is readable', () => {
    expect(keyOf('telefsm', 123, undefined, { chat: -5, user: 7 })).toBe('telefsm:b123:c-5:u7');
    expect(keyOf('shop', 1, 'Zx_1', { chat: 7, thread: 9, user: 7, custom: 'a:b=c é€' })).toBe(
      'shop:b1:business=Zx_1:c7:t9:u7:custom=a%3ab%3dc%20%e9%u20ac',
    );
  });

  it('reads back as what it was written from, so no two conversations share one', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const key = write(parts);
        expect(key).toMatch(/^[\x21-\x7e]{1,512}$/);
        expect(parseKey(key)).toEqual(parts);
      }),
      { numRuns: 3000 },
    );
  });

  it('is the same where it is known from an earlier update', () => {
    const id = fc.constantFrom(undefined, 1, 2);
    const custom = fc.constantFrom(undefined, 'x');
    const scope = fc.record({ chat: id, user: id, thread: id, custom });
    const asked = fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(undefined, 'b'), scope);
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 40 }), (all) => {
        const writeKey = keyWriter('n');
        for (const one of all) expect(writeKey(...one)).toBe(keyOf('n', ...one));
      }),
    );
  });

  it('is read only in the one form that is written', () => {
    const near = fc
      .array(
        fc.constantFrom(
          'n',
          ':',
          'b1',
          ':c',
          ':u',
          ':t',
          '-',
          '0',
          '7',
          ':custom=',
          '%41',
          '%',
          '%u0041',
          'é',
        ),
        { maxLength: 9 },
      )
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const parts = parseKey(text);
        expect(parts === undefined || write(parts) === text).toBe(true);
      }),
      { numRuns: 5000 },
    );
    for (const text of [
      'n:b1:c-0',
      'n:b1:c07',
      'n:b1:custom=%41',
      'n:b1:u7:c7',
      'n:b1:',
      'b1',
      'n:b1:custom=%',
      `n:b1:custom=${'a'.repeat(600)}`,
    ])
      expect([text, parseKey(text)]).toEqual([text, undefined]);
    expect(parseKey('n:b1:c7')).toEqual({ namespace: 'n', bot: 1, scope: { chat: 7 } });
  });

  it('takes at most 512 bytes', () => {
    const longest = 'x'.repeat(keyLimit - 'n:b1:custom='.length);
    expect(keyOf('n', 1, undefined, { custom: longest })).toHaveLength(512);
    expect(() => keyOf('n', 1, undefined, { custom: `${longest}x` })).toThrow(
      expect.objectContaining({ code: 'INVALID_KEY', details: { bytes: 513, limit: 512 } }),
    );
    expect(() => keyOf('n', 1, undefined, { custom: '€'.repeat(100) })).toThrow(
      expect.objectContaining({ code: 'INVALID_KEY' }),
    );
  });
});

describe('a group that becomes a supergroup', () => {
  it('is recognised by either service message', () => {
    const expected = { from: -5, to: -1005 };
    expect(migrationOf(oddFixtures.migratedTo)).toEqual(expected);
    expect(migrationOf(oddFixtures.migratedFrom)).toEqual(expected);
  });

  it('is no other service message', () => {
    for (const update of Object.values(updateFixtures)) expect(migrationOf(update)).toBeUndefined();
    expect(migrationOf(message({ migrate_to_chat_id: '-1005' }))).toBeUndefined();
    expect(migrationOf(message({ chat: undefined, migrate_to_chat_id: -1005 }))).toBeUndefined();
  });

  it('moves its keys, and those of its anonymous administrators', () => {
    const migration = { from: -5, to: -1005 };
    expect(migratedKey('n:b1:c-5:u7', migration)).toBe('n:b1:c-1005:u7');
    expect(migratedKey('n:b1:c-5:t9:u-5', migration)).toBe('n:b1:c-1005:t9:u-1005');
    expect(migratedKey('n:b1:c-5:custom=a%3a', migration)).toBe('n:b1:c-1005:custom=a%3a');
    for (const other of ['n:b1:c-50:u7', 'n:b1:u-5', 'n:b1:c7:u7', 'something else'])
      expect(migratedKey(other, migration)).toBeUndefined();
  });

  it('finds all its keys by one prefix', () => {
    const prefix = chatPrefix('n', 1, -5);
    for (const strategy of ['userInChat', 'chat', 'userInTopic', 'chatTopic'] as const) {
      const scope = scopeOf(strategy, { bot: 1, chat: -5, user: 7, thread: 9 });
      expect(keyOf('n', 1, undefined, scope ?? {}).startsWith(prefix)).toBe(true);
    }
  });
});

describe('the id of a bot', () => {
  it('is the first part of its token', () => {
    expect(botIdOf('123456:AAE-secret')).toBe(123456);
  });

  it.each(['', 'secret', ':secret', '12a:secret', '99999999999999999999:secret'])(
    'is not read from %j, and the text is not shown',
    (token) => {
      expect(() => botIdOf(token)).toThrow(
        expect.objectContaining({
          code: 'INVALID_OPTION',
          message: expect.not.stringContaining('secret'),
        }),
      );
    },
  );
});
