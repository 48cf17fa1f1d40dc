/** Reply keyboards that handlers show by the methods of their framework, with the option `replyKeyboards`. */

import { flow, removeReplyKeyboards, state, states, type Turn } from '@telefsm/core';
import { virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, type Framework, frameworks, type Options } from './frameworks.ts';
import { play, yesOrNo } from './play.ts';
import { storages } from './storages.ts';

const Form = states('Form', { size: state(), name: state() });
const menu = { keyboard: [[{ text: 'Menu' }]] };
const sure = { reply_markup: yesOrNo };

type Reply = (text: string, more?: object) => Promise<unknown>;
/** The framework's own method, with everything that it accepts. */
const replyOf = (ctx: object) => (ctx as { reply: Reply }).reply.bind(ctx);

/** A bot of states: /size shows a keyboard and asks; an answer leads to the name, which ends the form. */
function register(bot: BotUnderTest, shown: object = sure): void {
  bot.command('size', async ({ ctx, fsm }) => {
    await replyOf(ctx)('Size?', shown);
    fsm.set(Form.size);
  });
  bot.command('cancel', async ({ say, fsm }) => {
    fsm.clear();
    await say('Canceled.');
  });
  bot.inState([Form.size], async ({ say, fsm, text }) => {
    if (text === 'no') return say('Yes or no?');
    await say('Thanks.');
    fsm.set(Form.name);
    return say('Name?');
  });
  bot.inState([Form.name], async ({ say, fsm }) => {
    fsm.clear();
    await say('Done.');
  });
  bot.use(({ say }) => say('Hello.'));
}

function playForm(framework: Framework, options: Options = {}, shown?: object) {
  const played = play(framework, [Form], { replyKeyboards: removeReplyKeyboards(), ...options });
  register(played.bot, shown);
  return played;
}

