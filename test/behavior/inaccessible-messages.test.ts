import { flow, type UserInput } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { dataIn, pressesBlindly } from './blind-presses.ts';
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
describe.each(frameworks)('presses on inaccessible messages, on %s', (_, framework) => {
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

  it('a press on an inline message is of the private chat with the user, and no button of a question', async () => {
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
    expect(world.calls.at(-1)?.payload['text']).toBe('This button is no longer in use.');
    await anna.taps('Large');
    anna.sees('A name?');
    expect(errors).toEqual([]);
  });
});
