import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { inputOf } from '../src/adapter.ts';
import type { InputKind, RawUpdate, UserInput } from '../src/index.ts';
import { type Accept, type Accepted, acceptInput, type InputValues } from '../src/scene-kit.ts';
import { inputKinds } from '../src/update/input.ts';
import { message, press, type UpdateType, updateFixtures } from './fixtures/updates.ts';

const file = { file_id: 'f', file_unique_id: 'u', file_size: 5 };
const ids = { file_id: 'f', file_unique_id: 'u' };
const place = { latitude: 52.01, longitude: 4.36 };
const paid = {
  currency: 'EUR',
  total_amount: 145,
  invoice_payload: 'order 1',
  telegram_payment_charge_id: 'c',
};

/** One input of every kind, with its value. */
const everyKind: { readonly [K in InputKind]: readonly [RawUpdate, InputValues[K]] } = {
  text: [message({ text: 'Hello' }), 'Hello'],
  command: [message({ text: '/start@My_Bot x' }), { command: 'start', argument: 'x' }],
  button: [press({}), 'yes'],
  photo: [
    message({
      photo: [
        { ...file, file_id: 's', width: 90, height: 60 },
        { ...file, width: 900, height: 600 },
        { ...file, file_id: 'm', width: 300, height: 200 },
      ],
      caption: 'Here',
    }),
    { ...ids, width: 900, height: 600, caption: 'Here' },
  ],
  video: [message({ video: file, caption: 'Here' }), { ...ids, caption: 'Here' }],
  voice: [message({ voice: file }), ids],
  audio: [message({ audio: file }), ids],
  document: [message({ document: file }), ids],
  animation: [
    message({ document: file, animation: { ...file, file_id: 'a' } }),
    { ...ids, file_id: 'a' },
  ],
  video_note: [message({ video_note: file }), ids],
  sticker: [message({ sticker: file }), ids],
  location: [
    message({ location: { ...place, horizontal_accuracy: 10, live_period: 60 } }),
    { ...place, horizontal_accuracy: 10 },
  ],
  contact: [
    message({ contact: { phone_number: '31', first_name: 'Ann', user_id: 7, vcard: 'v' } }),
    { phone_number: '31', first_name: 'Ann', user_id: 7 },
  ],
  poll: [
    message({
      poll: {
        id: 'p',
        question: 'Tea?',
        options: [{ persistent_id: '0', text: 'Yes', voter_count: 2 }, { text: 'No' }],
        total_voter_count: 2,
        is_closed: true,
      },
    }),
    {
      id: 'p',
      question: 'Tea?',
      options: [
        { text: 'Yes', voter_count: 2 },
        { text: 'No', voter_count: 0 },
      ],
      total_voter_count: 2,
      is_closed: true,
    },
  ],
  poll_answer: [updateFixtures.poll_answer, { poll_id: 'p', option_ids: [0, 2] }],
  payment: [message({ successful_payment: { ...paid, provider_payment_charge_id: 'x' } }), paid],
  web_app: [message({ web_app_data: { data: '{"a":1}', button_text: 'Open' } }), '{"a":1}'],
  users_shared: [
    message({ users_shared: { request_id: 1, users: [{ user_id: 8 }, { user_id: 9 }] } }),
    [8, 9],
  ],
  chat_shared: [message({ chat_shared: { request_id: 1, chat_id: -5 } }), -5],
  message: [message({ dice: { emoji: '🎲', value: 6 } }), { from_chat_id: 7, message_id: 1 }],
};

function input(kind: InputKind): UserInput {
  const found = inputOf(everyKind[kind][0], 'my_bot');
  if (found === undefined) throw new Error(`no input of the kind ${kind}`);
  return found;
}

