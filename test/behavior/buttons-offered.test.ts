import { flow, memoryStorage } from '@telefsm/core';
import { type Shown, telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type Options } from './frameworks.ts';

function play(framework: Framework, states: readonly unknown[], options: Options = {}) {
  const bot = framework.bot();
  bot.noteErrors();
  const machine = bot.fsm({ states, ...options });
  const world = telegram(bot.bot);
  let queries = 0;
  return {
    bot,
    machine,
    world,
    anna: world.user('Anna'),
    /** A press as a modified client sends it: any data, below any message. */
    async forges(user: { readonly id: number }, data: string, on: Shown): Promise<unknown> {
      const from = { id: user.id, is_bot: false, first_name: 'User' };
      const query = { id: `f${++queries}`, from, chat_instance: '1', data, message: on.message };
      await world.update({ callback_query: query } as never);
      return world.calls.findLast(({ method }) => method === 'answerCallbackQuery')?.payload[
        'text'
      ];
    },
  };
}

const dataOf = ({ message }: Shown, label: string): string => {
  const buttons = (message.reply_markup?.inline_keyboard ?? []).flat();
  return String(buttons.find(({ text }) => text === label)?.['callback_data'] ?? '');
};

const stale = 'This button is no longer in use.';
const many = Array.from({ length: 45 }, (_, at) => `Choice ${at}`);

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
    const form = flow('form', { trigger: '/form', onTrigger: 'refuse', back: true, attempts: 3 })
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
      const said = await forges(anna, withAction(dataOf(anna.last, 'x'), letter), {
        ...anna.last,
        message: on as never,
      });
      expect(said).toBe(stale);
    }
    expect(await machine.at({ user: anna.id }).peek()).toEqual(before);
    expect(bot.errors).toEqual([]);
  });

  it('a button of the pending question below a message that does not show it is stale', async () => {
    const pick = flow('pick', { trigger: '/pick' })
      .ask('one', { prompt: 'Which?', choices: many })
      .done(({ one }) => `${one}.`);
    const { anna, world, forges } = play(framework, [pick]);
    const group = world.group('Friends');
    const there = anna.in(group);
    const boris = world.user('Boris').in(group);
    await boris.sends('/pick');
    const theirs = boris.last;
    await there.sends('/pick');
    const more = dataOf(there.last, 'More »');
    const before = world.calls.length;
    expect(await forges(anna, more, theirs)).toBe(stale);
    const { reply_markup: _, ...bare } = theirs.message;
    expect(await forges(anna, more, { ...theirs, message: bare as never })).toBe(stale);
    const edits = world.calls.slice(before).filter(({ method }) => method.startsWith('edit'));
    expect(edits).toEqual([]);
    await there.taps('More »');
    await there.taps('Choice 30');
    there.sees('Choice 30.');
  });

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
      for (const on of [mallory.last, { ...chef.last, message: bare as never }]) {
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

  it('long choices whose hashes are equal are distinguished', async () => {
    const [one, other] = collision();
    const pick = flow('pick', { trigger: '/pick' })
      .ask('one', { prompt: 'Which?', choices: { [one]: 'One', [other]: 'Other' } })
      .done((a) => (a.one === other ? 'The other.' : 'The one.'));
    const { anna } = play(framework, [pick]);
    await anna.sends('/pick');
    await anna.taps('Other');
    anna.sees('The other.');
    await anna.sends('/pick');
    await anna.taps('One');
    anna.sees('The one.');
  });

  it('choices with one label on a reply keyboard are distinguished', async () => {
    const pick = flow('pick', { trigger: '/pick' })
      .ask('who', {
        prompt: 'Who?',
        choices: { 7: 'Anna', 8: 'Anna', 9: 'Boris' },
        buttons: 'reply',
      })
      .done(({ who }) => `${who}.`);
    const { anna } = play(framework, [pick]);
    await anna.sends('/pick');
    await anna.taps('Anna (2)');
    anna.sees('8.');
  });

  it('a fixed list that has a choice twice is rejected when it is made', () => {
    const make = () => flow('pick').ask('one', { prompt: 'Which?', choices: ['a', 'b', 'a'] });
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('a typed label counts as the tap, whatever the question takes besides', async () => {
    const form = flow('form', { trigger: '/form', controls: ['back', 'cancel'], back: true })
      .ask('drink', { prompt: 'Drink?', choices: { t: 'Tea', c: 'Cake' }, accept: 'text' })
      .ask('some', { prompt: 'Some?', choices: { a: 'Aa', b: 'Bb' }, multiple: true })
      .ask('note', { prompt: 'Note?', optional: true })
      .repeat('more', { each: (b) => b.ask('x', { prompt: 'X?' }), again: 'Again?' })
      .confirm({ prompt: 'Right?', edit: true })
      .done(({ drink, some, note }) => JSON.stringify([drink, some, note]));
    const { anna } = play(framework, [form]);
    for (const text of ['/form', 'Cake', '« Back', 'Tea', 'Aa', 'Bb', 'Aa', 'Done', 'Skip', 'x'])
      await anna.sends(text);
    anna.sees('Again?');
    await anna.sends('No');
    anna.sees('Right?');
    await anna.sends('Yes');
    anna.sees('["t",["b"],null]');
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

/** Two texts longer than a button's data whose hashes are equal, read from either end: palindromes. */
function collision(): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let at = 0; ; at++) {
    const half = `${'choice '.repeat(4)}${at}`;
    const text = half + [...half].reverse().join('');
    let hash = 0x811c9dc5;
    for (let unit = 0; unit < text.length; unit++)
      hash = Math.imul(hash ^ text.charCodeAt(unit), 0x01000193);
    const other = seen.get(hash >>> 0);
    if (other !== undefined) return [other, text];
    seen.set(hash >>> 0, text);
  }
}
