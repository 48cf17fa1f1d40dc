/** The promises of docs/security.md: each test is named by the words of the page that it tests. */

import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { flow, memoryStorage, scene, typed } from '@telefsm/core';
import { inspector } from '@telefsm/devtools';
import { webhookCallback } from 'grammy';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { textUpdate } from './frameworks.ts';
import { Form, order, page, play, promise, quotedSentences, sentencesOf } from './security-page.ts';

describe('another user', () => {
  promise('Names, usernames and texts are never part of a key.', async (framework) => {
    const bot = framework.bot();
    const keys: unknown[] = [];
    bot.fsm();
    bot.use(({ fsm }) => void keys.push(fsm.key));
    const update = textUpdate(1, 'telefsm:b1:c7:u7') as { message: { from: object } };
    Object.assign(update.message.from, { first_name: 'c7:u7', username: 'u7' });
    await bot.handle(update);
    expect(keys).toEqual(['telefsm:b1:c5:u5']);
  });

  promise('A custom strategy must return ids or text, which is escaped too.', async (framework) => {
    const keys: unknown[] = [];
    const strategy = ({ user }: { user?: number | undefined }) =>
      user === 6 ? ({ custom: {} } as never) : { custom: user === 5 ? 'x:u7' : 'x%3Au7' };
    const { bot } = play(framework, { strategy });
    bot.use(({ fsm }) => void keys.push(fsm.key));
    for (const user of [5, 7]) await bot.handle(textUpdate(user, 'x', { user }));
    expect(keys.map((key) => String(key).split(':').length)).toEqual([3, 3]);
    expect(new Set(keys).size).toBe(2);
    const failed = await Promise.resolve(bot.handle(textUpdate(6, 'x', { user: 6 }))).catch(
      (error: unknown) => error,
    );
    expect(String(Reflect.get(Object(failed), 'error') ?? failed ?? bot.errors[0])).toMatch(
      /INVALID_OPTION/,
    );
  });

  promise(
    'If another user presses one, or presses it later, the press is answered and changes nothing.',
    async (framework) => {
      const { world, machine, calls, anna, bob } = play(framework, { states: [order] });
      const group = world.group('Group');
      await anna.in(group).sends('/order');
      const at = machine.at({ user: anna.id, chat: group.id });
      const before = await at.peek();
      await bob.in(group).taps('L');
      expect(await at.peek()).toEqual(before);
      await anna.in(group).taps('S');
      const later = await at.peek();
      await anna
        .in(group)
        .taps('L', { of: 'Size?' } as never)
        .catch(() => {});
      expect(await at.peek()).toEqual(later);
      expect(calls('answerCallbackQuery').length).toBeGreaterThanOrEqual(2);
    },
  );

  promise('Answers of `from` are checked as if the user had sent them.', async (framework) => {
    const { machine, anna } = play(framework, { states: [order] });
    await anna.sends('/start o_XXL');
    expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({});
    anna.sees('Size?');
  });

  promise(
    'Updates of one conversation queue, 5,000 at most, and other conversations do not wait for them.',
    async (framework) => {
      const bot = framework.bot();
      bot.noteErrors();
      let open = () => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      let others = 0;
      bot.fsm();
      bot.use(({ text }) => (text === 'first' ? opened : void (text === 'other' && others++)));
      const failed: string[] = [];
      const all = Array.from({ length: 5002 }, (_, at) =>
        Promise.resolve(bot.handle(textUpdate(at + 1, at === 0 ? 'first' : 'x'))).catch((error) => {
          failed.push(String(error.error ?? error));
        }),
      );
      await bot.handle(textUpdate(9000, 'other', { user: 6 }));
      expect(others).toBe(1);
      open();
      await Promise.all(all);
      const errors = [...failed, ...bot.errors.map(String)];
      expect(errors).toEqual([expect.stringContaining('QUEUE_FULL')]);
    },
  );

  promise(
    'Invalid answers do not change the record, and the size of a record is limited.',
    async (framework) => {
      const { machine, anna } = play(framework, { states: [order], maxRecordBytes: 2000 });
      await anna.sends('/order');
      const at = machine.at({ user: anna.id });
      const before = await at.peek();
      for (let times = 0; times < 5; times++) await anna.sends('no such size '.repeat(100));
      expect(await at.peek()).toEqual(before);
    },
  );

  promise('A text longer than `maxLength` is an invalid answer.', async (framework) => {
    const { machine, anna, bot } = play(framework, { states: [order] });
    for (const text of ['/order', 'S', 'x'.repeat(11)]) await anna.sends(text);
    expect((await machine.at({ user: anna.id }).peek())?.current).toBe('order:note');
    expect(bot.errors).toEqual([]);
  });

  promise(
    'The user reads a text, nothing is stored, and observers get `inputRejected`.',
    async (framework) => {
      const big = scene('big', { data: typed<{ all?: string }>() }).on({
        handle: ({ input, stay }) => stay({ all: input.text.repeat(100) }),
      });
      const { machine, anna, bot, events } = play(framework, {
        states: [big],
        initial: big,
        maxRecordBytes: 5000,
      });
      await anna.sends('hello');
      await anna.sends('x'.repeat(1000));
      expect(anna.last?.text).toBeTruthy();
      expect((await machine.at({ user: anna.id }).peek())?.data).toEqual({});
      expect([events, bot.errors]).toEqual([['inputRejected'], []]);
    },
  );

  promise('A repeat has at most 100 rounds by default.', async (framework) => {
    const many = flow('many', { trigger: '/many' })
      .repeat('rounds', { each: (round) => round.ask('a', { prompt: 'A?' }), again: 'More?' })
      .done(({ rounds }) => `${rounds.length} rounds.`);
    const { anna } = play(framework, { states: [many] });
    await anna.sends('/many');
    for (let round = 0; round < 100; round++) {
      await anna.sends('x');
      if (round < 99) await anna.sends('Yes');
    }
    anna.sees('100 rounds.');
  });

  promise(
    'If Telegram rejects a message anyway, the user reads `failed`, and observers get `sendFailed`.',
    async (framework) => {
      const { world, anna, bot, events } = play(framework, { states: [order] });
      world.fails('sendMessage', { error_code: 400, description: 'Bad Request: cannot parse' });
      await anna.sends('/order');
      anna.sees('Something went wrong. Please try again.');
      expect([events, bot.errors]).toEqual([['sendFailed'], []]);
    },
  );

  promise(
    "What Telegram answers to telefsm's own messages concerns that chat only.",
    async (framework) => {
      for (const error_code of [400, 403, 429]) {
        const { world, anna, bot } = play(framework, { states: [order] });
        world.fails(
          'sendMessage',
          { error_code, description: 'x', parameters: { retry_after: 1 } } as never,
          3,
        );
        await anna.sends('/order');
        expect(bot.errors).toEqual([]);
      }
    },
  );

  promise('Data is copied as JSON by own keys. Storages accept every text', async (framework) => {
    const { bot, machine } = play(framework);
    const odd = JSON.parse('{"__proto__":{"admin":true}}') as object;
    bot.use(({ fsm, text }) => fsm.replace({ text, odd } as never));
    for (const [at, text] of ['\u0000', '\uD800', 'x'.repeat(200_000)].entries()) {
      await bot.handle(textUpdate(at + 1, text));
      const { data } = (await machine.at({ user: 5, bot: 1 }).peek()) as {
        data: Record<string, object>;
      };
      expect(data['text']).toBe(text);
      expect(Reflect.get(Object(data['odd']), 'admin')).toBeUndefined();
      expect(Object.hasOwn(Object(data['odd']), '__proto__')).toBe(true);
    }
  });

  promise(
    'The taps are two turns, one after the other. The second one finds another state.',
    async (framework) => {
      const { bot } = play(framework);
      const seen: unknown[] = [];
      bot.use(async ({ fsm, text }) => {
        seen.push(fsm.current);
        await Promise.resolve();
        if (text === 'pay' && fsm.current === null) fsm.set(Form.paid);
      });
      await Promise.all([bot.handle(textUpdate(1, 'pay')), bot.handle(textUpdate(2, 'pay'))]);
      expect(seen).toEqual([null, 'Form:paid']);
    },
  );
});

