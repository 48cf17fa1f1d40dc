import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, inputOf, subjectOf } from '../src/adapter.ts';
import type { RawUpdate, ReplyAddress, Subject } from '../src/index.ts';
import { updateTypes } from '../src/tools.ts';
import { fromOf, subjectAt } from '../src/update/address.ts';
import { migrationOf } from '../src/update/migration.ts';
import { updateTypeOf } from '../src/update/subject.ts';
import { bot, business, oddFixtures, type UpdateType, updateFixtures } from './fixtures/updates.ts';

type Parts = Pick<Subject, 'chat' | 'user' | 'thread' | 'business'>;

/** Each type: whose it is, and where to speak. */
const everyType: Readonly<Record<UpdateType, readonly [Parts, ReplyAddress | undefined]>> = {
  message: [{ chat: 7, user: 7 }, { chat: 7 }],
  edited_message: [{ chat: 7, user: 7 }, { chat: 7 }],
  channel_post: [{ chat: -9 }, { chat: -9 }],
  edited_channel_post: [{ chat: -9 }, { chat: -9 }],
  business_connection: [{ chat: 8, user: 8 }, { chat: 8 }],
  business_message: [
    { chat: 7, user: 7, business },
    { chat: 7, business },
  ],
  edited_business_message: [
    { chat: 7, user: 7, business },
    { chat: 7, business },
  ],
  deleted_business_messages: [
    { chat: 7, user: 7, business },
    { chat: 7, business },
  ],
  guest_message: [
    { chat: -5, user: 7, business: 'guest' },
    { chat: -5, guestQuery: 'gq' },
  ],
  stopped_message_generation: [
    { chat: 7, user: 7, thread: 4 },
    { chat: 7, thread: 4 },
  ],
  message_reaction: [{ chat: -5, user: 7 }, { chat: -5 }],
  message_reaction_count: [{ chat: -9 }, { chat: -9 }],
  inline_query: [{ chat: 7, user: 7 }, { chat: 7 }],
  chosen_inline_result: [{ chat: 7, user: 7 }, { chat: 7 }],
  callback_query: [{ chat: -5, user: 7 }, { chat: -5 }],
  shipping_query: [{ chat: 7, user: 7 }, { chat: 7 }],
  pre_checkout_query: [{ chat: 7, user: 7 }, { chat: 7 }],
  purchased_paid_media: [{ chat: 7, user: 7 }, { chat: 7 }],
  poll: [{}, undefined],
  poll_answer: [{ chat: 7, user: 7 }, { chat: 7 }],
  my_chat_member: [{ chat: -5, user: 7 }, { chat: -5 }],
  chat_member: [{ chat: -5, user: 7 }, { chat: -5 }],
  chat_join_request: [{ chat: 7, user: 7 }, { chat: 7 }],
  chat_boost: [{ chat: -9 }, { chat: -9 }],
  removed_chat_boost: [{ chat: -9 }, { chat: -9 }],
  managed_bot: [{ chat: 7, user: 7 }, { chat: 7 }],
  subscription: [{ chat: 7, user: 7 }, { chat: 7 }],
};

