import { flow, scene, typed } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { dataOf, labels, play, stale } from './view-play.ts';

interface Values {
  readonly language: 'en' | 'de';
  readonly sound: boolean;
  readonly topics: readonly ('news' | 'offers')[];
  readonly volume: number;
}

const begin: Values = { language: 'en', sound: false, topics: [], volume: 5 };

const Settings = scene('settings', { data: typed<Values>() }).on({
  view: ({ data, radio, toggle, multi, counter, button, leave }) => ({
    text: data.language === 'de' ? 'Einstellungen' : 'Settings',
    rows: [
      radio('language', { en: 'English', de: 'Deutsch' }),
      toggle('sound', 'Sound'),
      multi('topics', ['news', 'offers'], { max: 2 }),
      data.sound && counter('volume', { min: 0, max: 6 }),
      button('close', 'Close', leave().toast('Saved')),
    ],
  }),
});

describe.each(frameworks)('views, on %s', (_, framework) => {
  it('a press changes data and edits the one message', async () => {
    const { anna, bot, machine, calls } = play(framework, [Settings]);
    bot.command('settings', ({ fsm }) => fsm.enter(Settings, begin));
    await anna.sends('/settings');
    expect(calls()).toEqual(['sendMessage']);
    expect(labels(anna.last)).toEqual([
      ['● English', '○ Deutsch'],
      ['Sound'],
      ['news', 'offers'],
      ['Close'],
    ]);
    await anna.taps('○ Deutsch');
    anna.sees('Einstellungen');
    expect(calls()).toEqual(['answerCallbackQuery', 'editMessageText']);
    await anna.taps('Sound');
    expect(labels(anna.last)[3]).toEqual(['−', '5', '+']);
    expect(calls()).toEqual(['answerCallbackQuery', 'editMessageReplyMarkup']);
    await anna.taps('+');
    await anna.taps('+');
    expect(labels(anna.last)[3]).toEqual(['−', '6', '+']);
    await anna.taps('offers');
    await anna.taps('news');
    expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({
      language: 'de',
      sound: true,
      topics: ['news', 'offers'],
      volume: 6,
    });
    calls();
    const { alert } = await anna.taps('Close');
    expect(alert).toBe('Saved');
    expect(calls()).toEqual(['answerCallbackQuery', 'editMessageReplyMarkup']);
    expect(labels(anna.last)).toEqual([]);
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
    expect(bot.errors).toEqual([]);
  });

  it('toast() and alert() answer the press: a notification, and a dialog', async () => {
    const Menu = scene('menu').on({
      view: ({ button, again }) => ({
        text: 'Menu',
        rows: [
          button('toast', 'Toast', again().toast('Done')),
          button('alert', 'Alert', () => again().alert('Really done')),
          button('both', 'Both', again().toast('first').alert('last')),
        ],
      }),
    });
    const { anna, bot, world } = play(framework, [Menu]);
    bot.command('menu', ({ fsm }) => fsm.enter(Menu, {}));
    await anna.sends('/menu');
    for (const label of ['Toast', 'Alert', 'Both']) await anna.taps(label);
    expect(
      world.calls
        .filter(({ method }) => method === 'answerCallbackQuery')
        .map(({ payload: { text, show_alert } }) => [text, show_alert]),
    ).toEqual([
      ['Done', false],
      ['Really done', true],
      ['last', true],
    ]);
  });

  it('a press that changes nothing is answered and edits nothing', async () => {
    const { anna, bot, calls } = play(framework, [Settings]);
    bot.command('settings', ({ fsm }) => fsm.enter(Settings, begin));
    await anna.sends('/settings');
    calls();
    await anna.taps('● English');
    expect(calls()).toEqual(['answerCallbackQuery']);
  });

  it('a double tap on a toggle is done once', async () => {
    const { anna, bot, machine, forges } = play(framework, [Settings]);
    bot.command('settings', ({ fsm }) => fsm.enter(Settings, begin));
    await anna.sends('/settings');
    const shown = anna.last;
    await anna.taps('Sound');
    expect(await forges(anna, dataOf(shown, 'Sound'), anna.last)).toBeUndefined();
    expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({ ...begin, sound: true });
  });

  it('a forged press, and one below another message of the bot, is stale', async () => {
    const { anna, bot, machine, forges } = play(framework, [Settings]);
    bot.command('settings', ({ fsm }) => fsm.enter(Settings, begin));
    bot.command('hello', async ({ say }) => void (await say('Hello.')));
    await anna.sends('/hello');
    const other = anna.last;
    await anna.sends('/settings');
    const shown = anna.last;
    const data = dataOf(shown, 'Sound');
    const before = await machine.at({ user: anna.id }).peek();
    expect(await forges(anna, data, other)).toBe(stale);
    expect(await forges(anna, data.replace(/sound.*$/, 'admin'), shown)).toBe(stale);
    expect(await forges(anna, data.replace(/sound.*$/, 'volume+'), shown)).toBe(stale);
    expect(await machine.at({ user: anna.id }).peek()).toEqual(before);
    expect(bot.errors).toEqual([]);
  });

  it('the same view entered by a command is a new message, and the old one loses its buttons', async () => {
    const { anna, bot } = play(framework, [Settings]);
    bot.command('settings', ({ fsm }) => fsm.enter(Settings, begin));
    await anna.sends('/settings');
    const old = anna.last;
    await anna.sends('/settings');
    expect(anna.last.message_id).not.toBe(old.message_id);
    expect(anna.screen().map((each) => labels(each).length)).toEqual([0, 4]);
    const { alert } = await anna.taps('Sound', old);
    expect(alert).toBe(stale);
    await anna.taps('Sound');
    expect(labels(anna.last)[1]).toEqual(['✓ Sound']);
  });
});