describe('a member of the same group', () => {
  promise(
    "Under `'userInChat'`, each member has a conversation. Under `'chat'`, all members share one",
    async (framework) => {
      for (const [strategy, texts] of [
        ['userInChat', ['Note?', 'Size?']],
        ['chat', ['Note?', 'Please answer the question above.']],
      ] as const) {
        const { world, anna, bob } = play(framework, { states: [order], strategy });
        const group = world.group('Group');
        await anna.in(group).sends('/order');
        await anna.in(group).taps('S');
        anna.in(group).sees(texts[0]);
        await bob.in(group).sends(strategy === 'chat' ? 'a note' : '/order');
        if (strategy === 'userInChat') bob.in(group).sees(texts[1]);
        else expect(world.transcript()).toContain('S: a note');
      }
    },
  );

  promise(
    "Anonymous administrators and channels have the key of their chat, never of Telegram's placeholder user",
    async (framework) => {
      const { bot } = play(framework);
      const keys: unknown[] = [];
      bot.use(({ fsm }) => void keys.push(fsm.key));
      const placeholders = [1_087_968_824, 136_817_688];
      let ids = 0;
      for (const chat of [-7, -8]) {
        for (const id of placeholders) {
          const update = textUpdate(++ids, 'x', { user: id, chat }) as { message: object };
          const sender_chat = { id: id === placeholders[0] ? chat : -900, type: 'channel' };
          Object.assign(update.message, { sender_chat, from: { id, is_bot: true } });
          await bot.handle(update);
        }
      }
      expect(keys).toEqual(
        ['c-7:u-7', 'c-7:u-900', 'c-8:u-8', 'c-8:u-900'].map((key) => `telefsm:b1:${key}`),
      );
    },
  );
});

