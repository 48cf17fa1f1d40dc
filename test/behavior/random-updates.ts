/** Random updates of every type, size and shape, against a bot that handles no error. */

import { commandTree } from '@telefsm/commands';
import { flow, invalid, scene, state, states, typed } from '@telefsm/core';
import { type Failure, sampleUpdate, telegram, updateTypes } from '@telefsm/testing';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Framework, Options } from './frameworks.ts';

/** One thing that happens to the bot. */
export type Deed =
  | { readonly do: 'says'; readonly who: number; readonly where: Where; readonly text: string }
  | { readonly do: 'sends'; readonly update: Readonly<Record<string, unknown>> }
  | { readonly do: 'presses'; readonly who: number; readonly at: number; readonly bend: Bend }
  | { readonly do: 'fails'; readonly method: string; readonly failure: Failure };

type Where = 'private' | 'group';
/** What a modified client does to the data of a button. */
type Bend = 'nothing' | 'cut' | 'other action' | 'other visit' | 'other tag';

const people = [1001, 1002] as const;
const group = { id: -1_001_000_000_001, type: 'supergroup', title: 'Group' };

const Form = states('Form', { open: state() });

/** What the bot has: every kind of scene, and steps of every kind of input. */
function scenes() {
  const order = flow('order', {
    trigger: '/order',
    deepLink: 'o_',
    controls: ['back', 'cancel'],
    editedMessages: 'update',
    prompts: 'removeKeyboards',
  })
    .ask('name', { prompt: 'Name?', validate: (text) => (text.length > 1 ? text : invalid('No.')) })
    .ask('size', { prompt: ({ name }) => `Size, ${name}?`, choices: ['S', 'M', 'L'] })
    .ask('toppings', {
      prompt: 'Toppings?',
      choices: Array.from({ length: 30 }, (_, at) => `T${at}`),
      multiple: true,
    })
    .ask('anything', { prompt: 'Anything else?', accept: 'any', optional: true })
    .repeat('guests', { each: (guest) => guest.ask('guest', { prompt: 'Guest?' }), again: 'More?' })
    .confirm({ prompt: (answers) => JSON.stringify(answers).slice(0, 5000), edit: true })
    .done(({ name }) => `Thank you, ${name}.`, { from: (argument) => ({ name: argument }) });
  const media = flow('media', { trigger: '/media', otherInput: 'pass' })
    .ask('photos', { prompt: 'Photos?', accept: { album: 'photo' } })
    .ask('own', { prompt: 'Contact?', accept: 'own_contact', share: 'Share', back: true })
    .ask('kind', { prompt: 'Kind?', choices: ['a', 'b'], buttons: 'reply' })
    .ask('paid', {
      prompt: {
        method: 'sendInvoice',
        payload: {
          title: 'T',
          description: 'D',
          currency: 'XTR',
          prices: [{ label: 'T', amount: 1 }],
        },
      },
      accept: 'payment',
    })
    .done(() => 'Done.');
  // everything but commands: a node that takes those takes /cancel, too
  const accept = ['text', 'button', 'photo', 'contact', 'location', 'payment', 'message'] as const;
  const echo = scene('echo', { accept }).on({
    enter: ({ data }) => `Echo ${JSON.stringify(data).slice(0, 200)}`,
    handle: ({ answer, again }) => again({ last: answer } as never),
  });
  const tree = commandTree('tree');
  tree.root
    .command('add')
    .option('n', { prompt: 'How many?' })
    .action(({ say }) => say('Added.'));
  const count = flow('count', { trigger: '/count', deepLink: 'c_', data: typed<{ n: number }>() })
    .ask('all', { prompt: ({ n }) => `All ${n}?`, validate: Number as never })
    .ask('friends', { prompt: 'Who?', accept: 'users_shared', share: 'Pick' })
    .done(() => 'Counted.', { from: (argument) => ({ n: Number(argument) }) });
  return { order, media, echo, tree, count };
}