describe('the input of an update', () => {
  it.each(inputKinds)('is read as %s', (kind) => {
    const [update, value] = everyKind[kind];
    const expected = { kind, value, update, edited: false };
    expect(inputOf(update, 'my_bot')).toStrictEqual(
      kind === 'text' ? { ...expected, text: 'Hello' } : expected,
    );
  });

  it('has a reading for every kind', () => {
    expect([...inputKinds].sort()).toEqual(Object.keys(everyKind).sort());
  });

  it.each<[UpdateType, boolean]>([
    ['message', false],
    ['edited_message', true],
    ['channel_post', false],
    ['edited_channel_post', true],
    ['business_message', false],
    ['edited_business_message', true],
    ['guest_message', false],
  ])('is read from %s', (type, edited) => {
    const update = updateFixtures[type];
    expect(inputOf(update)).toMatchObject({ kind: 'text', update, edited });
  });

  it('is undefined for updates that are events or need an answer of their own', () => {
    const inputs = Object.entries(updateFixtures).filter(([, update]) => inputOf(update));
    expect(inputs.map(([type]) => type).sort()).toEqual([
      'business_message',
      'callback_query',
      'channel_post',
      'edited_business_message',
      'edited_channel_post',
      'edited_message',
      'guest_message',
      'message',
      'poll',
      'poll_answer',
    ]);
    expect(inputOf(message({ new_chat_title: 'New' }))).toBeUndefined();
    expect(inputOf(press({ data: undefined, game_short_name: 'g' }))).toBeUndefined();
    expect(inputOf({ update_id: 1 })).toBeUndefined();
  });

  it('is no text when it is a command for another bot', () => {
    expect(inputOf(message({ text: '/cancel@other' }), 'my_bot')).toBeUndefined();
    expect(inputOf(message({ text: '/cancel@my_bot' }))).toBeUndefined();
  });

  it('is text when it only looks like a command', () => {
    const entities = [{ type: 'code', offset: 0, length: 7 }];
    expect(inputOf(message({ text: '/cancel', entities }))?.kind).toBe('text');
    expect(inputOf(message({ text: '/etc/passwd' }))?.kind).toBe('text');
  });

  it('is a venue by its location', () => {
    const venue = { location: place, title: 'Here', address: 'Oude Delft 1' };
    expect(inputOf(message({ location: place, venue }))).toMatchObject({
      kind: 'location',
      value: place,
    });
  });

  it.each([
    { photo: [] },
    { photo: [null, { width: 5, height: 5 }] },
    { photo: 'photo' },
    { video: { file_id: 5 } },
    { location: { latitude: '52', longitude: 4 } },
    { contact: { phone_number: 31 } },
    { poll: { id: 'p' } },
    { successful_payment: { ...paid, total_amount: '145' } },
    { web_app_data: {} },
    { users_shared: 5 },
    { chat_shared: { chat_id: '5' } },
  ])('is nothing in a message with %j', (fields) => {
    expect(inputOf(message(fields))).toBeUndefined();
  });

  it('leaves out what does not fit in lists of ids', () => {
    expect(
      inputOf(message({ users_shared: { users: [{ user_id: 8 }, null, { user_id: 'x' }] } }))
        ?.value,
    ).toEqual([8]);
    expect(
      inputOf({ update_id: 1, poll_answer: { poll_id: 'p', option_ids: [0, '1', null] } })?.value,
    ).toEqual({
      poll_id: 'p',
      option_ids: [0],
    });
  });
});

describe('an album', () => {
  it('is recognized by the id that its parts share', () => {
    const update = message({ video: file, media_group_id: 'g' });
    expect(inputOf(update)?.album).toBe('g');
    expect(inputOf(message({ video: file }))?.album).toBeUndefined();
  });

  it('is not what a button below one belongs to', () => {
    const pressed = press({ data: 'x', media_group_id: 'g', message: { media_group_id: 'g' } });
    expect(inputOf(pressed)).toMatchObject({ kind: 'button' });
    expect(inputOf(pressed)?.album).toBeUndefined();
  });
});