describe('a forged update', () => {
  promise(
    'An empty secret protects nothing: an update with an empty header is accepted',
    async (framework) => {
      for (const [secret, given, handles] of [
        ['secret', undefined, false],
        ['secret', 'other', false],
        ['secret', 'secret', true],
        ['', '', true],
      ] as const) {
        const { bot } = play(framework);
        let handled = false;
        bot.use(() => {
          handled = true;
        });
        const listener: RequestListener =
          framework.name === 'grammY'
            ? (webhookCallback(bot.bot as never, 'http', { secretToken: secret }) as never)
            : (Reflect.get(bot.bot, 'webhookCallback').call(bot.bot, '/', {
                secretToken: secret,
              }) as never);
        const server = createServer(listener);
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(given !== undefined && { 'x-telegram-bot-api-secret-token': given }),
          },
          body: JSON.stringify(textUpdate(1, 'forged')),
        });
        await new Promise((resolve) => server.close(resolve));
        expect([secret, given, handled]).toEqual([secret, given, handles]);
      }
    },
  );

  promise('A *replayed* update (the same `update_id`) is skipped', async (framework) => {
    const { bot } = play(framework);
    let count = 0;
    bot.use(({ fsm }) => {
      count++;
      fsm.update({ count } as never);
    });
    for (let at = 1; at <= 100; at++) await bot.handle(textUpdate(at, 'x'));
    for (let at = 1; at <= 100; at++) await bot.handle(textUpdate(at, 'x'));
    expect(count).toBe(100);
  });
});

/** A storage that has some text at the key of the user 5. */
async function storageWith(text: string, state: string) {
  const storage = memoryStorage();
  const key = 'telefsm:b1:c5:u5';
  const taken = await storage.acquire(key, { token: 'x', lease: 1000, queue: false });
  const fence = Number(Reflect.get(Object(taken), 'fence'));
  await storage.commit(key, { token: 'x', fence }, { state, text });
  return storage;
}

