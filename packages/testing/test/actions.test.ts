import { describe, expect, it } from 'vitest';
import { message, telegram, venue, virtualClock } from '../src/index.ts';
import { frameworks, type Script } from './bots.ts';

type Json = Readonly<Record<string, unknown>>;

/** A bot that writes down what it gets, and does something for a type of update. */
function recorder(
  got: Json[],
  react: Readonly<
    Record<
      string,
      (body: Json, call: (method: string, payload: Json) => Promise<unknown>) => Promise<unknown>
    >
  > = {},
): Script {
  return {
    async onAny(update, call) {
      got.push(update);
      for (const [type, body] of Object.entries(update)) await react[type]?.(body as Json, call);
    },
  };
}

describe.each(frameworks)('what users do, on %s', (_, make) => {
  it('edits its own messages, by the last or by number', async () => {
    const got: Json[] = [];
    const anna = telegram(make(recorder(got))).user('Anna');
    await anna.sends('first');
    await anna.sends('second');
    await anna.edits('/changed');
    await anna.edits('1st', 1);
    expect(got.slice(2)).toMatchObject([
      { edited_message: { message_id: 2, text: '/changed', entities: [{ type: 'bot_command' }] } },
      { edited_message: { message_id: 1, text: '1st' } },
    ]);
  });

  it('answers the query of a raw update once, such as a press below an inline message', async () => {
    const answers: unknown[] = [];
    const answering =
      (method: string, parameter: string) =>
      ({ id, guest_query_id }: Json) => ({
        method,
        payload: { [parameter]: id ?? guest_query_id, ok: true, results: [], result: {} },
      });
    const calls = {
      callback_query: answering('answerCallbackQuery', 'callback_query_id'),
      inline_query: answering('answerInlineQuery', 'inline_query_id'),
      shipping_query: answering('answerShippingQuery', 'shipping_query_id'),
      pre_checkout_query: answering('answerPreCheckoutQuery', 'pre_checkout_query_id'),
      guest_message: answering('answerGuestQuery', 'guest_query_id'),
    };
    const react = Object.fromEntries(
      Object.entries(calls).map(([type, callFor]) => [
        type,
        async (body: Json, call: (method: string, payload: Json) => Promise<unknown>) => {
          const { method, payload } = callFor(body);
          answers.push(await call(method, payload).catch(() => 'rejected'));
        },
      ]),
    );
    const world = telegram(make(recorder([], react)));
    const { raw: from } = world.user('Anna');
    const press = { from, chat_instance: '1', data: 'buy', inline_message_id: 'inline-1' };
    await world.update({ callback_query: { id: 'q1', ...press } });
    await world.redeliver();
    await world.update({ callback_query: { id: 'q1', ...press } });
    await world.update({ inline_query: { id: 'q2', from, query: 'tea', offset: '' } });
    await world.update({ shipping_query: { id: 'q3', from, invoice_payload: '' } });
    await world.update({ pre_checkout_query: { id: 'q4', from, invoice_payload: '' } });
    const chat = { id: -77, type: 'supergroup', title: 'Strangers' };
    await world.update({
      guest_message: { guest_query_id: 'q5', from, chat, date: 1, message_id: 1 },
    });
    expect(answers).toMatchObject([true, 'rejected', true, true, true, true, {}]);
  });

  it('reacts to messages of the bot', async () => {
    const got: Json[] = [];
    const anna = telegram(
      make(
        recorder(got, {
          message: (_body, call) => call('sendMessage', { chat_id: 1001, text: 'hi' }),
        }),
      ),
    ).user('Anna');
    await anna.sends('x');
    await anna.reacts('👍');
    await anna.reacts(undefined);
    expect(got.slice(1)).toMatchObject([
      { message_reaction: { old_reaction: [], new_reaction: [{ emoji: '👍' }] } },
      { message_reaction: { old_reaction: [{ emoji: '👍' }], new_reaction: [] } },
    ]);
  });

  it('votes in polls of the bot', async () => {
    const got: Json[] = [];
    const anna = telegram(
      make(
        recorder(got, {
          message: (_body, call) =>
            call('sendPoll', {
              chat_id: 1001,
              question: 'Tea?',
              options: ['Yes', 'No'],
              is_anonymous: false,
            }),
        }),
      ),
    ).user('Anna');
    await anna.sends('x');
    await expect(anna.votes('Maybe')).rejects.toThrow(/the options are Yes, No/);
    await anna.votes('No');
    expect(got.slice(1)).toMatchObject([
      { poll: { total_voter_count: 1, options: [{ voter_count: 0 }, { voter_count: 1 }] } },
      { poll_answer: { option_ids: [1] } },
    ]);
  });

  it('votes for several options, changes the vote and takes it back', async () => {
    const got: Json[] = [];
    const poll = { chat_id: 1001, question: 'Days?', options: ['Mon', 'Tue'], is_anonymous: false };
    const anna = telegram(
      make(
        recorder(got, {
          message: (_body, call) => call('sendPoll', { ...poll, allows_multiple_answers: true }),
        }),
      ),
    ).user('Anna');
    await anna.sends('x');
    await expect(anna.votes(undefined)).rejects.toThrow(/cannot take the vote back: there is none/);
    await anna.votes(['Mon', 'Tue']);
    await anna.votes('Tue');
    await anna.votes(undefined);
    const counts = (...counted: number[]) => counted.map((voter_count) => ({ voter_count }));
    expect(got.slice(1)).toMatchObject([
      { poll: { total_voter_count: 1, options: counts(1, 1) } },
      { poll_answer: { option_ids: [0, 1] } },
      { poll: { total_voter_count: 1, options: counts(0, 1) } },
      { poll_answer: { option_ids: [1] } },
      { poll: { total_voter_count: 0, options: counts(0, 0) } },
      { poll_answer: { option_ids: [] } },
    ]);
  });

  it('rejects votes that a poll does not accept', async () => {
    const got: Json[] = [];
    const poll = { chat_id: 1001, question: 'Best?', options: ['Mon', 'Tue'] };
    const kinds = [{}, { type: 'quiz', correct_option_id: 0 }, { is_closed: true }];
    const anna = telegram(
      make(
        recorder(got, {
          message: (_body, call) => call('sendPoll', { ...poll, ...kinds.shift() }),
        }),
      ),
    ).user('Anna');
    await anna.sends('one answer');
    await expect(anna.votes(['Mon', 'Tue'])).rejects.toThrow(/it accepts one answer/);
    await anna.sends('a quiz');
    await anna.votes('Tue');
    await expect(anna.votes('Mon')).rejects.toThrow(/a vote in a quiz is final/);
    await anna.sends('closed');
    await expect(anna.votes('Mon')).rejects.toThrow(/the poll is closed/);
  });

  it('pays an invoice: shipping, checkout, payment', async () => {
    const got: Json[] = [];
    const invoice = {
      chat_id: 1001,
      title: 'Tea',
      description: 'Green',
      payload: 'order-7',
      currency: 'EUR',
      prices: [{ label: 'Tea', amount: 500 }],
      is_flexible: true,
    };
    let ok = false;
    const react = {
      message: async (body: Json, call: (method: string, payload: Json) => Promise<unknown>) =>
        body['text'] === undefined ? undefined : call('sendInvoice', invoice),
      shipping_query: (body: Json, call: (method: string, payload: Json) => Promise<unknown>) =>
        call('answerShippingQuery', {
          shipping_query_id: body['id'],
          ok: true,
          shipping_options: [
            { id: 'post', title: 'Post', prices: [{ label: 'Post', amount: 100 }] },
          ],
        }),
      pre_checkout_query: (body: Json, call: (method: string, payload: Json) => Promise<unknown>) =>
        call(
          'answerPreCheckoutQuery',
          ok
            ? { pre_checkout_query_id: body['id'], ok }
            : { pre_checkout_query_id: body['id'], ok, error_message: 'Sold out' },
        ),
    };
    const anna = telegram(make(recorder(got, react))).user('Anna');
    await expect(anna.pays()).rejects.toThrow(/There is no invoice here to pay/);
    await anna.sends('buy');
    anna.sees({ kind: 'invoice' });
    expect(await anna.pays()).toEqual({ accepted: false, error: 'Sold out' });
    ok = true;
    expect(await anna.pays()).toEqual({ accepted: true, error: undefined });
    expect(got.at(-2)).toMatchObject({
      pre_checkout_query: { total_amount: 600, shipping_option_id: 'post' },
    });
    expect(got.at(-1)).toMatchObject({
      message: { successful_payment: { invoice_payload: 'order-7', total_amount: 600 } },
    });
  });

  it('reports that a checkout was not answered', async () => {
    const invoice = {
      chat_id: 1001,
      title: 'Tea',
      description: 'x',
      payload: 'p',
      currency: 'XTR',
      prices: [{ label: 'Tea', amount: 5 }],
    };
    const anna = telegram(
      make(recorder([], { message: (_body, call) => call('sendInvoice', invoice) })),
    ).user('Anna');
    await anna.sends('buy');
    expect(await anna.pays()).toEqual({
      accepted: false,
      error: 'the bot did not answer the pre_checkout_query',
    });
  });

  it('queries inline and chooses a result', async () => {
    const got: Json[] = [];
    const results = [
      { type: 'article', id: 'r1', title: 'Cat', input_message_content: { message_text: 'meow' } },
    ];
    const anna = telegram(
      make(
        recorder(got, {
          inline_query: (body, call) =>
            call('answerInlineQuery', { inline_query_id: body['id'], results }),
        }),
      ),
    ).user('Anna');
    expect(await anna.queries('cats')).toEqual(results);
    await anna.chooses('r1', 'cats');
    expect(got).toMatchObject([
      { inline_query: { query: 'cats', from: { id: anna.id } } },
      { chosen_inline_result: { result_id: 'r1', query: 'cats' } },
    ]);
  });

  it('joins, leaves, and asks to join', async () => {
    const got: Json[] = [];
    const react = {
      chat_join_request: (body: Json, call: (method: string, payload: Json) => Promise<unknown>) =>
        call('approveChatJoinRequest', {
          chat_id: (body['chat'] as Json)['id'],
          user_id: (body['from'] as Json)['id'],
        }),
    };
    const tg = telegram(make(recorder(got, react)));
    const anna = tg.user('Anna');
    const team = tg.group('Team');
    await anna.joins(team);
    await anna.leaves(team);
    expect(await tg.user('Ben').asksToJoin(team)).toEqual({ approved: true });
    expect(got).toMatchObject([
      {
        chat_member: { old_chat_member: { status: 'left' }, new_chat_member: { status: 'member' } },
      },
      { message: { new_chat_members: [{ first_name: 'Anna' }] } },
      { chat_member: { new_chat_member: { status: 'left' } } },
      { message: { left_chat_member: { first_name: 'Anna' } } },
      { chat_join_request: { user_chat_id: 1002 } },
    ]);
  });

  it('writes to a business account, edits and deletes there', async () => {
    const got: Json[] = [];
    const react = {
      business_message: (body: Json, call: (method: string, payload: Json) => Promise<unknown>) =>
        call('sendMessage', {
          business_connection_id: body['business_connection_id'],
          chat_id: (body['chat'] as Json)['id'],
          text: 'Welcome to the shop',
        }),
    };
    const tg = telegram(make(recorder(got, react)));
    const shop = await tg.user('Owner').connects();
    const anna = tg.user('Anna');
    await anna.in(shop).sends('hi');
    anna.in(shop).sees('Welcome to the shop');
    expect(() => anna.sees('Welcome to the shop')).toThrow(/has shown nothing/);
    await anna.in(shop).edits('hello');
    await anna.in(shop).deletes();
    const business_connection_id = shop.id;
    expect(got).toMatchObject([
      { business_connection: { id: shop.id, is_enabled: true } },
      { business_message: { business_connection_id, text: 'hi' } },
      { edited_business_message: { business_connection_id, text: 'hello' } },
      { deleted_business_messages: { business_connection_id, message_ids: [expect.any(Number)] } },
    ]);
  });

  it('posts in channels and edits posts', async () => {
    const got: Json[] = [];
    const tg = telegram(make(recorder(got)));
    const news = tg.channel('News', { username: 'news' });
    await news.posts('today');
    await news.edits('tomorrow');
    expect(got).toMatchObject([
      { channel_post: { text: 'today', sender_chat: { title: 'News' } } },
      { edited_channel_post: { text: 'tomorrow' } },
    ]);
    expect(got[0]?.['channel_post']).not.toHaveProperty('from');
    expect(tg.transcript()).toBe('News: today\nNews edits: tomorrow');
  });

  it('sees a group become a supergroup', async () => {
    const got: Json[] = [];
    const errors: unknown[] = [];
    const react = {
      message: (_body: Json, call: (method: string, payload: Json) => Promise<unknown>) =>
        call('sendMessage', { chat_id: -2001, text: 'x' }).catch((error: { parameters?: Json }) =>
          errors.push(error.parameters),
        ),
    };
    const tg = telegram(make(recorder(got, react)));
    const small = tg.group('Small', [], { type: 'group' });
    const big = await small.migrates();
    expect(got).toMatchObject([
      { message: { chat: { id: small.id }, migrate_to_chat_id: big.id } },
      { message: { chat: { id: big.id, type: 'supergroup' }, migrate_from_chat_id: small.id } },
    ]);
    expect(errors).toEqual([{ migrate_to_chat_id: big.id }, { migrate_to_chat_id: big.id }]);
  });

  it('presses a button as it was seen, after the message has changed or gone', async () => {
    const got: Json[] = [];
    const react = {
      message: (_body: Json, call: (method: string, payload: Json) => Promise<unknown>) =>
        call('sendMessage', {
          chat_id: 1001,
          text: 'old',
          reply_markup: { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] },
        }),
      callback_query: async (
        body: Json,
        call: (method: string, payload: Json) => Promise<unknown>,
      ) => {
        const { message_id } = body['message'] as { message_id: number };
        if (got.length === 2)
          await call('editMessageText', { chat_id: 1001, message_id, text: 'new' });
        if (got.length === 3) await call('deleteMessage', { chat_id: 1001, message_id });
      },
    };
    const tg = telegram(make(recorder(got, react)));
    const anna = tg.user('Anna');
    await anna.sends('x');
    const asked = anna.sees('old');
    await anna.taps('Go');
    anna.sees({ text: 'new', buttons: [] });
    await expect(anna.taps('Go')).rejects.toThrow(/there are no buttons/);
    await anna.taps('Go', asked);
    await anna.taps('Go', asked);
    expect(got.slice(2)).toMatchObject([
      { callback_query: { message: { text: 'new' } } },
      { callback_query: { message: { date: 0 } } },
    ]);
    expect(tg.transcript()).toBe(
      'Anna: x\nBot: old [Go]\nAnna taps [Go]\nBot edits: new\nAnna taps [Go]\nBot deletes: new\nAnna taps [Go]',
    );
  });

  it('shares contact and place from a reply keyboard, and rejects buttons that send the bot nothing', async () => {
    const got: Json[] = [];
    const reply_markup = {
      keyboard: [
        [
          { text: 'Phone', request_contact: true },
          { text: 'Place', request_location: true },
          { text: 'App', web_app: { url: 'https://e.com' } },
        ],
      ],
      one_time_keyboard: true,
    };
    const inline = { inline_keyboard: [[{ text: 'Site', url: 'https://e.com' }]] };
    const react = {
      message: async (body: Json, call: (method: string, payload: Json) => Promise<unknown>) => {
        if (body['text'] === 'reply')
          await call('sendMessage', { chat_id: 1001, text: 'Who?', reply_markup });
        if (body['text'] === 'inline')
          await call('sendMessage', { chat_id: 1001, text: 'Where?', reply_markup: inline });
      },
    };
    const anna = telegram(make(recorder(got, react))).user('Anna');
    await anna.sends('reply');
    await expect(anna.taps('App')).rejects.toThrow(/has 'web_app'/);
    await anna.sends('reply');
    await anna.taps('Phone');
    await expect(anna.taps('Place')).rejects.toThrow(/there are no buttons/);
    await anna.sends('reply');
    await anna.taps('Place');
    await anna.sends('inline');
    await expect(anna.taps('Site')).rejects.toThrow(/The button \[Site\] has 'url'/);
    expect(got).toContainEqual(
      expect.objectContaining({
        message: expect.objectContaining({
          contact: expect.objectContaining({ user_id: anna.id }),
        }),
      }),
    );
    expect(got).toContainEqual(
      expect.objectContaining({
        message: expect.objectContaining({ location: expect.anything() }),
      }),
    );
  });

  it('sends any other message by its fields', async () => {
    const got: Json[] = [];
    const anna = telegram(make(recorder(got))).user('Anna');
    await anna.sends(venue('Home', 'Street 1'));
    await anna.sends(message({ users_shared: { request_id: 1, users: [] } }));
    expect(got).toMatchObject([
      { message: { venue: { title: 'Home' }, location: {} } },
      { message: { users_shared: { request_id: 1 } } },
    ]);
  });

  it('lets answers wait on the clock', async () => {
    const clock = virtualClock();
    const tg = telegram(make({ onText: (text, say) => say(text) }), { clock });
    tg.delays('sendMessage', '5s');
    const anna = tg.user('Anna');
    const sending = anna.sends('slow');
    await clock.advance('4s');
    anna.seesNothing();
    await clock.advance('1s');
    await sending;
    anna.sees('slow');
  });

  it('steps over an action that waits for another', async () => {
    let queue: Promise<unknown> = Promise.resolve();
    const tg = telegram(
      make({
        onText(text, say) {
          const turn = queue.then(() => say(text));
          queue = turn;
          return turn;
        },
      }),
    );
    const anna = tg.user('Anna');
    const steps = await tg.interleave(
      [() => anna.sends('a'), () => anna.sends('b')],
      [0, 1, 1, 0, 1, 0],
    );
    expect(steps.map(({ action, did }) => `${action} ${did}`)).toEqual([
      '0 starts',
      '1 starts',
      '1 waits',
      '0 sendMessage',
      '1 sendMessage',
      '0 has ended',
    ]);
    await expect(tg.interleave([], [3])).rejects.toThrow(RangeError);
    await expect(tg.interleave([() => Promise.reject(new Error('one'))], [0])).rejects.toThrow(
      'one',
    );
  });
});
