/** Views where something else goes on: other users, other chats, deadlines while a press is handled. */

import { scene, typed } from '@telefsm/core';
import { virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, frameworks } from './frameworks.ts';
import { play, stale } from './view-play.ts';

const Counter = scene('counter', { data: typed<{ n?: number }>() }).on({
  view: ({ data, button, again, leave }) => ({
    text: `n = ${data.n ?? 0}`,
    rows: [button('up', 'Up', again({ n: (data.n ?? 0) + 1 })), button('ok', 'OK', leave())],
  }),
});
const opens = (bot: BotUnderTest) => bot.command('count', ({ fsm }) => fsm.enter(Counter));

describe.each(frameworks)('a view in an inline message, on %s', (_, framework) => {
  const start = () => {
    const clock = virtualClock();
    const made = play(framework, [Counter], { clock });
    const { bot, world, machine } = made;
    machine.connect(bot.bot as never);
    const failures: unknown[] = [];
    machine.observe('sendFailed', ({ error }) => void failures.push(error));
    bot.use(({ ctx, fsm }, next) =>
      JSON.stringify(Reflect.get(ctx, 'update')).includes('"open"') ? fsm.enter(Counter) : next(),
    );
    let queries = 0;
    const press = async (user: { readonly id: number }, data: string, inline: string) => {
      const from = { id: user.id, is_bot: false, first_name: 'User' };
      const query = { id: `q${++queries}`, from, chat_instance: '1', data };
      const before = world.calls.length;
      await world.update({ callback_query: { ...query, inline_message_id: inline } } as never);
      return world.calls.slice(before).map(({ method, payload }) => ({ method, ...payload }));
    };
    const data = (label: string) => {
      const { payload } = world.calls.findLast(({ method }) => method === 'editMessageText') ?? {};
      const rows: { text: string; callback_data: string }[][] = Object(payload?.['reply_markup'])[
        'inline_keyboard'
      ];
      return rows.flat().find(({ text }) => text === label)?.callback_data ?? '';
    };
    return { ...made, clock, failures, press, data };
  };

  it('is its owner’s: a press of somebody else changes nothing', async () => {
    const { anna, world, press, data, machine } = start();
    const ben = world.user('Ben');
    await press(anna, 'open', 'one');
    expect(await press(ben, data('Up'), 'one')).toMatchObject([
      { method: 'answerCallbackQuery', text: 'This button is for someone else.', show_alert: true },
    ]);
    expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({});
    expect(await machine.at({ user: ben.id }).peek()).toBeUndefined();
  });

  it('loses its buttons when it is left, and when the view is opened in another one', async () => {
    const { anna, press, data, failures } = start();
    await press(anna, 'open', 'one');
    const [removal] = await press(anna, 'open', 'two');
    expect(removal).toEqual({ method: 'editMessageReplyMarkup', inline_message_id: 'one' });
    const left = await press(anna, data('OK'), 'two');
    expect(left.at(-1)).toEqual({ method: 'editMessageReplyMarkup', inline_message_id: 'two' });
    expect(String(failures)).not.toContain('edit');
  });

  it('that was deleted is reported, and its owner reads nothing elsewhere', async () => {
    const { anna, world, machine, press, failures, bot } = start();
    await press(anna, 'open', 'one');
    const before = world.calls.length;
    const description = 'Bad Request: MESSAGE_ID_INVALID';
    world.fails('editMessageText', { error_code: 400, description });
    await machine.at({ user: anna.id }).run(({ state }) => state.replace({ n: 7 } as never));
    expect(world.calls.slice(before).map(({ method }) => method)).toEqual(['editMessageText']);
    expect(String(failures)).toContain('MESSAGE_ID_INVALID');
    expect(bot.errors).toEqual([]);
  });
});

describe.each(frameworks)('a view elsewhere than in a private chat, on %s', (_, framework) => {
  it('in a business chat deletes accepted input through the connection', async () => {
    const Note = scene('note', {
      data: typed<{ note?: string }>(),
      deleteInput: true,
      afterInput: 'resend',
    }).on({
      view: ({ data, button, leave }) => ({
        text: `Note: ${data.note ?? '–'}`,
        rows: [button('ok', 'OK', leave())],
      }),
      handle: ({ input, again }) => again({ note: input.text }),
    });
    const { bot, world, anna, calls } = play(framework, [Note]);
    bot.use(({ ctx, fsm }, next) =>
      JSON.stringify(Reflect.get(ctx, 'update')).includes('"note"') ? fsm.enter(Note) : next(),
    );
    const business = await anna.connects();
    const ben = world.user('Ben').in(business);
    await ben.sends('note');
    calls();
    await ben.sends('milk');
    expect(calls()).toEqual(['sendMessage', 'deleteBusinessMessages', 'deleteBusinessMessages']);
    expect(ben.screen().map(({ text }) => text)).toEqual(['Note: milk']);
    await ben.taps('OK');
    const { payload } = world.calls.at(-1) ?? {};
    expect(payload).toMatchObject({ business_connection_id: business.id });
    expect(bot.errors).toEqual([]);
  });

  it('in a topic is sent there again without an update', async () => {
    const clock = virtualClock();
    const { bot, world, anna, machine } = play(framework, [Counter], { clock });
    machine.connect(bot.bot as never);
    opens(bot);
    const topic = world.group('Team').topic('Numbers');
    await anna.in(topic).sends('/count');
    const { chat_id, message_thread_id } = world.calls[0]?.payload ?? {};
    expect(message_thread_id).toBeDefined();
    const description = "Bad Request: message can't be edited";
    world.fails('editMessageText', { error_code: 400, description });
    await machine
      .at({ user: anna.id, chat: Number(chat_id) })
      .run(({ state }) => state.replace({ n: 7 } as never));
    anna.in(topic).sees('n = 7');
    const sent = world.calls.findLast(({ method }) => method === 'sendMessage');
    expect(sent?.payload).toMatchObject({ message_thread_id });
    expect(bot.errors).toEqual([]);
  });

  it('is not shown again by render() once it was left', async () => {
    const { bot, anna, machine, calls } = play(framework, [Counter]);
    machine.connect(bot.bot as never);
    opens(bot);
    await anna.sends('/count');
    const old = anna.last;
    await anna.taps('OK');
    calls();
    await machine.at({ user: anna.id }).render();
    expect(calls()).toEqual([]);
    expect(await anna.taps('Up', old)).toMatchObject({ alert: stale });
    expect(anna.last.text).toBe('n = 0');
  });
});

describe.each(frameworks)('a deadline while a press is handled, on %s', (_, framework) => {
  it('passes behind it, and both changes are shown', async () => {
    const clock = virtualClock();
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const Slow = scene('slow', {
      data: typed<{ n: number; isLate?: boolean }>(),
      timeout: '1m',
    }).on({
      view: ({ data, button }) => ({
        text: `n = ${data.n}${data.isLate ? ', late' : ''}`,
        rows: [
          button('up', 'Up', async ({ again }) => {
            await gate;
            return again({ n: data.n + 1 });
          }),
        ],
      }),
      timeout: ({ again }) => again({ isLate: true }),
    });
    const { bot, anna, machine } = play(framework, [Slow], { clock });
    machine.connect(bot.bot as never);
    bot.command('slow', ({ fsm }) => fsm.enter(Slow, { n: 0 }));
    await anna.sends('/slow');
    const pressed = anna.taps('Up');
    await clock.advance('2m');
    open();
    await pressed;
    await anna.taps('Up');
    expect(anna.screen().map(({ text }) => text)).toEqual(['n = 2, late']);
    expect(bot.errors).toEqual([]);
  });
});
