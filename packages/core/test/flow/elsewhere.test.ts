import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../../testing/src/virtual-clock.ts';
import { flow, invalid, type RawUpdate } from '../../src/index.ts';
import { type Bench, bench, type Call } from '../fixtures/bench.ts';
import { textStorage } from '../fixtures/text-storage.ts';

const managers = -100_123;
let lastUpdate = 50_000;

const Refund = flow('refund', { trigger: '/refund' })
  .ask('amount', { prompt: 'How much?' })
  .ask('verdict', {
    to: { chat: managers },
    by: [7, 8],
    prompt: ({ amount }) => `Refund ${amount}?`,
    choices: { yes: 'Approve', no: 'Decline' },
    meanwhile: 'I have asked a manager.',
    answered: (verdict, { from }, { amount }) =>
      `Refund of ${amount}: ${verdict}, by ${from?.first_name}`,
    timeout: '1h',
    onTimeout: () => ({ answer: 'no' }),
  })
  .done(({ verdict, amount }) => `Your refund of ${amount}: ${verdict}.`);

/** The question as it stands in the other chat. */
interface Asked {
  readonly data: Readonly<Record<string, string>>;
  readonly message: number;
}

function setUp(options: object = {}) {
  const clock = virtualClock();
  const storage = textStorage(clock);
  const [here, there] = [storage, storage.view()].map((own) => {
    const made = bench({ clock, storage: own, states: [Refund], ...options });
    made.machine.start();
    return made;
  }) as [Bench, Bench];
  const calls = () => [...here.calls, ...there.calls];
  const inChat = (chat: number) => calls().filter(({ payload }) => payload['chat_id'] === chat);
  const asked = (): Asked => {
    const all = here.calls.map((call, at) => ({ call, message: at + 1 }));
    const last = all.findLast(({ call }) => isQuestion(call));
    const markup = last?.call.payload['reply_markup'] as {
      readonly inline_keyboard: { text: string; callback_data: string }[][];
    };
    const data = markup.inline_keyboard.flat().map((each) => [each.text, each.callback_data]);
    return { data: Object.fromEntries(data), message: last?.message ?? 0 };
  };
  return { clock, here, there, calls, inChat, asked };
}

const isQuestion = ({ method, payload }: Call) =>
  method === 'sendMessage' && payload['chat_id'] === managers && 'reply_markup' in payload;

/** A press by a manager in the other chat. */
function press(by: number, { data, message }: Asked, label: string, more: object = {}): RawUpdate {
  const from = { id: by, is_bot: false, first_name: `Manager ${by}` };
  const chat = { id: managers, type: 'supergroup', title: 'Managers' };
  const id = ++lastUpdate;
  const inline_keyboard = [
    Object.entries(data).map(([text, callback_data]) => ({ text, callback_data })),
  ];
  return {
    update_id: id,
    callback_query: {
      id: `q${id}`,
      from,
      chat_instance: 'c',
      data: data[label],
      message: {
        message_id: message,
        date: 1,
        chat,
        text: '…',
        reply_markup: { inline_keyboard },
        ...more,
      },
    },
  };
}