describe('a hostile stored record', () => {
  promise(
    'A broken, third-party or newer record is rejected with a named error, or meets the policy.',
    async (framework) => {
      for (const [text, code] of [
        ['{"v":1,"c":', 'RECORD_UNREADABLE'],
        ['{"session":{"admin":true}}', 'RECORD_UNREADABLE'],
        ['{"v":99,"c":"order","d":{},"n":1}', 'RECORD_NEWER'],
      ] as const) {
        for (const unknownState of ['error', 'reset'] as const) {
          const storage = await storageWith(text, 'order');
          const { bot, machine } = play(framework, { states: [order], storage, unknownState });
          const repaired: unknown[] = [];
          machine.observe('repaired', ({ reason }) => repaired.push(reason));
          const failed: unknown = await Promise.resolve(bot.handle(textUpdate(1, 'x'))).catch(
            (error) => error.error ?? error,
          );
          const all = [failed, ...bot.errors]
            .map((error) => Reflect.get(Object(error), 'code'))
            .filter(Boolean);
          const isRepaired = unknownState === 'reset' && code === 'RECORD_UNREADABLE';
          expect([text, all, repaired]).toEqual([
            text,
            isRepaired ? [] : [code],
            isRepaired ? ['record'] : [],
          ]);
        }
      }
    },
  );

  promise('A state or scene that the code does not have meets the policy.', async (framework) => {
    const storage = await storageWith('{"v":1,"c":"admin","d":{},"n":1}', 'admin');
    const { bot, machine } = play(framework, { states: [order], storage });
    const repaired: unknown[] = [];
    machine.observe('repaired', ({ reason }) => repaired.push(reason));
    await bot.handle(textUpdate(1, 'x'));
    expect([repaired.length, bot.errors]).toEqual([1, []]);
  });

  promise('Data with a schema is checked.', async (framework) => {
    const checked = scene('checked', { data: z.object({ n: z.number() }) }).on({
      handle: ({ stay }) => stay(),
    });
    const storage = memoryStorage();
    const key = 'telefsm:b1:c5:u5';
    const taken = await storage.acquire(key, { token: 'x', lease: 1000, queue: false });
    await storage.commit(
      key,
      { token: 'x', fence: Number(Reflect.get(Object(taken), 'fence')) },
      { state: 'checked', text: '{"v":1,"c":"checked","d":{"n":"many"},"n":1}' },
    );
    const { bot, machine } = play(framework, { states: [checked], storage });
    const repaired: unknown[] = [];
    machine.observe('repaired', (event) => repaired.push(event.reason));
    await bot.handle(textUpdate(1, 'x'));
    expect(repaired).toHaveLength(1);
  });

  promise(
    '`FsmError` messages contain keys (user and chat ids), state ids and paths in data. They contain data in two cases only. Issues of your own schemas may quote it. If your code passes or returns a text or a number where it is not accepted, the number or the first 60 characters are shown.',
    async (framework) => {
      const { bot } = play(framework, { maxRecordBytes: 500 });
      const secret = 'card 4111';
      bot.use(({ fsm, text }) => {
        if (text === 'big') fsm.replace({ secret: secret.repeat(100) } as never);
        else if (text === 'long') fsm.expire(`${'x'.repeat(60)}${secret}` as never);
        else fsm.replace({ secret, date: new Date() } as never);
      });
      const errors: unknown[] = [];
      for (const [at, text] of ['big', 'odd', 'long'].entries()) {
        await Promise.resolve(bot.handle(textUpdate(at + 1, text))).catch((error) =>
          errors.push(error.error ?? error),
        );
      }
      const all = [...errors, ...bot.errors].map(String);
      expect(all).toHaveLength(3);
      expect(all.join()).not.toContain('4111');
      expect(all.join()).toContain('x'.repeat(59));
    },
  );

  promise(
    "A user's conversations in groups have other keys, which `machine.storage.list` finds.",
    async (framework) => {
      const { bot, machine } = play(framework);
      bot.use(({ fsm }) => fsm.set(Form.name));
      await bot.handle(textUpdate(1, 'x'));
      await bot.handle(textUpdate(2, 'x', { user: 5, chat: -7 }));
      await machine.at({ user: 5, bot: 1 }).run(({ state }) => state.clear());
      const keys: string[] = [];
      for await (const { key } of machine.storage.list?.({}) ?? []) keys.push(key);
      expect(keys).toEqual(['telefsm:b1:c-7:u5']);
    },
  );
});

