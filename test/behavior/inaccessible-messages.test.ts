import { flow, type UserInput } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type Options } from './frameworks.ts';

const order = flow('order', { trigger: '/order' })
  .ask('size', { prompt: 'Which size?', choices: ['Small', 'Large'] })
  .ask('name', { prompt: 'A name?' })
  .done(({ size, name }) => `${size} for ${name}.`);

const play = (framework: Framework, options: Options = {}) => {
  const bot = framework.bot();
  bot.noteErrors();
  bot.fsm({ states: [order], ...options });
  const passed: string[] = [];
  bot.use(({ ctx, fsm }) => {
    const { callback_query } = (ctx as Pick<UserInput, 'update'>).update;
    if (callback_query) passed.push(`${callback_query.data} in ${fsm.key}`);
  });
  return { world: telegram(bot.bot), errors: bot.errors, passed };
};
type World = ReturnType<typeof telegram>;
type Payload = Readonly<Record<string, unknown>>;

/** The data of a button that was sent. */
function dataIn(payload: Payload | undefined, label: string): string | undefined {
  const sent = payload?.['reply_markup'] ?? {};
  const markup = (typeof sent === 'string' ? JSON.parse(sent) : sent) as {
    readonly inline_keyboard?: { readonly text: string; readonly callback_data: string }[][];
  };
  return markup.inline_keyboard?.flat().find(({ text }) => text === label)?.callback_data;
}

/** Presses a button as Telegram sends it when the bot cannot see the message any more; gives the answer to the press. */
async function pressesBlindly(
  world: World,
  user: { readonly id: number },
  label: string,
): Promise<unknown> {
  const asked = world.calls.findLast(({ payload }) => payload['reply_markup'] !== undefined);
  const { payload } = asked as { payload: Payload };
  const data = dataIn(payload, label);
  const id = Number(payload['chat_id']);
  const chat =
    id > 0 ? { id, type: 'private', first_name: 'A' } : { id, type: 'supergroup', title: 'G' };
  const query = {
    id: 'blind',
    from: { id: user.id, is_bot: false, first_name: 'Somebody' },
    chat_instance: '1',
    data,
    message: { chat, message_id: 2, date: 0 },
  };
  await world.update({ callback_query: query } as never);
  const answer = world.calls.findLast(({ method }) => method === 'answerCallbackQuery');
  return answer?.payload['text'];
}

describe.each(frameworks)('presses on inaccessible messages, on %s', (_, framework) => {
  it('a press in a group answers the question', async () => {
    const { world, errors } = play(framework);
    const anna = world.user('Anna').in(world.group('Friends'));
    await anna.sends('/order');
    expect(await pressesBlindly(world, anna, 'Large')).toBeUndefined();
    anna.sees('A name?');
    expect(errors).toEqual([]);
  });

  it('a press in a topic of a conversation of the whole group continues in that topic', async () => {
    const { world, errors } = play(framework);
    const anna = world.user('Anna').in(world.group('Forum').topic('Food'));
    await anna.sends('/order');
    await pressesBlindly(world, anna, 'Large');
    anna.sees('A name?');
    await anna.sends('Anna');
    anna.sees('Large for Anna.');
    expect(errors).toEqual([]);
  });

  it.each(['userInTopic', 'chatTopic'] as const)(
    'a press whose topic is not known reads as no longer in use, under the strategy %s',
    async (strategy) => {
      const { world, errors, passed } = play(framework, { strategy });
      const group = world.group('Forum');
      const anna = world.user('Anna').in(group.topic('Food'));
      await anna.sends('/order');
      expect(await pressesBlindly(world, anna, 'Large')).toBe('This button is no longer in use.');
      await anna.in(group).sends('/order');
      expect(await pressesBlindly(world, anna, 'Large')).toBeUndefined();
      await anna.sends('Large');
      anna.sees('A name?');
      expect(passed).toEqual([]);
      expect(errors).toEqual([]);
    },
  );

  it('a press whose topic is not known changes nothing of a flow outside of topics', async () => {
    const { world } = play(framework, { strategy: 'userInTopic' });
    const group = world.group('Forum');
    const anna = world.user('Anna');
    await anna.in(group).sends('/order');
    await anna.in(group.topic('Food')).sends('/order');
    const text = await pressesBlindly(world, anna, 'Large');
    expect(text).toBe('This button is no longer in use.');
    expect(world.transcript()).not.toContain('A name?');
  });

  it('a press for a business account, whose connection is not known, reads as no longer in use', async () => {
    const { world, errors } = play(framework);
    const anna = world.user('Anna').in(await world.user('Owner').connects());
    await anna.sends('/order');
    expect(await pressesBlindly(world, anna, 'Large')).toBe('This button is no longer in use.');
    await anna.taps('Large');
    anna.sees('A name?');
    expect(errors).toEqual([]);
  });

  it("another member's press changes nothing", async () => {
    const { world } = play(framework);
    const group = world.group('Friends');
    const anna = world.user('Anna').in(group);
    await anna.sends('/order');
    const ben = world.user('Ben').in(group);
    expect(await pressesBlindly(world, ben, 'Large')).toBe('This button is no longer in use.');
    await anna.taps('Small');
    anna.sees('A name?');
  });

  it('a question asked elsewhere finds the topic that asked, since its buttons name it', async () => {
    const crew = { chat: 0 };
    const leave = flow('leave', { trigger: '/leave' })
      .ask('approved', {
        prompt: 'Approve?',
        choices: ['Yes', 'No'],
        to: () => crew,
        meanwhile: 'Asked.',
      })
      .done(({ approved }) => `They said ${approved}.`);
    const { world, errors } = play(framework, { states: [leave], strategy: 'userInTopic' });
    const bosses = world.group('Bosses');
    crew.chat = bosses.id;
    const ben = world.user('Ben').in(bosses);
    const anna = world.user('Anna').in(world.group('Forum').topic('Food'));
    await anna.sends('/leave');
    const asked = world.calls.findLast(({ payload }) => payload['chat_id'] === bosses.id);
    const sent = ben.screen().at(-1)?.message as { message_id: number } | undefined;
    const data = dataIn(asked?.payload, 'Yes');
    await world.update({
      callback_query: {
        id: 'blind',
        from: { id: ben.id, is_bot: false, first_name: 'Ben' },
        chat_instance: '1',
        data,
        message: {
          chat: { id: bosses.id, type: 'supergroup', title: 'Bosses' },
          message_id: sent?.message_id,
          date: 0,
        },
      },
    } as never);
    anna.sees('They said Yes.');
    expect(errors).toEqual([]);
  });

  it('a press on an inline message is of the private chat with the user', async () => {
    const { world, passed, errors } = play(framework);
    const anna = world.user('Anna');
    await world.update({
      callback_query: {
        id: 'inline',
        from: { id: anna.id, is_bot: false, first_name: 'Anna' },
        chat_instance: '1',
        inline_message_id: 'i1',
        data: 'own',
      },
    } as never);
    expect(passed).toEqual([`own in telefsm:b1:c${anna.id}:u${anna.id}`]);
    await anna.sends('/order');
    const asked = world.calls.findLast(({ method }) => method === 'sendMessage');
    const data = dataIn(asked?.payload, 'Large');
    const from = { id: anna.id, is_bot: false, first_name: 'Anna' };
    const query = { id: 'forged', from, chat_instance: '1', inline_message_id: 'i1', data };
    await world.update({ callback_query: query } as never);
    anna.sees('A name?');
    expect(errors).toEqual([]);
  });
});