describe('a question to other people', () => {
  it('waits for their answer, shows who decided, and continues in the chat that asked', async () => {
    const { here, there, inChat, asked } = setUp();
    await here.send(1, '/refund');
    await here.send(1, '100');
    expect(inChat(1).map(({ payload }) => payload['text'])).toEqual([
      'How much?',
      'I have asked a manager.',
    ]);
    expect(inChat(managers)[0]?.payload).toMatchObject({ text: 'Refund 100?' });
    for (const data of Object.values(asked().data)) expect(data.length).toBeLessThanOrEqual(64);
    await here.send(1, 'hello?');
    expect(inChat(1).at(-1)?.payload['text']).toBe('I have asked a manager.');
    // a text of the asking user is not an answer
    await here.send(1, 'Approve');
    expect((await here.peek(1))?.current).toBe('refund:verdict');

    const update = press(7, asked(), 'Approve');
    await there.give(update);
    expect(inChat(managers).at(-1)).toMatchObject({
      method: 'editMessageText',
      payload: { message_id: asked().message, text: 'Refund of 100: yes, by Manager 7' },
    });
    expect(inChat(1).at(-1)?.payload['text']).toBe('Your refund of 100: yes.');
    expect(await here.peek(1)).toBeUndefined();
    const before = inChat(1).length;
    await there.give(update);
    await here.give(update);
    expect(inChat(1)).toHaveLength(before);
  });

  it('is answered only by those who may, on the message that asks', async () => {
    const { here, there, asked, calls } = setUp();
    await here.send(1, '/refund');
    await here.send(1, '100');
    const question = asked();
    const answers = () =>
      calls()
        .filter(({ method }) => method === 'answerCallbackQuery')
        .map(({ payload }) => payload);
    await there.give(press(9, question, 'Approve'));
    expect(answers().at(-1)).toMatchObject({ text: 'This button is for someone else.' });
    await there.give(press(7, { ...question, message: 999 }, 'Approve'));
    expect(answers().at(-1)).toMatchObject({ text: 'This button is no longer in use.' });
    const elsewhere = { chat: { id: -5, type: 'group', title: 'Forged' } };
    await there.give(press(7, question, 'Approve', elsewhere));
    const forged = {
      ...question,
      data: { Approve: question.data['Approve']?.replace(/.$/, '!') ?? '' },
    };
    await there.give(press(7, forged, 'Approve'));
    expect((await here.peek(1))?.current).toBe('refund:verdict');
    await there.give(press(8, question, 'Decline'));
    expect(await here.peek(1)).toBeUndefined();
  });

  it('ends when the asking user cancels: the buttons go, and a late press is stale', async () => {
    const { here, there, inChat, asked } = setUp();
    await here.send(1, '/refund');
    await here.send(1, '100');
    const question = asked();
    await here.send(1, '/cancel');
    expect(inChat(managers).at(-1)).toMatchObject({
      method: 'editMessageReplyMarkup',
      payload: { message_id: question.message },
    });
    await there.give(press(7, question, 'Approve'), () => {
      throw new Error('A press in another chat is not for the bot.');
    });
    expect(
      there.calls.find(({ method }) => method === 'answerCallbackQuery')?.payload,
    ).toMatchObject({
      text: 'This button is no longer in use.',
    });
    expect(await here.peek(1)).toBeUndefined();
  });

  it('ends by its time-out with the answer that this gives', async () => {
    const { here, inChat, clock, asked } = setUp();
    await here.send(1, '/refund');
    await here.send(1, '100');
    const question = asked();
    await clock.advance(3_700_000);
    expect(inChat(1).at(-1)?.payload['text']).toBe('Your refund of 100: no.');
    expect(inChat(managers).at(-1)).toMatchObject({
      method: 'editMessageReplyMarkup',
      payload: { message_id: question.message },
    });
  });

  it('is asked again if the process died before it was asked, and only the newest message counts', async () => {
    const { here, there, asked, inChat } = setUp();
    await here.send(1, '/refund');
    // the answer of Telegram is lost: the question stands there, and this process does not know where
    here.refuses = (call) => (isQuestion(call) ? new Error('the connection was cut') : undefined);
    await here.send(1, '100').catch(() => {});
    here.refuses = () => undefined;
    await here.send(1, 'hello?').catch(() => {});
    const question = asked();
    expect(inChat(managers).filter(isQuestion)).toHaveLength(1);
    await there.give(press(7, { ...question, message: question.message + 100 }, 'Approve'));
    expect((await here.peek(1))?.current).toBe('refund:verdict');
    await there.give(press(7, question, 'Approve'));
    expect(await here.peek(1)).toBeUndefined();
  });

  it('shows buttons no longer after an answer whose edit was lost', async () => {
    const { here, there, asked, inChat } = setUp();
    await here.send(1, '/refund');
    await here.send(1, '100');
    const question = asked();
    there.refuses = ({ method }) =>
      method === 'editMessageText' ? new Error('the process died') : undefined;
    await there.give(press(7, question, 'Approve'));
    expect(inChat(1).at(-1)?.payload['text']).toBe('Your refund of 100: yes.');
    await there.give(press(8, question, 'Decline'));
    expect(inChat(managers).at(-1)?.method).toBe('editMessageReplyMarkup');
    expect(inChat(1).at(-1)?.payload['text']).toBe('Your refund of 100: yes.');
  });

  it('is answered once when two press at the same time, at two processes', async () => {
    const { here, there, asked, inChat } = setUp();
    await here.send(1, '/refund');
    await here.send(1, '100');
    const question = asked();
    const both = [
      here.give(press(7, question, 'Approve')),
      there.give(press(8, question, 'Decline')),
    ];
    await here.outlast(Promise.all(both), 50);
    const verdicts = inChat(1).filter(({ payload }) =>
      /^Your refund/.test(String(payload['text'])),
    );
    expect(verdicts).toHaveLength(1);
    const edits = inChat(managers).filter(({ method }) => method === 'editMessageText');
    expect(edits).toHaveLength(1);
    const answers = [...here.calls, ...there.calls].filter(
      ({ method, payload }) => method === 'answerCallbackQuery' && payload['text'] !== undefined,
    );
    expect(answers.map(({ payload }) => payload['text'])).toEqual([
      'This button is no longer in use.',
    ]);
    expect(await here.peek(1)).toBeUndefined();
  });

  it('ends by its time-out if the other user has blocked the bot', async () => {
    const { here, clock, inChat } = setUp();
    const blocked = Object.assign(new Error('Forbidden: bot was blocked by the user'), {
      error_code: 403,
    });
    here.refuses = (call) => (call.payload['chat_id'] === managers ? blocked : undefined);
    await here.send(1, '/refund');
    await here.send(1, '100').catch(() => {});
    expect((await here.peek(1))?.current).toBe('refund:verdict');
    await clock.advance(3_700_000);
    expect(inChat(1).at(-1)?.payload['text']).toBe('Your refund of 100: no.');
    expect(await here.peek(1)).toBeUndefined();
  });

  it('goes to a topic of a group, and is asked from a topic', async () => {
    const Topic = flow('topic', { trigger: '/topic' })
      .ask('verdict', {
        to: { chat: managers, thread: 5 },
        prompt: 'Well?',
        choices: { yes: 'Approve', no: 'Decline' },
        answered: (verdict) => verdict,
      })
      .done(({ verdict }) => verdict);
    const { here, there, asked, inChat } = setUp({ states: [Topic], strategy: 'userInTopic' });
    const chat = { id: -77, type: 'supergroup', title: 'Forum', is_forum: true };
    const from = { id: 1, is_bot: false, first_name: 'Anna' };
    const message = { message_id: 1, date: 1, chat, from, text: '/topic' };
    const inTopic = { ...message, is_topic_message: true, message_thread_id: 9 };
    await here.give({ update_id: ++lastUpdate, message: inTopic });
    expect(inChat(managers)[0]?.payload).toMatchObject({ text: 'Well?', message_thread_id: 5 });
    await there.give(press(7, asked(), 'Approve'));
    expect(inChat(managers).at(-1)).toMatchObject({ method: 'editMessageText' });
    expect(inChat(-77).at(-1)?.payload).toMatchObject({ text: 'yes', message_thread_id: 9 });
  });

  it('checks the answer, and stays when it is invalid', async () => {
    const Picky = flow('picky', { trigger: '/picky' })
      .ask('verdict', {
        to: () => ({ user: 7 }),
        prompt: 'Well?',
        choices: ['yes', 'no'],
        validate: (value) => (value === 'yes' ? value : invalid('Think again.')),
      })
      .done(({ verdict }) => verdict);
    const { here, there, calls } = setUp({ states: [Picky] });
    await here.send(1, '/picky');
    const call = here.calls.find(({ payload }) => payload['chat_id'] === 7);
    const markup = call?.payload['reply_markup'] as
      | { readonly inline_keyboard: readonly (readonly { callback_data: string }[])[] }
      | undefined;
    const keyboard = markup?.inline_keyboard ?? [];
    const question: Asked = {
      data: {
        yes: keyboard[0]?.[0]?.callback_data ?? '',
        no: keyboard[1]?.[0]?.callback_data ?? '',
      },
      message: here.calls.indexOf(call as Call) + 1,
    };
    const chat = { chat: { id: 7, type: 'private', first_name: 'Boss' } };
    await there.give(press(7, question, 'no', chat));
    expect(calls().at(-1)).toMatchObject({
      method: 'answerCallbackQuery',
      payload: { text: 'Think again.', show_alert: true },
    });
    await there.give(press(7, question, 'yes', chat));
    expect(calls().at(-1)?.payload).toMatchObject({ chat_id: 1, text: 'yes' });
  });

  it('needs choices of which one is pressed', () => {
    const made = (question: object) => () =>
      flow('bad')
        .ask('a', { prompt: '?', to: { chat: 1 }, ...question } as never)
        .done(() => {});
    expect(made({})).toThrow(/choices/);
    expect(made({ choices: ['a'], multiple: true })).toThrow(/multiple/);
    expect(made({ choices: ['a'], buttons: 'reply' })).toThrow(/reply/);
    expect(made({ choices: ['a'], accept: 'photo' })).toThrow(/accept/);
  });
});