describe.each(frameworks)('reply keyboards of handlers, on %s', (_, framework) => {
  describe.each(storages)('in %s', (_name, storage) => {
    it('the first message after the state is left removes the keyboard, once', async () => {
      const { anna, markups, bot } = playForm(framework, { storage: storage() });
      for (const text of ['/size', 'no', 'Yes', 'Anna', 'x']) await anna.sends(text);
      expect(markups()).toEqual([
        'keyboard',
        'plain',
        'plain',
        'remove_keyboard',
        'plain',
        'plain',
      ]);
      expect(bot.errors).toEqual([]);
    });

    it('a canceled conversation removes the keyboard, also in another process', async () => {
      const shared = storage();
      const first = playForm(framework, { storage: shared });
      await first.anna.sends('/size');
      const second = playForm(framework, { storage: shared });
      await second.world
        .user('Anna', { id: first.anna.id, updateId: 100 } as never)
        .sends('/cancel');
      expect(second.markups()).toEqual(['remove_keyboard']);
    });
  });

  it.each<readonly [string, object]>([
    [
      'of the framework',
      framework.name === 'grammY'
        ? { reply_markup: Object.assign(Object.create({ kind: 'k' }), yesOrNo) }
        : sure,
    ],
    ['that is shown once', { reply_markup: { ...yesOrNo, one_time_keyboard: true } }],
  ])('a keyboard %s is removed', async (_kind, shown) => {
    const { anna, markups } = playForm(framework, {}, shown);
    for (const text of ['/size', '/cancel']) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', 'remove_keyboard']);
  });

  it('a persistent keyboard is the menu of the bot, and stays', async () => {
    const shown = { reply_markup: { ...menu, is_persistent: true } };
    const { anna, markups } = playForm(framework, {}, shown);
    for (const text of ['/size', 'Yes', 'Anna', 'x']) await anna.sends(text);
    expect(markups()).not.toContain('remove_keyboard');
  });

  it('a keyboard that is shown to a user without a state is the menu of the bot, and stays', async () => {
    const { bot, anna, markups } = play(framework, [Form], {
      replyKeyboards: removeReplyKeyboards(),
    });
    bot.command('start', ({ ctx }) => replyOf(ctx)('Welcome.', { reply_markup: menu }));
    register(bot, {});
    for (const text of ['/start', '/size', 'Yes', 'Anna', 'x']) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', ...Array.from({ length: 5 }, () => 'plain')]);
  });

  it('a menu that ends the conversation replaces its keyboard, and stays', async () => {
    const { bot, anna, markups } = play(framework, [Form], {
      replyKeyboards: removeReplyKeyboards(),
    });
    bot.command('menu', async ({ ctx, fsm }) => {
      fsm.clear();
      await replyOf(ctx)('Menu.', { reply_markup: menu });
    });
    register(bot);
    for (const text of ['/size', '/menu', 'x', 'y']) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', 'keyboard', 'plain', 'plain']);
  });

  it('a message with buttons of its own leaves the keyboard to the next one, and a handler may remove it itself', async () => {
    const inline = { inline_keyboard: [[{ text: 'x', callback_data: 'x' }]] };
    const { bot, anna, markups } = play(framework, [Form], {
      replyKeyboards: removeReplyKeyboards(),
    });
    bot.command('inline', async ({ ctx, fsm }) => {
      fsm.set(Form.name);
      await replyOf(ctx)('Name?', { reply_markup: inline });
      await replyOf(ctx)('Type it.');
    });
    bot.command('remove', async ({ ctx, fsm }) => {
      await replyOf(ctx)('Gone.', { reply_markup: { remove_keyboard: true } });
      fsm.clear();
      await replyOf(ctx)('Bye.');
    });
    register(bot);
    for (const text of ['/size', '/inline', '/size', '/remove']) await anna.sends(text);
    expect(markups()).toEqual([
      'keyboard',
      'inline_keyboard',
      'remove_keyboard',
      'keyboard',
      'remove_keyboard',
      'plain',
    ]);
  });

  it('a handler that fails keeps nothing, and a message to another chat removes nothing', async () => {
    const { bot, anna, world, markups } = play(framework, [Form], {
      replyKeyboards: removeReplyKeyboards(),
    });
    const boris = world.user('Boris');
    bot.command('broken', async ({ ctx, fsm }) => {
      fsm.set(Form.size);
      await replyOf(ctx)('Size?', sure);
      throw new Error('broken');
    });
    bot.command('tell', async ({ ctx, fsm }) => {
      fsm.clear();
      const { api, telegram } = ctx as Record<
        string,
        { sendMessage(id: number, text: string): Promise<unknown> }
      >;
      await (api ?? telegram)?.sendMessage(boris.id, 'News.');
      await replyOf(ctx)('Told.');
    });
    register(bot);
    await boris.sends('hello');
    for (const text of ['/broken', 'x', '/size', '/tell']) await anna.sends(text);
    expect(markups()).toEqual([
      'plain',
      'keyboard',
      'plain',
      'keyboard',
      'plain',
      'remove_keyboard',
    ]);
    expect(bot.errors).toHaveLength(1);
  });

  it('a flow removes what a handler has shown, and its question keeps its own keyboard until it is answered', async () => {
    const form = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?', choices: ['Yes', 'No'], buttons: 'reply' })
      .done(() => 'Done.');
    const { bot, anna, markups } = play(framework, [Form, form], {
      replyKeyboards: removeReplyKeyboards(),
    });
    register(bot);
    for (const text of ['/size', '/f', '1', 'neither', 'Yes', 'x']) await anna.sends(text);
    expect(markups()).toEqual([
      'keyboard',
      'remove_keyboard',
      'keyboard',
      'plain',
      'remove_keyboard',
      'plain',
    ]);
    expect(bot.errors).toEqual([]);
  });

  it('a scene of the framework removes what one of its handlers has shown when it is left', async () => {
    const wizard = framework.scene('wizard');
    wizard.enter(({ ctx }) => replyOf(ctx)('Sure?', sure));
    wizard.use(({ say, fsm, text }) => (text === 'no' ? say('Really?') : fsm.leave()));
    const { bot, anna, markups } = play(framework, [], {
      scenes: [wizard.scene],
      replyKeyboards: removeReplyKeyboards(),
    });
    bot.command('go', ({ fsm }) => fsm.enter(wizard.scene));
    bot.use(({ say }) => say('Hello.'));
    for (const text of ['/go', 'no', 'Yes', 'x', 'y']) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', 'plain', 'remove_keyboard', 'plain']);
    expect(bot.errors).toEqual([]);
  });

  it('in a group the keyboard is removed by a reply to its user', async () => {
    const { anna, world } = playForm(framework);
    const inGroup = anna.in(world.group('Group'));
    for (const text of ['/size', '/cancel']) await inGroup.sends(text);
    expect(world.calls.at(-1)?.payload).toMatchObject({
      text: 'Canceled.',
      reply_markup: { remove_keyboard: true, selective: true },
    });
  });

  it('in a group a reaction removes no keyboard, because it may be to a message of somebody else', async () => {
    const { bot, world } = play(framework, [Form], { replyKeyboards: removeReplyKeyboards() });
    bot.use(({ fsm, say, ctx }, next) => {
      const { update } = ctx as { readonly update: object };
      if (!('message_reaction' in update)) return next();
      fsm.clear();
      return say('Liked.');
    });
    register(bot);
    const group = world.group('Group');
    const [here, there] = [world.user('Anna').in(group), world.user('Ben').in(group)];
    await there.sends('Hi');
    const said = there.last;
    await here.sends('/size');
    await here.reacts('👍', said);
    expect(world.calls.at(-1)?.payload).toEqual({ chat_id: group.id, text: 'Liked.' });
    await here.sends('x');
    expect(world.calls.at(-1)?.payload).toMatchObject({ reply_markup: { remove_keyboard: true } });
  });

  it('a deadline removes a keyboard with its message, and the next handler removes one that it has shown', async () => {
    const clock = virtualClock();
    const { bot, anna, markups, machine } = play(framework, [Form], {
      clock,
      replyKeyboards: removeReplyKeyboards(),
      onTimeout: async ({ state: fsm, reply }: Turn) => {
        fsm.set(Form.name as never);
        await reply('Too late.');
        await reply({ text: 'Another try?', keyboard: yesOrNo });
      },
    });
    bot.command('expire', ({ fsm }) => fsm.expire('1m'));
    register(bot);
    for (const text of ['/size', '/expire']) await anna.sends(text);
    await clock.advance('2m');
    await machine.sweep();
    await anna.sends('Anna');
    expect(markups()).toEqual(['keyboard', 'remove_keyboard', 'keyboard', 'remove_keyboard']);
    expect(bot.errors).toEqual([]);
  });

  it('work from outside shows a keyboard by reply or api, which is removed once its state is left', async () => {
    const { bot, anna, markups, machine } = play(framework, [Form], {
      replyKeyboards: removeReplyKeyboards(),
    });
    register(bot);
    await anna.sends('x');
    const at = machine.at({ user: anna.id });
    await at.run(async ({ state: fsm, reply }) => {
      fsm.set(Form.size as never);
      await reply({ text: 'Size?', keyboard: yesOrNo });
    });
    await anna.sends('/cancel');
    await at.run(async ({ state: fsm, api }) => {
      fsm.set(Form.size as never);
      await api('sendMessage', { chat_id: anna.id, text: 'Size?', reply_markup: yesOrNo });
    });
    await at.run(async ({ state: fsm, reply }) => {
      fsm.clear();
      await reply('Never mind.');
    });
    expect(markups()).toEqual([
      'plain',
      'keyboard',
      'remove_keyboard',
      'keyboard',
      'remove_keyboard',
    ]);
    expect(bot.errors).toEqual([]);
  });

  it('without the option handlers send what they say', async () => {
    const { anna, markups } = playForm(framework, { replyKeyboards: undefined } as never);
    for (const text of ['/size', '/cancel', 'x']) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', 'plain', 'plain']);
  });

  it('a value that is not made by removeReplyKeyboards is rejected when the bot starts', () => {
    for (const replyKeyboards of [true, 'remove', removeReplyKeyboards])
      expect(() => play(framework, [Form], { replyKeyboards } as never)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
  });
});