const words = fc.oneof(
  fc.constantFrom('/order', '/media', '/echo', '/tree', 'Ann', 'x', 'S', 'Done'),
  fc.constantFrom(
    '/order',
    '/order Ann',
    '/media',
    '/start o_Ann',
    '/count five',
    '/start c_NaN',
    '/cancel',
    '/back',
    '/skip',
  ),
  fc.constantFrom('/echo', '/tree', '/form', '/cancel@other_bot', 'add', 'add n=3', '/done'),
  fc.constantFrom('Ann', 'S', 'M', 'T1', 'T25', 'Yes', 'No', 'Done', 'More »', 'Skip', '« Back'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4096 }),
  fc.constant('x'.repeat(4096)),
  fc.constantFrom('__proto__', 'constructor', '<b>', 'I <3 you', '\u0000', '\uD800', '\u202E'),
);

/** Updates in which any value may have been replaced by any other JSON. */
const damaged = fc
  .tuple(
    fc.constantFrom(...updateTypes),
    fc.constantFrom(...people),
    fc.infiniteStream(fc.nat(12)),
    fc.infiniteStream(fc.oneof(fc.jsonValue({ maxDepth: 2 }), words)),
  )
  .map(([type, who, dice, values]) => {
    const text = JSON.stringify(sampleUpdate(type)).replaceAll(':1001', `:${who}`);
    const { update_id: _, ...update } = JSON.parse(text, (key, value: unknown) =>
      key !== '' && key !== 'update_id' && dice.next().value === 0 ? values.next().value : value,
    ) as Record<string, unknown>;
    return update;
  });

/** Messages of every kind, with the fields of a real one around what was sent. */
const contents = fc.oneof(
  fc.constantFrom<Record<string, unknown>>(
    { dice: { emoji: '🎲', value: 3 } },
    { photo: [{ file_id: 'p', file_unique_id: 'u', width: 1, height: 1 }], media_group_id: 'a' },
    { contact: { phone_number: '1', first_name: 'A', user_id: 1001 } },
    { location: { latitude: 0, longitude: 0 } },
    { story: { id: 1 } },
    { checklist: { title: 'C', tasks: [] } },
    { paid_media: { star_count: 1, paid_media: [] }, paid_star_count: 5 },
    { gift: { gift: { id: 'g' } } },
    { giveaway: { chats: [], winner_count: 1 } },
    { web_app_data: { data: '{}', button_text: 'Open' } },
    { users_shared: { request_id: 7, users: [{ user_id: 1001 }] } },
    { chat_shared: { request_id: 7, chat_id: -100 } },
    { text: 'x', forward_origin: { type: 'hidden_user', sender_user_name: 'H', date: 1 } },
    { text: 'x', via_bot: { id: 9, is_bot: true, first_name: 'V' } },
    { text: 'x', sender_chat: group, from: { id: 1087968824, is_bot: true, first_name: 'Group' } },
    { text: 'x', message_thread_id: 1, is_topic_message: true },
    {
      text: 'x'.repeat(1_000_000),
      entities: Array.from({ length: 5000 }, () => ({ type: 'bold', offset: 0, length: 1 })),
    },
    { refunded_payment: { currency: 'XTR', total_amount: 1, invoice_payload: 'x' } },
    { pinned_message: { message_id: 1, date: 0 } },
    { new_chat_members: [{ id: 1, is_bot: true, first_name: 'Bot' }] },
    {
      successful_payment: {
        currency: 'XTR',
        total_amount: 1,
        invoice_payload: 'x',
        telegram_payment_charge_id: 'c',
      },
    },
  ),
  fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
);
const message = fc
  .record({
    type: fc.constantFrom(
      'message',
      'message',
      'edited_message',
      'business_message',
      'channel_post',
      'guest_message',
    ),
    who: fc.constantFrom(...people),
    inGroup: fc.boolean(),
    id: fc.integer({ min: 1, max: 20 }),
    content: contents,
  })
  .map(({ type, who, inGroup, id, content }) => {
    const from = { id: who, is_bot: false, first_name: 'P' };
    const chat = inGroup ? group : { id: who, type: 'private', first_name: 'P' };
    return { [type]: { ...content, message_id: id, date: 1, chat, from } };
  });