const odd: Readonly<Record<keyof typeof oddFixtures, readonly [Parts, ReplyAddress | undefined]>> =
  {
    groupMessage: [{ chat: -5, user: 7 }, { chat: -5 }],
    topicMessage: [
      { chat: -6, user: 7, thread: 9 },
      { chat: -6, thread: 9 },
    ],
    privateTopicMessage: [
      { chat: 7, user: 7, thread: 9 },
      { chat: 7, thread: 9 },
    ],
    replyInThread: [{ chat: -5, user: 7 }, { chat: -5 }],
    anonymousAdministrator: [{ chat: -5, user: -5 }, { chat: -5 }],
    channelAsSender: [{ chat: -5, user: -9 }, { chat: -5 }],
    automaticForward: [{ chat: -5, user: -9 }, { chat: -5 }],
    signedPost: [{ chat: -9, user: 7 }, { chat: -9 }],
    otherChannelsPost: [{ chat: -9, user: -10 }, { chat: -9 }],
    directMessages: [
      { chat: -11, user: 7, thread: 77 },
      { chat: -11, directMessagesTopic: 77 },
    ],
    ephemeralMessage: [
      { chat: -5, user: 7 },
      { chat: -5, receiver: 7 },
    ],
    ephemeralButton: [
      { chat: -5, user: 7 },
      { chat: -5, receiver: 7 },
    ],
    topicButton: [
      { chat: -6, user: 7, thread: 9 },
      { chat: -6, thread: 9 },
    ],
    anonymousAdministratorsButton: [{ chat: -5, user: 7 }, { chat: -5 }],
    inaccessibleButton: [{ chat: -6, user: 7 }, undefined],
    inlineButton: [{ chat: 7, user: 7 }, { chat: 7 }],
    businessButton: [
      { chat: 7, user: 7, business },
      { chat: 7, business },
    ],
    anonymousReaction: [{ chat: -5, user: -5 }, { chat: -5 }],
    anonymousVoter: [{ chat: -9, user: -9 }, undefined],
    anonymousPromotion: [{ chat: -5, user: -5 }, { chat: -5 }],
    blocked: [{ chat: 7, user: 7 }, { chat: 7 }],
    migratedTo: [{ chat: -5, user: 7 }, { chat: -5 }],
    migratedFrom: [{ chat: -1005, user: 7 }, { chat: -1005 }],
  };

/** The update types of the Bot API, as the installed types list them. */
function officialTypes(): readonly string[] {
  const grammy = createRequire(new URL('../../grammy/package.json', import.meta.url));
  const types = createRequire(grammy.resolve('grammy')).resolve('@grammyjs/types');
  const text = readFileSync(join(dirname(types), 'update.d.ts'), 'utf8');
  const body = text.slice(text.indexOf('export interface Update {'));
  return [...body.matchAll(/^ {4}(\w+)\?:/gm)].map(([, name = '']) => name);
}

describe('the table of update types', () => {
  it('holds exactly the types that the Bot API lists', () => {
    const official = officialTypes();
    expect(official).toContain('message');
    expect([...updateTypes].sort()).toEqual([...official].sort());
  });

  it('has a fixture and an expectation for each', () => {
    expect(Object.keys(updateFixtures).sort()).toEqual([...updateTypes].sort());
    expect(Object.keys(everyType).sort()).toEqual([...updateTypes].sort());
  });
});

describe('the subject of an update', () => {
  it.each(Object.entries(updateFixtures))('is found for %s', (type, update) => {
    const [parts, address] = everyType[type as UpdateType];
    expect(updateTypeOf(update)).toBe(type);
    expect(subjectOf(update, bot)).toEqual({ bot, ...parts, updateType: type });
    expect(addressOf(update)).toStrictEqual(address);
  });

  it.each(Object.entries(oddFixtures))('is found for %s', (name, update) => {
    const [parts, address] = odd[name as keyof typeof oddFixtures];
    expect(subjectOf(update, bot)).toEqual({ bot, ...parts, updateType: updateTypeOf(update) });
    expect(addressOf(update)).toStrictEqual(address);
  });

  it('is found for update types that are newer than the table', () => {
    const newer = { update_id: 1, moon_landing: { chat: { id: -5 }, from: { id: 7 } } };
    expect(subjectOf(newer, bot)).toEqual({ bot, chat: -5, user: 7, updateType: 'moon_landing' });
    expect(addressOf(newer)).toEqual({ chat: -5 });
  });

  it('is nobody without a payload', () => {
    expect(subjectOf({ update_id: 1 }, bot)).toEqual({ bot });
    expect(addressOf({ update_id: 1 })).toBeUndefined();
    expect(fromOf({ update_id: 1 })).toBeUndefined();
  });

  it('is never guessed from ids that are not whole numbers', () => {
    const update = { update_id: 1, message: { from: { id: '7' }, chat: { id: 7.5 } } };
    expect(subjectOf(update, bot)).toEqual({ bot, updateType: 'message' });
  });

  it('prefers a known type to unknown fields beside it', () => {
    const update = { ...updateFixtures.message, update_id: 1 };
    expect(updateTypeOf({ extra: {}, ...update })).toBe('message');
    expect(updateTypeOf({ ...update, extra: {} })).toBe('message');
  });
});

