import { flow, memoryStorage } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { dataOf, play } from './play.ts';

interface Rows {
  button(id: string, label: string, move: object): object;
  answer(value: string): object;
}

const stale = 'This button is no longer in use.';

/** The data of a button with another action: the letter behind the question. */
const withAction = (data: string, letter: string) =>
  data.replace(/^(~[^.]*\.[^.]*\.[^.]*\.).*$/s, `$1${letter}`);

describe.each(frameworks)('buttons that the pending question offers, on %s', (_, framework) => {
  it.each([
    ['cancel', 'x'],
    ['back', 'b'],
    ['skip', 's'],
    ['finish', 'd'],
    ['restart', 'n'],
    ['continue', 'k'],
    ['a page', 'p=1'],
    ['a page that is none', 'pNaN'],
    ['a correction', 'e=a'],
    ['another choice', 'c=none'],
    ['a selection', 'a=x'],
  ])('a forged press of %s, which is not offered, is stale', async (_name, letter) => {
    const form = flow('form', { trigger: '/form', onTrigger: 'reject', back: true, attempts: 3 })
      .ask('a', { prompt: 'A?' })
      .ask('pin', { prompt: 'PIN?', choices: ['x', 'y'] })
      .done(() => 'Done.');
    const { anna, machine, forges, bot } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('1');
    const before = await machine.at({ user: anna.id }).peek();
    const { message } = anna.last;
    const { reply_markup: _markup, ...bare } = message;
    for (const on of [message, bare]) {
      const notification = await forges(anna, withAction(dataOf(anna.last, 'x'), letter), {
        ...anna.last,
        message: on as never,
      });
      expect(notification).toBe(stale);
    }
    expect(await machine.at({ user: anna.id }).peek()).toEqual(before);
    expect(bot.errors).toEqual([]);
  });

  it.each<readonly [string, object]>([
    ['a choice', { choices: ['x', 'y'] }],
    ['a choice of several', { choices: ['x', 'y'], multiple: true }],
    ['a row', { rows: (_: object, { button, answer }: Rows) => [button('x', 'x', answer('x'))] }],
  ])(
    'the press of %s of the pending question counts below no message but its own',
    async (_name, question) => {
      const form = flow('form', { trigger: '/form' })
        .ask('a', { prompt: 'A?', ...question } as never)
        .done(() => 'Done.');
      const { anna, machine, forges, world, bot } = play(framework, [form]);
      await anna.sends('/form');
      const before = await machine.at({ user: anna.id }).peek();
      const data = dataOf(anna.last, 'x');
      const { reply_markup: markup, ...bare } = anna.last.message;
      const other = [[{ text: 'x', callback_data: `${data}y` }]];
      const calls = world.calls.length;
      for (const on of [
        { message: bare },
        { message: { ...bare, reply_markup: {} } },
        { message: { ...bare, reply_markup: { inline_keyboard: [] } } },
        { message: { ...bare, reply_markup: { inline_keyboard: other } } },
        { inline_message_id: 'i1' },
      ]) {
        expect(await forges(anna, data, on as never)).toBe(stale);
      }
      expect(markup).toBeDefined();
      expect(await machine.at({ user: anna.id }).peek()).toEqual(before);
      const methods = world.calls.slice(calls).map(({ method }) => method);
      expect(new Set(methods)).toEqual(new Set(['answerCallbackQuery']));
      expect(bot.errors).toEqual([]);
    },
  );

  describe('of a question in another chat', () => {
    const managers = -1_001_000_000_009;
    const refund = flow('refund', { trigger: '/refund' })
      .ask('reason', { prompt: 'Why?' })
      .ask('verdict', {
        to: { chat: managers },
        prompt: ({ reason }) => `Refund: ${reason}?`,
        choices: { yes: 'Approve', no: 'Decline' },
        meanwhile: 'I have asked.',
      })
      .done(({ verdict }) => `Your refund: ${verdict}.`);

    /** Anna waits for a verdict, Mallory answers a question of his own; `keys` are the conversations that are locked or read. */
    async function asked() {
      const storage = memoryStorage();
      const keys: string[] = [];
      for (const name of ['acquire', 'peek'] as const) {
        const statement = storage[name].bind(storage) as (key: string, more: never) => never;
        storage[name] = (key: string, more?: unknown) => {
          keys.push(key);
          return statement(key, more as never);
        };
      }
      const played = play(framework, [refund], { storage });
      const { world, anna } = played;
      const chef = world.user('Chef').in(world.group('Managers', [], { id: managers }));
      const mallory = world.user('Mallory');
      for (const text of ['/refund', 'Cold tea']) await anna.sends(text);
      await mallory.sends('/refund');
      chef.sees('Refund: Cold tea?');
      keys.length = 0;
      return { ...played, chef, mallory, keys, data: dataOf(chef.last, 'Approve') };
    }

    it('a forged mark below a message that does not show it neither locks nor reads the conversation that it names', async () => {
      const { anna, chef, mallory, keys, data, forges, machine, world, bot } = await asked();
      const before = await machine.at({ user: anna.id }).peek();
      keys.length = 0;
      const calls = world.calls.length;
      const { reply_markup: _, ...bare } = chef.last.message;
      const inline = { inline_message_id: 'i1' };
      for (const on of [mallory.last, { ...chef.last, message: bare as never }, inline]) {
        for (const sent of [data, data.replace(/yes$/, 'no'), `${data}x`]) {
          expect(await forges(mallory, sent, on)).toBe(stale);
        }
      }
      expect([...new Set(keys)].filter((key) => key.includes(`:c${anna.id}:`))).toEqual([]);
      const edits = world.calls.slice(calls).filter(({ method }) => method.startsWith('edit'));
      expect([edits, bot.errors]).toEqual([[], []]);
      expect(await machine.at({ user: anna.id }).peek()).toEqual(before);
      await chef.taps('Approve');
      anna.sees('Your refund: yes.');
    });

    it('a forged mark below a message that Telegram no longer shows is declined, too', async () => {
      const { anna, chef, mallory, data, forges, machine } = await asked();
      const before = await machine.at({ user: anna.id }).peek();
      for (const { message } of [mallory.last, chef.last]) {
        const { chat, message_id } = message;
        const gone = { chat, message_id: message_id + 7, date: 0 };
        expect(await forges(mallory, data, { ...mallory.last, message: gone as never })).toBe(
          stale,
        );
      }
      expect(await machine.at({ user: anna.id }).peek()).toEqual(before);
    });

    it('callback data of the bot that begins like a mark is the bot’s', async () => {
      const { chef, forges, bot } = await asked();
      const passed: unknown[] = [];
      bot.use(({ ctx }) => {
        const { callback_query } = (ctx as { update: { callback_query?: { data?: string } } })
          .update;
        passed.push(callback_query?.data);
      });
      const all = ['^', '^a', '^^^', '^wxyz.1.2.3.4.5.6', '^\u0000.a.b.c.d.e.f'];
      for (const data of all) await forges(chef, data, chef.last);
      expect([passed, bot.errors]).toEqual([all, []]);
    });
  });

  it('a typed choice is taken in any case where nothing else is', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('drink', { prompt: 'Drink?', choices: { t: 'Tea', c: 'Cake' } })
      .done(({ drink }) => `${drink}.`);
    const { anna } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends(' tea ');
    anna.sees('t.');
  });

  it('a typed Cancel leaves a flow that shows the button', async () => {
    const form = flow('form', { trigger: '/form', controls: ['cancel'] })
      .ask('name', { prompt: 'Name?' })
      .done(({ name }) => `${name}.`);
    const { anna } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('Cancel');
    anna.sees('Canceled.');
  });
});