const Menu = scene('menu', { data: typed<{ note?: string; answer?: { name: string } }>() }).on({
  view: ({ data, button, goto, call }) => ({
    text: `Menu ${data.note ?? ''}`.trim(),
    rows: [
      button('list', 'List', goto(List)),
      button('ask', 'Ask', call(Ask, {}, { into: 'answer' })),
      button('card', 'Card', call(Card, {}, { into: 'note' })),
      button('fresh', 'Fresh', goto(List, {}, { fresh: true })),
    ],
  }),
});
const items = Array.from({ length: 25 }, (_, at) => at);
const List = scene('list').on({
  view: async ({ page, pages, button, goto, call }) => {
    const shown = await page('items', items, { size: 10 });
    return {
      text: `Items ${shown.items.join(' ')}`,
      rows: [
        pages('items', shown, (n) => button(`${n}`, `Item ${n}`, call(Card)), { columns: 5 }),
        button('menu', 'Menu', goto(Menu)),
      ],
    };
  },
});
const Card = scene('card', { result: typed<string>() }).on({
  view: ({ button, leave }) => ({
    photo: 'photo-id',
    caption: 'A card',
    rows: [button('ok', 'OK', leave('seen'))],
  }),
});
const Ask = flow('ask')
  .ask('name', { prompt: 'Name?' })
  .done(({ name }) => `Hello ${name}.`);

describe.each(frameworks)('several views in one message, on %s', (_, framework) => {
  const start = async () => {
    const world = play(framework, [Menu, List, Card, Ask]);
    world.bot.command('menu', ({ fsm }) => fsm.enter(Menu));
    await world.anna.sends('/menu');
    world.calls();
    return world;
  };

  it('a view that is entered from a view takes over its message', async () => {
    const { anna, calls } = await start();
    const { message_id } = anna.last;
    await anna.taps('List');
    anna.sees(/Items 0 1/);
    expect(calls()).toEqual(['answerCallbackQuery', 'editMessageText']);
    expect(anna.last.message_id).toBe(message_id);
    await anna.taps('Menu');
    anna.sees('Menu');
    expect(anna.last.message_id).toBe(message_id);
  });

  it('pages turn, and a called scene comes back to the page', async () => {
    const { anna } = await start();
    await anna.taps('List');
    await anna.taps('»');
    await anna.taps('»');
    anna.sees('Items 20 21 22 23 24');
    expect(labels(anna.last)[1]).toEqual(['«', '3 / 3', ' ']);
    await anna.taps('Item 22');
    await anna.taps('OK');
    anna.sees('Items 20 21 22 23 24');
  });

  it('text becomes media in place, and media to text is a new message', async () => {
    const { anna, calls, bot } = await start();
    const { message_id } = anna.last;
    await anna.taps('Card');
    anna.sees('A card');
    expect(anna.last.message_id).toBe(message_id);
    expect(calls()).toEqual(['answerCallbackQuery', 'editMessageMedia']);
    await anna.taps('OK');
    anna.sees('Menu seen');
    expect(calls()).toEqual(['answerCallbackQuery', 'sendMessage', 'deleteMessage']);
    expect(anna.screen()).toHaveLength(1);
    expect(bot.errors).toEqual([]);
  });

  it('a flow that is called from a view takes its buttons, and the view is sent again behind it', async () => {
    const { anna } = await start();
    await anna.taps('Ask');
    anna.sees('Name?');
    expect(anna.screen().map((each) => labels(each).length)).toEqual([0, 0]);
    await anna.sends('Bo');
    anna.sees('Hello Bo.');
    anna.sees('Menu');
    expect(anna.screen().map((each) => labels(each).length)).toEqual([0, 0, 0, 4]);
  });

  it('a fresh view is a new message', async () => {
    const { anna } = await start();
    await anna.taps('Fresh');
    anna.sees(/Items/);
    expect(anna.screen().map((each) => labels(each).length > 0)).toEqual([false, true]);
  });

  it('a deleted message is replaced by a new one', async () => {
    const { anna, world, bot } = await start();
    const old = anna.last;
    world.fails('editMessageText', {
      error_code: 400,
      description: 'Bad Request: message to edit not found',
    });
    await anna.taps('List', old);
    anna.sees(/Items/);
    expect(anna.last.message_id).not.toBe(old.message_id);
    expect(anna.screen()).toHaveLength(1);
    expect(bot.errors).toEqual([]);
  });
});

describe.each(frameworks)('reenter() on a view, on %s', (_, framework) => {
  it('shows it again, and nobody has left it', async () => {
    const left: string[] = [];
    const Page = scene('page').on({
      view: () => 'A page',
      leave: ({ reason }) => void left.push(reason),
    });
    const { anna, bot } = play(framework, [Page]);
    bot.command('page', ({ fsm }) => fsm.enter(Page));
    bot.command('again', ({ fsm }) => fsm.reenter());
    await anna.sends('/page');
    await anna.sends('/again');
    anna.sees('A page');
    expect(left).toEqual([]);
    expect(bot.errors).toEqual([]);
  });
});
