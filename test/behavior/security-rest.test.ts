/** More promises of docs/security.md: each test is named by the words of the page that it tests. */

import { readFileSync } from 'node:fs';
import { type Clock, flow, html, markdownV2, memoryStorage, scene, typed } from '@telefsm/core';
import { inspector } from '@telefsm/devtools';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { virtualClock } from '@telefsm/testing';
import { describe, expect } from 'vitest';
import { textUpdate } from './frameworks.ts';
import { Form, order, play, promise } from './security-page.ts';

const failed = 'Something went wrong. Please try again.';
const messageOf = (user: number, more: object) => ({
  message: {
    message_id: 900,
    date: 1,
    chat: { id: user, type: 'private', first_name: 'Anna' },
    from: { id: user, is_bot: false, first_name: 'Anna' },
    ...more,
  },
});

describe('another user', () => {
  promise(
    'Keys consist of ids from Telegram (`from.id`, `chat.id`, …), labeled and escaped.',
    async (framework) => {
      const { bot, world, anna } = play(framework);
      const keys: unknown[] = [];
      bot.use(({ fsm }) => void keys.push(fsm.key));
      await anna.sends('x');
      const connection = await world.user('Owner').connects();
      await anna.in(connection).sends('x');
      const odd = { text: 'x', business_connection_id: 'a:u7/%' };
      await world.update({ business_message: messageOf(anna.id, odd).message } as never);
      const at = `c${anna.id}:u${anna.id}`;
      const found = keys.filter((key) => String(key).includes(at));
      expect(found).toEqual([
        `telefsm:b1:${at}`,
        `telefsm:b1:business=${connection.id}:${at}`,
        expect.stringMatching(/^telefsm:b1:business=[\w.%-]+:c\d+:u\d+$/),
      ]);
    },
  );

  promise(
    'The buttons of a flow contain a tag of the conversation, the entry and the question.',
    async (framework) => {
      const { world, anna, bob } = play(framework, { states: [order] });
      const data = () => {
        const markup: unknown = world.calls.at(-1)?.payload['reply_markup'];
        const { inline_keyboard } = markup as { inline_keyboard: { callback_data: string }[][] };
        return inline_keyboard.flat()[0]?.callback_data.split('.') ?? [];
      };
      await anna.sends('/order');
      const [tag, entry, question] = data();
      await bob.sends('/order');
      expect(data()[0]).not.toBe(tag);
      await anna.sends('/order');
      expect([data()[0], data()[2]]).toEqual([tag, question]);
      expect(data()[1]).not.toBe(entry);
    },
  );

  promise(
    'A button counts only if the *pending* question offers it *now*, among its choices, pages and controls, and if the pressed message has it. A message that Telegram no longer shows cannot be checked. All other presses are stale.',
    async (framework) => {
      const { world, machine, anna } = play(framework, { states: [order] });
      await anna.sends('/order');
      const { message } = anna.last;
      const { reply_markup, ...bare } = message;
      const buttons = (reply_markup?.inline_keyboard ?? []).flat();
      const data = String(buttons[0]?.['callback_data']);
      const presses = async (pressed: string, on: object) => {
        const query = { id: 'f', from: anna.raw, chat_instance: '1', data: pressed, message: on };
        await world.update({ callback_query: query } as never);
        return world.calls.findLast(({ method }) => method === 'answerCallbackQuery')?.payload;
      };
      const stale = { text: 'This button is no longer in use.' };
      expect(await presses(data.replace(/c=S$/, 'c=XXL'), message)).toMatchObject(stale);
      expect(await presses(data, bare)).toMatchObject(stale);
      expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({});
      await presses(data, { chat: message.chat, message_id: message.message_id, date: 0 });
      anna.sees('Note?');
    },
  );

  promise(
    'A button of a question in another chat names a conversation. That conversation is locked and read only if the pressed message has the button, or is no longer shown by Telegram.',
    async (framework) => {
      const { world, machine, anna, bob } = play(framework, { states: [order] });
      const asked: string[] = [];
      const acquire = machine.storage.acquire.bind(machine.storage);
      Object.assign(machine.storage, {
        acquire: (key: string, options: never) => {
          asked.push(key);
          return acquire(key, options);
        },
      });
      await bob.sends('/order');
      const data = `^abcd.${anna.id.toString(36)}.${anna.id.toString(36)}..1.a.x`;
      const { message } = bob.last;
      const query = { id: 'f', from: bob.raw, chat_instance: '1', data, message };
      await world.update({ callback_query: query } as never);
      expect(asked.filter((key) => key.includes(`c${anna.id}`))).toEqual([]);
    },
  );

  promise(
    "Your own buttons (`accept: 'button'`, `callbackQuery`) get the data as it was sent: check it.",
    async (framework) => {
      const taken: unknown[] = [];
      const node = scene('node', { accept: 'button' }).on({
        enter: () => 'Press.',
        handle: ({ answer }) => void taken.push(answer),
      });
      const { bot, world, anna } = play(framework, { states: [node] });
      bot.command('node', ({ fsm }) => fsm.enter(node as never));
      await anna.sends('/node');
      const { message } = anna.last;
      const query = { id: 'f', from: anna.raw, chat_instance: '1', data: '__proto__', message };
      await world.update({ callback_query: query } as never);
      expect(taken).toEqual(['__proto__']);
    },
  );

  promise('A link starts the flow for the user who opens it, nothing more.', async (framework) => {
    const { machine, anna, bob } = play(framework, { states: [order] });
    await anna.sends('/start o_S');
    anna.sees('Note?');
    expect(await machine.at({ user: bob.id }).peek()).toBeUndefined();
    await anna.sends('/cancel');
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
  });

  promise('An answer that makes the record too large is rejected.', async (framework) => {
    const two = flow('two', { trigger: '/two' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done(() => 'Done.');
    const other = play(framework, { states: [two], maxRecordBytes: 1500 });
    for (const text of ['/two', 'x'.repeat(3000)]) await other.anna.sends(text);
    expect((await other.machine.at({ user: other.anna.id }).peek())?.current).toBe('two:a');
    expect([other.events, other.bot.errors]).toEqual([['inputRejected'], []]);
  });

  promise(
    'So is a value of `validate` or of a function as `accept` that is a boolean, or not JSON.',
    async (framework) => {
      for (const question of [
        { validate: () => new Date(0) },
        { validate: () => true },
        { accept: () => false },
      ]) {
        const odd = flow('odd', { trigger: '/odd' })
          .ask('a', { prompt: 'A?', ...(question as object) })
          .done(() => 'Done.');
        const { machine, anna, bot, events } = play(framework, { states: [odd] });
        for (const text of ['/odd', 'x']) await anna.sends(text);
        expect((await machine.at({ user: anna.id }).peek())?.current).toBe('odd:a');
        expect([events, bot.errors]).toEqual([['inputRejected'], []]);
      }
    },
  );

  promise('`html` and `markdownV2` escape values, and long texts are split.', async (framework) => {
    expect(html`<b>${'<i>'}</b>`).toEqual({ text: '<b>&lt;i&gt;</b>', parse_mode: 'HTML' });
    expect(markdownV2`*${'a*b'}*`).toEqual({ text: '*a\\*b*', parse_mode: 'MarkdownV2' });
    const echo = flow('echo', { trigger: '/echo' })
      .ask('a', { prompt: 'A?' })
      .done(({ a }) => `You wrote: ${a}`);
    const { world, anna } = play(framework, { states: [echo] });
    for (const text of ['/echo', 'x'.repeat(4096)]) await anna.sends(text);
    expect(world.calls.slice(-2).map(({ answer }) => answer?.ok)).toEqual([true, true]);
  });

  promise(
    "A question that is rejected is tried again before each text, and the user reads `failed` once. The framework's error handler is not called.",
    async (framework) => {
      const bad = flow('bad', { trigger: '/bad' })
        .ask('a', { prompt: { text: 'I <3 you', parse_mode: 'HTML' } })
        .done(() => 'Done.');
      const { world, anna, bot, events } = play(framework, { states: [bad] });
      for (const text of ['/bad', 'x', 'y']) await anna.sends(text);
      const notices = world.calls.filter(({ payload }) => payload['text'] === failed);
      expect([notices.length, events.length, bot.errors]).toEqual([1, 3, []]);
    },
  );

  promise('Updates are read field by field.', async (framework) => {
    const { machine, world, anna, bot } = play(framework, { states: [order] });
    await anna.sends('/order');
    for (const more of [{ text: 5 }, { text: 'x', from: null }, { text: ['x'], entities: 'all' }]) {
      await world.update(messageOf(anna.id, more) as never);
    }
    expect((await machine.at({ user: anna.id }).peek())?.current).toBe('order:size');
    expect(bot.errors).toEqual([]);
  });

  promise('Errors of your own handlers are for `bot.catch`.', async (framework) => {
    const { bot, anna } = play(framework);
    bot.use(() => {
      throw new Error('mine');
    });
    await anna.sends('x');
    expect(bot.errors.map(String)).toEqual(['Error: mine']);
  });

  promise(
    "The vote belongs to its voter. Under `'userInChat'`, it never reaches my conversation. A question accepts votes only in its own polls.",
    async (framework) => {
      const payload = { question: 'Q', options: [{ text: 'A' }], is_anonymous: false };
      const lunch = flow('lunch', { trigger: '/lunch' })
        .ask('vote', { prompt: { method: 'sendPoll', payload }, accept: 'poll_answer' })
        .done(() => 'Counted.');
      const { world, machine, anna, bob } = play(framework, { states: [lunch] });
      const group = world.group('Group');
      await anna.in(group).sends('/lunch');
      const at = machine.at({ user: anna.id, chat: group.id });
      const before = await at.peek();
      await bob.in(group).votes('A');
      const user = anna.raw;
      await world.update({ poll_answer: { poll_id: 'other', user, option_ids: [0] } } as never);
      expect(await at.peek()).toEqual(before);
      await anna.in(group).votes('A');
      expect(await at.peek()).toBeUndefined();
    },
  );
});

describe('a member of the same group', () => {
  promise('every member may answer, cancel and press.', async (framework) => {
    const { world, machine, anna, bob } = play(framework, { states: [order], strategy: 'chat' });
    const group = world.group('Group');
    await anna.in(group).sends('/order');
    const at = machine.at({ chat: group.id });
    await bob.in(group).taps('S');
    expect((await at.peek())?.data).toEqual({ size: 'S' });
    await bob.in(group).sends('/cancel');
    expect(await at.peek()).toBeUndefined();
  });
});

describe('a forged webhook', () => {
  promise(
    'The bot trusts every update. An attacker who can post to your webhook can act as any user.',
    async (framework) => {
      const { bot, machine } = play(framework, { states: [order] });
      await bot.handle(textUpdate(1, '/order', { user: 7 }));
      expect((await machine.at({ user: 7, bot: 1 }).peek())?.current).toBe('order:size');
    },
  );

  promise(
    'those within 1,000 of the newest, 128 at most. The last 16 of one user are stored whatever their distance.',
    async (framework) => {
      const { bot } = play(framework);
      let count = 0;
      bot.use(({ fsm }) => void fsm.update({ count: ++count } as never));
      const handled = async (id: number) => {
        const before = count;
        await bot.handle(textUpdate(id, 'x', { user: 5 }));
        return count > before;
      };
      for (let id = 1; id <= 130; id++) await handled(id);
      // the 128 newest are known, and the oldest two are not
      expect([await handled(3), await handled(130)]).toEqual([false, false]);
      expect(await handled(1)).toBe(true);
      for (let at = 1; at <= 20; at++) await handled(at * 5000);
      expect(await handled(10 * 5000)).toBe(false);
      expect(await handled(120)).toBe(true);
    },
  );

  promise('A cleared conversation stores them for 24 hours.', async (framework) => {
    const clock = virtualClock();
    const storage = sqliteStorage(':memory:', { clock: clock as Clock });
    const { bot } = play(framework, { storage, clock });
    let count = 0;
    bot.use(({ fsm, text }) => {
      count++;
      if (text === 'begin') fsm.set(Form.name);
      else fsm.clear();
    });
    await bot.handle(textUpdate(1, 'begin'));
    await bot.handle(textUpdate(2, 'clear'));
    await clock.advance('23h');
    await bot.handle(textUpdate(2, 'clear'));
    expect(count).toBe(2);
  });
});

describe('a hostile stored record', () => {
  promise('A record is parsed as JSON, never executed.', () => {
    const sources = ['record/codec.ts', 'record/stored.ts'].map((name) =>
      readFileSync(new URL(`../../packages/core/src/${name}`, import.meta.url), 'utf8'),
    );
    expect(sources.join()).toContain('JSON.parse');
    expect(sources.join()).not.toMatch(/\beval\b|new Function|node:vm/);
  });

  promise('Data with a type only (`state<Data>()`) is not', async (framework) => {
    const node = scene('node', { data: typed<{ n: number }>() }).on({
      enter: () => 'Hi',
      handle: async ({ data, reply }) => void (await reply(typeof data.n)),
    });
    const storage = memoryStorage();
    const holder = { token: 'x', lease: 1000, queue: false };
    const { bot, anna } = play(framework, { states: [node], storage });
    const key = `telefsm:b1:c${anna.id}:u${anna.id}`;
    const { fence } = (await storage.acquire(key, holder)) as { fence: number };
    const text = '{"v":1,"c":"node","d":{"n":"many"},"n":1}';
    await storage.commit(key, { token: 'x', fence }, { state: 'node', text });
    await anna.sends('x');
    anna.sees('string');
    expect(bot.errors).toEqual([]);
  });
});

describe('access to the storage', () => {
  promise(
    'Records contain the texts that users sent, readable. telefsm does not encrypt them.',
    async (framework) => {
      const { machine, anna } = play(framework, { states: [order] });
      for (const text of ['/order', 'S', 'my note']) await anna.sends(text);
      for (const text of ['/order', 'S']) await anna.sends(text);
      const stored = await machine.storage.peek(`telefsm:b1:c${anna.id}:u${anna.id}`);
      expect(stored?.text).toContain('"size":"S"');
    },
  );

  promise('`fsm({ ttl })` deletes idle conversations.', async (framework) => {
    const clock = virtualClock();
    const storage = memoryStorage({ clock });
    const { machine, bot } = play(framework, { states: [order], ttl: '1d', clock, storage });
    await bot.handle(textUpdate(1, '/order'));
    expect(await machine.at({ user: 5, bot: 1 }).peek()).toBeDefined();
    await clock.advance('25h');
    expect(await machine.at({ user: 5, bot: 1 }).peek()).toBeUndefined();
    expect(await storage.peek('telefsm:b1:c5:u5')).toBeUndefined();
  });

  promise("To delete a user's data, clear their conversations:", async (framework) => {
    const { machine, bot } = play(framework, { states: [order] });
    await bot.handle(textUpdate(1, '/order'));
    await machine.at({ user: 5, bot: 1 }).run(({ state }) => state.clear());
    expect(await machine.storage.peek('telefsm:b1:c5:u5')).toBeUndefined();
  });

  promise("Under `'userInChat'`, this is the private chat.", async (framework) => {
    const { machine, bot } = play(framework, { states: [order] });
    await bot.handle(textUpdate(1, '/order'));
    const at = machine.at({ user: 5, bot: 1 });
    expect(await at.peek()).toEqual(await machine.at({ user: 5, chat: 5, bot: 1 }).peek());
    expect((await at.peek())?.current).toBe('order:size');
  });

  promise('Tokens are never shown.', async (framework) => {
    const { bot, anna, machine, world } = play(framework, { states: [order] });
    const reported: unknown[] = [];
    machine.observe('sendFailed', ({ error }) => reported.push(error));
    world.fails('sendMessage', 'unreachable');
    await anna.sends('/order');
    const all = [...reported, ...bot.errors].filter((error) => 'code' in Object(error)).map(String);
    expect(all.join()).not.toContain('1:test');
  });
});

describe('the devtools', () => {
  promise('The inspector shows the texts of users, and can move users.', async (framework) => {
    const { machine, anna } = play(framework, { states: [order] });
    for (const text of ['/order', 'S']) await anna.sends(text);
    const { url, stop } = await inspector(machine as never);
    try {
      expect((await fetch(url)).status).toBeLessThan(500);
    } finally {
      await stop();
    }
  });
});

describe('your tasks', () => {
  promise('telefsm sends its own texts without a parse mode.', async (framework) => {
    const { world, anna } = play(framework, { states: [order] });
    for (const text of ['/order', 'XXL', '/cancel']) await anna.sends(text);
    const modes = world.calls.map(({ payload }) => payload['parse_mode']);
    expect(modes.length).toBeGreaterThan(2);
    expect(new Set(modes)).toEqual(new Set([undefined]));
  });
});