describe('the devtools', () => {
  promise('It listens on the loopback interface by default.', async (framework) => {
    const { machine } = play(framework, { states: [order] });
    const { url, port, stop } = await inspector(machine as never);
    const elsewhere = Object.values(networkInterfaces())
      .flatMap((one) => one ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address);
    try {
      expect(new URL(url).hostname).toBe('127.0.0.1');
      expect((await fetch(url, { redirect: 'manual' })).status).toBeLessThan(400);
      for (const address of elsewhere)
        await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow();
    } finally {
      await stop();
    }
  });
});

describe('dependencies', () => {
  const manifests = readdirSync(new URL('../../packages/', import.meta.url)).map((name) => {
    const file = new URL(`../../packages/${name}/package.json`, import.meta.url);
    return JSON.parse(readFileSync(file, 'utf8')) as {
      readonly name: string;
      readonly dependencies?: object;
      readonly scripts?: object;
    };
  });

  promise('`@telefsm/core` has no dependency. Storages depend only on `@telefsm/core`', () => {
    const lone = manifests.filter(({ name }) => /core$|grammy$|telegraf$|storage-/.test(name));
    const all = lone.flatMap(({ name, dependencies = {} }) =>
      Object.keys(dependencies).map((other) => `${name} ${other}`),
    );
    expect(lone.length).toBeGreaterThan(6);
    expect(all.filter((each) => !each.endsWith(' @telefsm/core'))).toEqual([
      '@telefsm/grammy debug',
      '@telefsm/telegraf debug',
    ]);
    expect(all.filter((each) => each.startsWith('@telefsm/core '))).toEqual([]);
  });

  promise('Adapters depend on `debug` as well.', () => {
    const adapters = manifests.filter(({ name }) => /\/(?:grammy|telegraf)$/.test(name));
    const names = adapters.map(({ dependencies = {} }) => Object.keys(dependencies).sort());
    expect(names).toEqual([
      ['@telefsm/core', 'debug'],
      ['@telefsm/core', 'debug'],
    ]);
  });

  promise('No package runs an install script.', () => {
    const scripts = manifests.flatMap(({ scripts = {} }) => Object.keys(scripts));
    expect(scripts.filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  });
});

/** Sentences that promise nothing: what there is to do, and what others do. */
const advice: readonly RegExp[] = [
  /^Your bot is public|^This page lists|^To report a vulnerability/,
  /^Never let a link|^Check `ctx\.from\.id`|^Set the secret token|^On Telegraf:|^Do not start without/,
  /^Authenticate them|^The storage is inside|^Use the encryption|^Keep secrets|^Keep it there/,
  /^Protect the bot|^Restrict access|^Escape the texts|^Check payments|^Check stock/,
  /^Still, records are not trusted blindly|^Your own endpoints|^An attacker with write access|^\[(?:Storages|Turns)\]|why it fails/,
  // tested by name in findings, payments-in-any-order, polls and kernel
  /^The record contains the invoice|^Any other payment is declined|^The payment step of a flow/,
];

describe('the page', () => {
  it('has a test for every sentence that promises something', () => {
    const prose = page
      .replace(/```.*?```/gs, '')
      .split(/\n(?=\n|[|*#])/)
      .filter((part) => !/^\s*#|^\|[-|]+$/.test(part))
      .flatMap((part) => (part.startsWith('|') ? part.split(' | ').slice(1) : part));
    const sentences = prose.flatMap(sentencesOf);
    const quoted = quotedSentences();
    const open = sentences.filter(
      (sentence) =>
        !advice.some((one) => one.test(sentence)) && !quoted.some((one) => sentence.includes(one)),
    );
    expect(quoted.length).toBeGreaterThan(40);
    expect(sentences.length).toBeGreaterThan(70);
    expect(open).toEqual([]);
  });
});
