import { describe, expect, it } from 'vitest';
import { telegram } from '../src/index.ts';
import { frameworks } from './bots.ts';

type Json = Readonly<Record<string, unknown>>;

describe.each(frameworks)('topics, on %s', (_, make) => {
  it('of a private chat keep their messages apart', async () => {
    const got: Json[] = [];
    const world = telegram(
      make({
        onText: (text, say) => say(`You wrote ${text}`, { inline: ['Yes'] }),
        async onPress(_data, say, answer) {
          await answer();
          await say('Pressed');
        },
        async onAny(update) {
          got.push((update['message'] ?? update['callback_query']) as Json);
        },
      }),
    );
    const anna = world.user('Anna');
    const orders = anna.topic('Orders');
    await orders.sends('tea');
    orders.sees('You wrote tea');
    anna.seesNothing();
    await anna.topic('Orders').taps('Yes');
    orders.sees('Pressed');
    await expect(anna.taps('Yes')).rejects.toThrow(/there are no buttons/);
    const thread = got[0]?.['message_thread_id'];
    expect(got[0]).toMatchObject({
      chat: { id: anna.id, type: 'private' },
      is_topic_message: true,
      message_thread_id: expect.any(Number),
    });
    expect(got[1]).toMatchObject({ message: { message_thread_id: thread } });
    expect(world.transcript().split('\n').slice(0, 2)).toEqual([
      'Anna in Anna / Orders: tea',
      'Bot in Anna / Orders: You wrote tea [Yes]',
    ]);
  });

  it('of a private chat are opened by the bot, and rejected where there is none', async () => {
    const opened: unknown[] = [];
    const world = telegram(
      make({
        async onAny(update, call) {
          const { chat } = update['message'] as { chat: { id: number } };
          const chat_id = chat.id;
          const topic = (await call('createForumTopic', { chat_id, name: 'New' })) as Json;
          const { message_thread_id } = topic;
          await call('sendMessage', { chat_id, message_thread_id, text: 'Here' });
          const nowhere = { chat_id, message_thread_id: 9999, text: 'Nowhere' };
          await call('sendMessage', nowhere).catch((error) => opened.push(error.description));
        },
      }),
    );
    const anna = world.user('Anna');
    await anna.sends('hi');
    anna.topic('New').sees('Here');
    expect(opened).toEqual(['Bad Request: message thread not found']);
  });

  it('of a forum are opened by the bot, and only there', async () => {
    const rejected: unknown[] = [];
    const world = telegram(
      make({
        async onAny(update, call) {
          const { chat } = update['message'] as { chat: { id: number } };
          const chat_id = chat.id;
          try {
            const topic = (await call('createForumTopic', { chat_id, name: 'New' })) as Json;
            const { message_thread_id } = topic;
            await call('sendMessage', { chat_id, message_thread_id, text: 'Here' });
          } catch (error) {
            rejected.push((error as Json)['description']);
          }
        },
      }),
    );
    const anna = world.user('Anna');
    const desk = world.group('Desk', [anna], { is_forum: true });
    await anna.in(desk).sends('hi');
    expect(desk.topic('New').messages).toMatchObject([{ text: 'Here' }]);
    await anna.in(world.group('Friends', [anna])).sends('hi');
    expect(rejected).toEqual(['Bad Request: the chat is not a forum']);
  });

  it("of a channel's direct messages belong to one user each, and the bot must name them", async () => {
    const refused: unknown[] = [];
    const world = telegram(
      make({
        async onAny(update, call) {
          const { chat, direct_messages_topic } = update['message'] as {
            chat: { id: number };
            direct_messages_topic: { topic_id: number; user: { first_name: string } };
          };
          const { topic_id, user } = direct_messages_topic;
          const hello = { chat_id: chat.id, text: `Hello, ${user.first_name}` };
          await call('sendMessage', hello).catch((error) => refused.push(error.description));
          await call('sendMessage', { ...hello, direct_messages_topic_id: topic_id });
        },
      }),
    );
    const direct = world.channel('News').directMessages();
    const [anna, ben] = ['Anna', 'Ben'].map((name) => world.user(name).in(direct)) as [
      ReturnType<typeof world.user>,
      ReturnType<typeof world.user>,
    ];
    await anna.sends('hi');
    anna.sees('Hello, Anna');
    expect(() => ben.last).toThrow(/has shown nothing/);
    await ben.sends('hi');
    ben.sees('Hello, Ben');
    expect(anna.last.text).toBe('Hello, Anna');
    expect(direct.messages.map(({ text }) => text)).toEqual(['Hello, Anna', 'Hello, Ben']);
    expect(world.updates[0]).toMatchObject({
      message: { chat: { type: 'supergroup', is_direct_messages: true } },
    });
    const must = 'Bad Request: channel direct messages topic must be specified';
    expect(refused).toEqual([must, must]);
    expect(() => world.group('Friends').directMessages()).toThrow(/Only channels/);
  });
});