/** What may happen, in any order. */
export const randomDeeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('says' as const),
        who: fc.nat(1),
        where: fc.constantFrom<Where>('private', 'private', 'group'),
        text: words,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('sends' as const),
        update: fc.oneof(damaged, message),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('presses' as const),
        who: fc.nat(1),
        at: fc.nat(40),
        bend: fc.constantFrom<Bend>(
          'nothing',
          'nothing',
          'cut',
          'other action',
          'other visit',
          'other tag',
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('fails' as const),
        method: fc.constantFrom('sendMessage', 'editMessageReplyMarkup', 'answerCallbackQuery'),
        failure: fc.constantFrom<Failure>(
          { error_code: 400, description: 'Bad Request: message is not modified' },
          { error_code: 403, description: 'Forbidden: bot was blocked by the user' },
          { error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 1 } },
        ),
      }),
    },
  ),
  { minLength: 20, maxLength: 60, size: 'max' },
);

/**
 * Plays a list against a bot by real polling, and then leaves every conversation by /cancel.
 *
 * @returns how many messages the bot has sent
 */
export async function playRandom(
  framework: Framework,
  options: Options,
  list: readonly Deed[],
): Promise<number> {
  const { order, media, echo, tree, count } = scenes();
  const bot = framework.bot();
  const machine = bot.fsm({ ...options, states: [order, media, echo, tree, count, Form] });
  bot.use(({ fsm, text }, next) => {
    if (fsm.key === undefined) return next();
    if (text === '/echo') fsm.enter(echo);
    else if (text === '/tree') fsm.enter(tree);
    else if (text === '/form') fsm.set(Form.open);
    else if (text === '/cancel') fsm.cancel();
    return next();
  });
  // no bot.catch: what reaches the framework ends the polling, and every later action fails
  const world = telegram(bot.bot, { via: 'polling', updateId: 1 });
  const users = people.map((id) => world.user(`P${id}`, { id }));
  const there = world.group('Group', [], { id: group.id });
  const placed = (who: number, where: Where) => {
    const user = users[who] as (typeof users)[number];
    return where === 'private' ? user : user.in(there);
  };
  const shown = () =>
    world.calls.flatMap(({ method, payload, answer }: Call) => {
      const { reply_markup, chat_id } = payload as {
        reply_markup?: { inline_keyboard?: readonly (readonly { callback_data?: string }[])[] };
        chat_id?: number;
      };
      const message_id =
        Object((answer as { result?: unknown } | undefined)?.result).message_id ?? 1;
      return (reply_markup?.inline_keyboard?.flat() ?? []).map(({ callback_data = '' }) => ({
        method,
        chat_id,
        message_id,
        data: callback_data,
      }));
    });
  try {
    for (const deed of list) {
      switch (deed.do) {
        case 'says':
          if (deed.text !== '') await placed(deed.who, deed.where).sends(deed.text);
          break;
        case 'sends':
          await world.update(deed.update);
          break;
        case 'fails':
          world.fails(deed.method, deed.failure);
          break;
        case 'presses': {
          const buttons = shown();
          const button = buttons.at(-1 - (deed.at % Math.max(1, buttons.length)));
          if (button === undefined) break;
          await world.update({
            callback_query: {
              id: `q${deed.at}`,
              from: { id: people[deed.who], is_bot: false, first_name: 'P' },
              chat_instance: '1',
              data: bent(button.data, deed.bend),
              message: {
                message_id: button.message_id,
                date: 1,
                chat: button.chat_id === group.id ? group : { id: button.chat_id, type: 'private' },
              },
            },
          });
        }
      }
    }
    for (const who of [0, 1]) {
      for (const where of ['private', 'group'] as const) {
        await placed(who, where).sends('/cancel');
        const at = { user: people[who] as number, ...(where === 'group' && { chat: group.id }) };
        expect(await machine.at(at).peek()).toBeUndefined();
      }
    }
    return world.calls.filter(({ method }) => method === 'sendMessage').length;
  } finally {
    await world.stop();
    await machine.stop();
  }
}

interface Call {
  readonly method: string;
  readonly payload: object;
  readonly answer?: unknown;
}

function bent(data: string, bend: Bend): string {
  switch (bend) {
    case 'nothing':
      return data;
    case 'cut':
      return data.slice(0, Math.floor(data.length / 2));
    case 'other action':
      return data.replace(/\.([a-z])(=?[^.]*)$/, '.n$2');
    case 'other visit':
      return data.replace(/\.([0-9a-z]+)\./, '.zz.');
    case 'other tag':
      return data.replace(/^([~^])..../, '$1zzzz');
  }
}
