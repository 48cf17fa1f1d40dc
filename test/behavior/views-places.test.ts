/** Views where bots are: below messages, in groups, topics, business chats and inline messages; and when Telegram takes no edit. */

import { scene, typed } from '@telefsm/core';
import { virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, frameworks, type Options } from './frameworks.ts';
import { dataOf, labels, play, stale } from './view-play.ts';

const Counter = scene('counter', { data: typed<{ n?: number }>() }).on({
  view: ({ data, button, again }) => ({
    text: `n = ${data.n ?? 0}`,
    rows: [button('up', 'Up', again({ n: (data.n ?? 0) + 1 }))],
  }),
  handle: ({ input, again, stay }) =>
    /^\d+$/.test(input.text) ? again({ n: Number(input.text) }) : stay().toast('No number'),
});
const opens = (bot: BotUnderTest) => bot.command('count', ({ fsm }) => fsm.enter(Counter));

describe.each(frameworks)('a view and messages of its user, on %s', (_, framework) => {
  const withOptions = (options: object) => {
    const Note = scene('note', { data: typed<{ note?: string }>(), ...options }).on({
      view: ({ data, button, leave }) => ({
        text: `Note: ${data.note ?? '–'}`,
        rows: [button('ok', 'OK', leave())],
      }),
      handle: ({ input, again }) => again({ note: input.text }),
    });
    const world = play(framework, [Note]);
    world.bot.command('note', ({ fsm }) => fsm.enter(Note));
    world.bot.command('hello', async ({ say }) => void (await say('Hello.')));
    return world;
  };

  it('accepted input edits the message where it is', async () => {
    const { anna, calls } = withOptions({});
    await anna.sends('/note');
    const { message_id } = anna.last;
    calls();
    await anna.sends('milk');
    anna.sees('Note: milk');
    expect(anna.last.message_id).toBe(message_id);
    expect(calls()).toEqual(['editMessageText']);
  });

  it('`resend` moves the message below accepted input', async () => {
    const { anna, calls } = withOptions({ afterInput: 'resend' });
    await anna.sends('/note');
    const { message_id } = anna.last;
    calls();
    await anna.sends('milk');
    anna.sees('Note: milk');
    expect(anna.last.message_id).not.toBe(message_id);
    expect(anna.screen()).toHaveLength(1);
    expect(calls()).toEqual(['sendMessage', 'deleteMessage']);
    await anna.taps('OK');
    expect(labels(anna.last)).toEqual([]);
  });

  it('`deleteInput` deletes accepted input, and a bot that may not continues', async () => {
    const { anna, calls, world, bot } = withOptions({ deleteInput: true });
    await anna.sends('/note');
    calls();
    await anna.sends('milk');
    expect(calls().sort()).toEqual(['deleteMessage', 'editMessageText']);
    world.fails('deleteMessage', {
      error_code: 400,
      description: "Bad Request: message can't be deleted",
    });
    await anna.sends('tea');
    anna.sees('Note: tea');
    expect(bot.errors).toEqual([]);
  });

  it('input that the node does not accept continues to the bot', async () => {
    const { anna, calls } = withOptions({});
    await anna.sends('/note');
    calls();
    await anna.sends('/hello');
    expect(calls()).toEqual(['sendMessage']);
    await anna.taps('OK');
    expect(anna.screen().flatMap(labels)).toEqual([]);
  });
});

describe.each(frameworks)('a view whose data somebody else changes, on %s', (_, framework) => {
  it('is shown again below a message, and edited in place from outside', async () => {
    const { bot, anna, machine, calls } = play(framework, [Counter]);
    opens(bot);
    bot.command('add', ({ fsm, say }) => {
      fsm.edit((draft) => void Object.assign(draft, { n: 5 }));
      return say('Added.');
    });
    bot.command('same', ({ fsm }) => void fsm.update({ n: 5 } as never));
    await anna.sends('/count');
    calls();
    await anna.sends('/add');
    expect(calls()).toEqual(['sendMessage', 'sendMessage', 'deleteMessage']);
    expect(anna.screen().map(({ text }) => text)).toEqual(['Added.', 'n = 5']);
    await machine.at({ user: anna.id }).run(({ state }) => state.replace({ n: 7 } as never));
    expect(calls()).toEqual(['editMessageText']);
    await anna.taps('Up');
    expect(anna.screen().map(({ text }) => text)).toEqual(['Added.', 'n = 8']);
    expect(bot.errors).toEqual([]);
  });
});

