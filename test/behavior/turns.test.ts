import { isFsmError, memoryStorage, state, states } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks, textUpdate } from './frameworks.ts';

const Form = states('Form', { name: state(), age: state<{ name: string }>() });

describe.each(frameworks)('one update is one turn on %s', (_, framework) => {
  it('a handler that throws after three writes leaves the record byte for byte as it was', async () => {
    const storage = memoryStorage();
    const bot = framework.bot();
    const machine = bot.fsm({ storage });
    bot.noteErrors();
    const broken = new Error('broken handler');
    bot.use(({ fsm, text }) => {
      fsm.set(Form.age, { name: text });
      fsm.update({ name: `${text}!` } as never);
      fsm.expire('1h');
      if (text === 'throw') throw broken;
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('first');
    const { key } = machine.at({ user: anna.id });
    const before = storage.peek(key);
    expect(before).toMatchObject({ text: expect.stringContaining('first!') });
    await anna.sends('throw').catch(() => {});
    expect(bot.errors).toEqual([broken]);
    expect((storage.peek(key) as { text: string }).text).toBe((before as { text: string }).text);
    await anna.sends('second');
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({
      current: 'Form:age',
      data: { name: 'second!' },
    });
    expect(bot.errors).toHaveLength(1);
  });

  it('a redelivered update moves the state once, also while the first delivery still runs', async () => {
    const bot = framework.bot();
    const machine = bot.fsm();
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    let runs = 0;
    bot.use(async ({ fsm }) => {
      runs++;
      await gate;
      fsm.update({ count: Number(fsm.get('count', 0)) + 1 } as never);
    });
    const update = textUpdate(1, 'hello');
    const first = bot.handle(update);
    const second = bot.handle(update);
    open();
    await Promise.all([first, second]);
    await bot.handle(update);
    expect(runs).toBe(1);
    expect(await machine.at({ user: 5 }).peek()).toMatchObject({ data: { count: 1 } });
  });

  it('a thousand pairs of simultaneous updates of one user count to two thousand', async () => {
    const bot = framework.bot();
    const machine = bot.fsm();
    bot.use(async ({ fsm }) => {
      const count = Number(fsm.get('count', 0));
      await new Promise(setImmediate);
      fsm.update({ count: count + 1 } as never);
    });
    for (let pair = 0; pair < 1000; pair++) {
      await Promise.all([
        bot.handle(textUpdate(pair * 2 + 1, 'a')),
        bot.handle(textUpdate(pair * 2 + 2, 'b')),
      ]);
    }
    expect(await machine.at({ user: 5 }).peek()).toMatchObject({ data: { count: 2000 } });
  });

  it('ten thousand updates of a hundred users: those of one run in the order in which they came, those of others beside them', async () => {
    const bot = framework.bot();
    const machine = bot.fsm();
    let inside = 0;
    let most = 0;
    bot.use(async ({ fsm, text }) => {
      const seen = [...(fsm.get('seen', []) as readonly string[])];
      most = Math.max(most, ++inside);
      for (let waits = (Number(text) * 7) % 5; waits > 0; waits--) await new Promise(setImmediate);
      inside--;
      fsm.update({ seen: [...seen, text] } as never);
    });
    const texts = Array.from({ length: 100 }, (_item, at) => String(at));
    const users = Array.from({ length: 100 }, (_item, at) => at + 1);
    let id = 0;
    await Promise.all(
      texts.flatMap((text) => users.map((user) => bot.handle(textUpdate(++id, text, { user })))),
    );
    for (const user of users) {
      expect(await machine.at({ user }).peek()).toMatchObject({ data: { seen: texts } });
    }
    expect(most).toBeGreaterThan(1);
  });

  it('two users in one group never see each other', async () => {
    const bot = framework.bot();
    bot.fsm();
    const seen: string[] = [];
    bot.inState([Form.age], ({ fsm, text }) => {
      seen.push(`${(fsm.data as { name: string }).name}: ${text}`);
    });
    bot.use(({ fsm, text }) => fsm.set(Form.age, { name: text }));
    const group = -100;
    await Promise.all([
      bot.handle(textUpdate(1, 'Anna', { user: 1, chat: group })),
      bot.handle(textUpdate(2, 'Boris', { user: 2, chat: group })),
    ]);
    await Promise.all([
      bot.handle(textUpdate(3, 'from Boris', { user: 2, chat: group })),
      bot.handle(textUpdate(4, 'from Anna', { user: 1, chat: group })),
    ]);
    expect(seen.sort()).toEqual(['Anna: from Anna', 'Boris: from Boris']);
  });

  it('use after the update has ended is an error', async () => {
    const bot = framework.bot();
    bot.fsm();
    let late: () => void = () => {};
    const forgotten = new Promise<unknown>((resolve) => {
      bot.use(({ fsm }) => {
        late = () => {
          try {
            fsm.set(Form.name);
            resolve(undefined);
          } catch (error) {
            resolve(error);
          }
        };
      });
    });
    await bot.handle(textUpdate(1, 'hello'));
    late();
    expect(isFsmError(await forgotten, 'TURN_ENDED')).toBe(true);
  });

  it('error handlers read the state before the update that failed', async () => {
    const bot = framework.bot();
    bot.fsm();
    bot.noteErrors();
    let read: (() => unknown) | undefined;
    bot.use(({ fsm, text }) => {
      read = () => [fsm.key, fsm.current];
      fsm.set(text === 'throw' ? Form.age : Form.name, { name: 'x' });
      if (text === 'throw') throw new Error('broken');
    });
    const anna = telegram(bot.bot).user('Anna', { id: 5 });
    await anna.sends('hello');
    await anna.sends('throw').catch(() => {});
    expect(read?.()).toEqual(['telefsm:b1:c5:u5', 'Form:name']);
  });

  it('stop() in a handler lets its turn end and commit, if the handler does not await it', async () => {
    const bot = framework.bot();
    const machine = bot.fsm();
    bot.noteErrors();
    let stopped: Promise<void> | undefined;
    bot.command('shutdown', async ({ fsm, say }) => {
      stopped = machine.stop();
      await say('Bye.');
      fsm.set(Form.name);
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/shutdown');
    await stopped;
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ current: 'Form:name' });
    await anna.sends('/shutdown');
    expect(isFsmError(bot.errors[0], 'STOPPED')).toBe(true);
  });

  it('a button that had to wait is answered early, and the handler’s own answer does no harm', async () => {
    const clock = virtualClock();
    const bot = framework.bot();
    bot.fsm({ clock });
    bot.noteErrors();
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const sentTexts: unknown[] = [];
    bot.use(async ({ text, say, answer }) => {
      if (text === 'slow') await gate;
      if (text !== '') return;
      sentTexts.push(await answer('Pressed'));
      sentTexts.push(((await say('Done')) as { text: string }).text);
    });
    const tg = telegram(bot.bot, { clock });
    const anna = tg.user('Anna');
    const slow = anna.sends('slow');
    const pressed = tg.update({
      callback_query: {
        id: '77',
        from: anna.raw,
        chat_instance: '1',
        data: 'x',
        message: {
          message_id: 1,
          date: 1,
          chat: { id: anna.id, type: 'private', first_name: 'Anna' },
          text: 'Press',
        },
      },
    });
    await clock.advance('2s');
    release();
    await Promise.all([slow, pressed]);
    const answers = tg.calls.filter(({ method }) => method === 'answerCallbackQuery');
    expect(answers).toHaveLength(1);
    expect(sentTexts).toEqual([true, 'Done']);
    expect(bot.errors).toEqual([]);
  });
});