describe('the accepted input of a step', () => {
  it('is the value of the one kind, and no other', () => {
    for (const accept of inputKinds.filter((kind) => kind !== 'message'))
      for (const kind of inputKinds)
        expect(acceptInput(accept, input(kind))).toEqual(
          accept === kind ? everyKind[kind][1] : undefined,
        );
  });

  it('is any message with "message", by its chat and id, but no command and no payment', () => {
    const { from_chat_id, message_id } = everyKind.message[1];
    for (const kind of inputKinds) {
      const isMessage = !['command', 'button', 'poll_answer', 'payment'].includes(kind);
      expect(acceptInput('message', input(kind))).toEqual(
        isMessage ? { from_chat_id, message_id } : undefined,
      );
    }
    for (const field of ['story', 'checklist', 'game', 'paid_media', 'gift', 'live_photo'])
      expect(inputOf(message({ [field]: {} }))).toMatchObject({ kind: 'message' });
  });

  it('is the own contact with "own_contact", neither another one nor a forwarded one', () => {
    const own = { phone_number: '31', first_name: 'Ann', user_id: 7 };
    const taken = (contact: object, more: object = {}) => {
      const found = inputOf(message({ contact, ...more }));
      return found && acceptInput('own_contact', found);
    };
    expect(taken(own)).toEqual(own);
    expect(taken({ ...own, user_id: 8 })).toBeUndefined();
    expect(taken({ phone_number: '31', first_name: 'Ann' })).toBeUndefined();
    expect(taken(own, { forward_origin: { type: 'user' } })).toBeUndefined();
    const listed = acceptInput(['own_contact', 'text'], input('contact'));
    expect(listed).toEqual({ kind: 'contact', value: everyKind.contact[1] });
    expectTypeOf(listed).toEqualTypeOf<
      | { readonly kind: 'contact'; readonly value: InputValues['contact'] }
      | { readonly kind: 'text'; readonly value: string }
      | undefined
      | PromiseLike<
          | { readonly kind: 'contact'; readonly value: InputValues['contact'] }
          | { readonly kind: 'text'; readonly value: string }
          | undefined
        >
    >();
  });

  it('is nothing from the owner of a business account, from other bots and automatic forwards', () => {
    const text = 'Hello';
    const owner = { id: 99, is_bot: false, first_name: 'Owner' };
    const business = { ...(updateFixtures.business_message['business_message'] as object) };
    const bot = { id: 5, is_bot: true, first_name: 'Bot' };
    for (const update of [
      { update_id: 1, business_message: { ...business, from: owner } },
      message({ text, from: bot }),
      message({ text, is_automatic_forward: true, sender_chat: { id: -9, type: 'channel' } }),
    ])
      expect(inputOf(update)).toBeUndefined();
    const anonymous = { text, from: bot, sender_chat: { id: -9, type: 'supergroup' } };
    expect(inputOf(message(anonymous))).toMatchObject({ kind: 'text' });
  });

  it('is the value with its kind when there are several kinds', () => {
    const photoOrText = ['photo', 'text'] as const;
    expect(acceptInput(photoOrText, input('text'))).toEqual({ kind: 'text', value: 'Hello' });
    expect(acceptInput(photoOrText, input('photo'))).toEqual({
      kind: 'photo',
      value: everyKind.photo[1],
    });
    expect(acceptInput(photoOrText, input('voice'))).toBeUndefined();
    expect(acceptInput([], input('text'))).toBeUndefined();
  });

  it('is every kind of input with "any"', () => {
    for (const kind of inputKinds)
      expect(acceptInput('any', input(kind))).toEqual({ kind, value: everyKind[kind][1] });
  });

  it('is a list of one for each part of an album', () => {
    expect(acceptInput({ album: 'photo' }, input('photo'))).toEqual([everyKind.photo[1]]);
    expect(acceptInput({ album: ['photo', 'video'] }, input('video'))).toEqual([
      { kind: 'video', value: everyKind.video[1] },
    ]);
    expect(acceptInput({ album: 'photo' }, input('text'))).toBeUndefined();
  });

  it('is what a picker gives, now or later', async () => {
    const tag = (given: UserInput) =>
      given.kind === 'text' && given.text.startsWith('H') ? { tag: given.text } : undefined;
    expect(acceptInput(tag, input('text'))).toEqual({ tag: 'Hello' });
    expect(acceptInput(tag, input('photo'))).toBeUndefined();
    expect(await acceptInput(async (given) => given.kind, input('photo'))).toBe('photo');
    expect(acceptInput(() => false, input('text'))).toBe(false);
  });

  it('passes on what a picker throws', () => {
    const failure = new Error('picker');
    expect(() =>
      acceptInput(() => {
        throw failure;
      }, input('text')),
    ).toThrow(failure);
  });

  it('is never something else than the input holds', () => {
    const kind = fc.constantFrom(...inputKinds.filter((one) => one !== 'message'));
    fc.assert(
      fc.property(kind, fc.array(kind), (sent, accepted) => {
        const expected = accepted.includes(sent)
          ? { kind: sent, value: everyKind[sent][1] }
          : undefined;
        expect(acceptInput(accepted, input(sent))).toEqual(expected);
      }),
    );
  });
});

describe('the type of accepted input', () => {
  it('follows the kinds', () => {
    expectTypeOf<Accepted<'photo'>>().toEqualTypeOf<InputValues['photo']>();
    expectTypeOf<Accepted<readonly ['text', 'chat_shared']>>().toEqualTypeOf<
      | { readonly kind: 'text'; readonly value: string }
      | { readonly kind: 'chat_shared'; readonly value: number }
    >();
    expectTypeOf<Accepted<{ readonly album: 'voice' }>>().toEqualTypeOf<
      readonly InputValues['voice'][]
    >();
    expectTypeOf<
      Accepted<(given: UserInput) => Promise<{ tag: string } | undefined>>
    >().toEqualTypeOf<{ tag: string }>();
    // @ts-expect-error there is no such kind
    const misspelled: Accept = 'foto';
    expect(acceptInput(misspelled, input('photo'))).toBeUndefined();
  });

  it('has a text only for text', () => {
    const given = input('text');
    // @ts-expect-error other kinds have no text
    expect(given.text).toBe('Hello');
    if (given.kind === 'text') expectTypeOf(given.text).toEqualTypeOf<string>();
    if (given.kind === 'photo') expectTypeOf(given.value.width).toEqualTypeOf<number>();
  });
});