describe.each(frameworks)('a view in every kind of chat, on %s', (_, framework) => {
  it('in a group only its owner presses', async () => {
    const { bot, world, anna, machine } = play(framework, [Counter]);
    opens(bot);
    const group = world.group('Team');
    const ben = world.user('Ben');
    await anna.in(group).sends('/count');
    const { alert } = await ben.in(group).taps('Up');
    expect(alert).toBe('This button is for someone else.');
    await anna.in(group).taps('Up');
    anna.in(group).sees('n = 1');
    expect(await machine.at({ user: ben.id, chat: group.id }).peek()).toBeUndefined();
    expect(bot.errors).toEqual([]);
  });

  it('in a shared conversation everybody presses', async () => {
    const { bot, world, anna } = play(framework, [Counter], { strategy: 'chat' });
    opens(bot);
    const group = world.group('Team');
    const ben = world.user('Ben');
    await anna.in(group).sends('/count');
    await ben.in(group).taps('Up');
    await anna.in(group).taps('Up');
    anna.in(group).sees('n = 2');
    expect(bot.errors).toEqual([]);
  });

  it('in a topic the view is shown and edited there', async () => {
    const { bot, world, anna, calls } = play(framework, [Counter]);
    opens(bot);
    const topic = world.group('Team').topic('Numbers');
    await anna.in(topic).sends('/count');
    calls();
    await anna.in(topic).taps('Up');
    anna.in(topic).sees('n = 1');
    expect(calls()).toEqual(['answerCallbackQuery', 'editMessageText']);
    await anna.in(topic).sends('7');
    anna.in(topic).sees('n = 7');
    expect(bot.errors).toEqual([]);
  });

  it('in a business chat the message is edited and deleted through the connection', async () => {
    const { bot, world, anna, calls } = play(framework, [Counter]);
    bot.use(({ ctx, fsm }, next) =>
      JSON.stringify(Reflect.get(ctx, 'update')).includes('"count"') ? fsm.enter(Counter) : next(),
    );
    const business = await anna.connects();
    const ben = world.user('Ben').in(business);
    await ben.sends('count');
    calls();
    await ben.taps('Up');
    ben.sees('n = 1');
    expect(calls()).toEqual(['answerCallbackQuery', 'editMessageText']);
    expect(world.calls.at(-1)?.payload).toMatchObject({ business_connection_id: business.id });
    world.fails('editMessageText', {
      error_code: 400,
      description: "Bad Request: message can't be edited",
    });
    await ben.taps('Up');
    ben.sees('n = 2');
    expect(ben.screen()).toHaveLength(1);
    expect(calls()).toContain('deleteBusinessMessages');
    expect(bot.errors).toEqual([]);
  });

  it('a button of an inline message opens the view in that message', async () => {
    const { bot, world, anna } = play(framework, [Counter]);
    const press = async (data: string, inline: string) => {
      const from = { id: anna.id, is_bot: false, first_name: 'Anna', language_code: 'en' };
      const query = { id: `q${Math.floor(data.length)}${inline}`, from, chat_instance: '1', data };
      await world.update({ callback_query: { ...query, inline_message_id: inline } } as never);
    };
    bot.use(({ ctx, fsm }, next) =>
      JSON.stringify(Reflect.get(ctx, 'update')).includes('"open"') ? fsm.enter(Counter) : next(),
    );
    await press('open', 'inline-1');
    const last = () => world.calls.findLast(({ method }) => method === 'editMessageText')?.payload;
    expect(last()).toMatchObject({ inline_message_id: 'inline-1', text: 'n = 0' });
    const up = Object(last()?.['reply_markup']).inline_keyboard[0][0].callback_data;
    await press(up, 'inline-1');
    expect(last()).toMatchObject({ inline_message_id: 'inline-1', text: 'n = 1' });
    await press(up, 'inline-2');
    expect(last()).toMatchObject({ inline_message_id: 'inline-1', text: 'n = 1' });
    expect(bot.errors).toEqual([]);
  });
});