describe('the user who acted', () => {
  it.each<[UpdateType, number | undefined]>([
    ['message', 7],
    ['callback_query', 7],
    ['message_reaction', 7],
    ['business_connection', 8],
    ['chat_boost', 7],
    ['removed_chat_boost', 7],
    ['chat_member', 7],
    ['poll', undefined],
    ['channel_post', undefined],
  ])('is read from %s', (type, id) => {
    const { id: found } = fromOf(updateFixtures[type]) ?? {};
    expect(found).toBe(id);
  });
});

describe('a conversation named from outside', () => {
  it('is the private chat of a user who is named alone, and the user of a private chat', () => {
    const expected = { bot, chat: 7, user: 7 };
    expect(subjectAt({ user: 7 }, bot)).toEqual(expected);
    expect(subjectAt({ chat: 7 }, bot)).toEqual(expected);
    expect(subjectAt({ chat: 7, user: 7 }, bot)).toEqual(expected);
  });

  it('keeps every part, and another bot', () => {
    const address = { user: 7, chat: -5, thread: 9, business: 'x', bot: 4 };
    expect(subjectAt(address, bot)).toEqual(address);
    expect(subjectAt({ chat: -5 }, bot)).toEqual({ bot, chat: -5 });
  });

  it.each([
    [{ user: Number.NaN }, 'address.user', 'NaN'],
    [{ chat: '@channel' }, 'address.chat', "'@channel'"],
    [{ user: 7, thread: 1.5 }, 'address.thread', '1.5'],
    [{ user: 7, business: 5 }, 'address.business', '5'],
    [{ user: 7, bot: null }, 'address.bot', 'null'],
    [{ user: 7, rooom: 1 }, 'address.rooom', 'unknown'],
    [JSON.parse('{"user":7,"__proto__":{"chat":1}}'), 'address.__proto__', 'unknown'],
    [Object.create({ user: 'admin' }), 'address.user', "'admin'"],
    [null, 'address', 'null'],
    ['7', 'address', "'7'"],
    [[7], 'address', 'an array'],
  ])('rejects %j', (address, option, found) => {
    expect(() => subjectAt(address as object, bot)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        details: expect.objectContaining({ option, found }),
      }),
    );
  });
});

/** Updates in which any value may have been replaced by any other JSON. */
const damaged: fc.Arbitrary<RawUpdate> = fc
  .tuple(
    fc.constantFrom(...Object.values(updateFixtures), ...Object.values(oddFixtures)),
    fc.infiniteStream(fc.nat(9)),
    fc.infiniteStream(fc.jsonValue()),
  )
  .map(([update, dice, values]) => {
    const replaced: unknown = JSON.parse(JSON.stringify(update), (key, value: unknown) =>
      key !== '' && dice.next().value === 0 ? values.next().value : value,
    );
    return replaced as RawUpdate;
  });

describe('a damaged update', () => {
  it('never makes a reader throw, nor a subject of anything but whole numbers and text', () => {
    fc.assert(
      fc.property(damaged, (update) => {
        const subject = subjectOf(update, bot);
        for (const id of [subject.chat, subject.user, subject.thread])
          expect(id === undefined || Number.isSafeInteger(id)).toBe(true);
        expect(['string', 'undefined']).toContain(typeof subject.business);
        for (const read of [addressOf, fromOf, inputOf, migrationOf]) read(update);
      }),
      { numRuns: 1000 },
    );
  });
});