describe.each(frameworks)('a view that is shown again from outside, on %s', (_, framework) => {
  const start = (options: Options = {}) => {
    let score = 0;
    const Live = scene('live').on({ view: () => `Score ${score}` });
    const clock = virtualClock();
    const world = play(framework, [Live], { clock, ...options });
    world.bot.command('live', ({ fsm }) => fsm.enter(Live));
    world.machine.connect(world.bot.bot as never);
    const at = () => world.machine.at({ user: world.anna.id });
    return { ...world, clock, at, goal: () => void score++ };
  };

  it('render() edits what has changed, and nothing else', async () => {
    const { anna, at, goal, calls, clock } = start();
    await anna.sends('/live');
    calls();
    await at().render();
    expect(calls()).toEqual([]);
    goal();
    await clock.advance('1s');
    await at().render();
    expect(calls()).toEqual(['editMessageText']);
    expect(anna.last.text).toBe('Score 1');
  });

  it('several calls within a second are two edits', async () => {
    const { anna, at, goal, calls, clock } = start();
    await anna.sends('/live');
    calls();
    goal();
    const first = at().render();
    await first;
    const later = [1, 2, 3, 4].map(() => {
      goal();
      return at().render();
    });
    await clock.advance('900ms');
    expect(calls()).toEqual(['editMessageText']);
    await clock.advance('100ms');
    await Promise.all(later);
    expect(calls()).toEqual(['editMessageText']);
    expect(anna.last.text).toBe('Score 5');
  });

  it('views of one group are rendered a second apart each, and other chats meanwhile', async () => {
    const { bot, world, machine, clock, goal, anna, at } = start();
    const group = world.group('Team');
    const [ben, cleo] = [world.user('Ben'), world.user('Cleo')];
    for (const user of [ben, cleo]) await user.in(group).sends('/live');
    await anna.sends('/live');
    goal();
    await at().render();
    const edits = () => world.calls.filter(({ method }) => method === 'editMessageText').length;
    const inGroup = (user: { readonly id: number }) =>
      machine.at({ chat: group.id, user: user.id }).render();
    await inGroup(ben);
    const second = inGroup(cleo);
    expect(edits()).toBe(2);
    await clock.advance('1s');
    await second;
    expect(edits()).toBe(3);
    expect(bot.errors).toEqual([]);
  });

  it('where no view is shown nothing happens', async () => {
    const { at, calls } = start();
    await at().render();
    expect(calls()).toEqual([]);
  });
});

describe.each(frameworks)('a view that Telegram does not edit, on %s', (_, framework) => {
  it('an edit that changes nothing is a success', async () => {
    const { bot, anna, world } = play(framework, [Counter]);
    opens(bot);
    await anna.sends('/count');
    world.fails('editMessageText', 'lost answer');
    await anna.taps('Up').catch(() => {});
    await anna.taps('Up');
    expect(anna.screen().map(({ text }) => text)).toEqual(['n = 2']);
  });

  it('a press on a message that the bot cannot see any more shows the view in a new one', async () => {
    const { bot, anna, world } = play(framework, [Counter]);
    opens(bot);
    await anna.sends('/count');
    const { message } = anna.last;
    world.fails('editMessageText', {
      error_code: 400,
      description: "Bad Request: message can't be edited",
    });
    world.fails('deleteMessage', {
      error_code: 400,
      description: "Bad Request: message can't be deleted",
    });
    const from = { id: anna.id, is_bot: false, first_name: 'Anna' };
    const data = dataOf(anna.last, 'Up');
    const inaccessible = { chat: message.chat, message_id: message.message_id, date: 0 };
    const query = { id: 'q1', from, chat_instance: '1', data, message: inaccessible };
    await world.update({ callback_query: query } as never);
    expect(anna.screen().map((shown) => [shown.text, labels(shown).length])).toEqual([
      ['n = 0', 0],
      ['n = 1', 1],
    ]);
    expect(bot.errors).toEqual([]);
  });

  it('the next press repairs an edit that failed for another reason', async () => {
    const { bot, anna, world } = play(framework, [Counter]);
    opens(bot);
    await anna.sends('/count');
    const old = anna.last;
    await anna.sends('/count');
    expect(await anna.taps('Up', old)).toMatchObject({ alert: stale });
    world.fails('editMessageText', {
      error_code: 403,
      description: 'Forbidden: bot was blocked by the user',
    });
    await anna.taps('Up').catch(() => {});
    await anna.taps('Up');
    expect(anna.screen().at(-1)?.text).toBe('n = 2');
  });
});
