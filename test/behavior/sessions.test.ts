/** Sessions of the drop-in modules: what is kept, where, and together with what. */

import { flow, memoryStorage, type Strategy, state, states, translatedTexts } from '@telefsm/core';
import { type FsmFlavor, fsm } from '@telefsm/grammy';
import {
  type LazySessionFlavor,
  lazySession,
  MemorySessionStorage,
  type SessionFlavor,
  session,
} from '@telefsm/grammy/session';
import { sampleUpdate, telegram } from '@telefsm/testing';
import { Bot, type Context } from 'grammy';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type StageContext,
  type StageFramework,
  type StageHandler,
  stageFrameworks,
  textOf,
} from './stages.ts';

const me = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;
const Steps = states('Steps', { counting: state(), failed: state(), one: state(), two: state() });
const count = (ctx: StageContext) => {
  ctx.session ??= {};
  ctx.session['count'] = Number(ctx.session['count'] ?? 0) + 1;
};

/** An update, by who has sent it. */
interface Votes {
  readonly message?: { readonly from: { readonly id: number } };
  readonly poll_answer?: { readonly user: { readonly id: number } };
}

describe.each(stageFrameworks)('a session on $name', (framework) => {
  it('is changed in place, and a redelivered update changes it once', async () => {
    const bot = framework.bot();
    bot.use(framework.session({ defaultSession: () => ({ count: 10 }) }));
    bot.use((ctx) => {
      count(ctx);
      return ctx.reply(`${ctx.session?.['count']}`);
    });
    const tg = telegram(bot.bot);
    const anna = tg.user('Anna');
    await anna.sends('a');
    anna.sees('11');
    await tg.redeliver();
    await Promise.all([anna.sends('b'), anna.sends('c'), anna.sends('d')]);
    anna.sees('14');
  });

  it('is rolled back with the update that failed', async () => {
    const bot = framework.bot();
    bot.use(framework.session());
    bot.use((ctx) => {
      count(ctx);
      if (textOf(ctx) === 'fail') throw new Error('broken');
      return ctx.reply(`${ctx.session?.['count']}`);
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('a');
    await expect(anna.sends('fail')).rejects.toThrow('broken');
    await anna.sends('b');
    anna.sees('2');
  });

  it('makes no record before something is in it', async () => {
    const storage = memoryStorage();
    const bot = framework.bot();
    bot.use(framework.session({ storage }));
    bot.command('count', count);
    bot.use((ctx) => ctx.reply(`${ctx.session?.['count']}`));
    const anna = telegram(bot.bot).user('Anna');
    const key = `telefsm:b1:c${anna.id}:u${anna.id}`;
    await anna.sends('hello');
    expect(await storage.peek(key)).toBeUndefined();
    await anna.sends('/count');
    await anna.sends('hello');
    anna.sees('1');
    const written = JSON.parse((await storage.peek(key))?.text ?? '{}');
    expect(written.u).toEqual({ session: { count: 1 } });
  });

  it('is removed by assigning nothing', async () => {
    const storage = memoryStorage();
    const bot = framework.bot();
    bot.use(framework.session({ storage }));
    bot.command('count', count);
    bot.command('delete', (ctx) => {
      ctx.session = undefined;
    });
    bot.use((ctx) => ctx.reply(JSON.stringify(ctx.session ?? 'none')));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/count');
    await anna.sends('/delete');
    await anna.sends('hello');
    anna.sees('"none"');
  });

  it('before fsm() on one record is rejected by name', async () => {
    const bot = framework.bot();
    bot.use(framework.session());
    bot.use(framework.fsm());
    await expect(telegram(bot.bot).user('Anna').sends('hello')).rejects.toMatchObject({
      code: 'INSTALLED_TWICE',
    });
  });

  it('behind fsm() with a storage of its own is rejected, since one record would have two places', async () => {
    const storage = memoryStorage();
    const bot = framework.bot();
    bot.use(framework.fsm({ storage }));
    bot.use(framework.session({ storage }));
    await expect(telegram(bot.bot).user('Anna').sends('hello')).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'session storage' },
    });
  });

  it('behind fsm() with conversations of another kind is a separate record', async () => {
    const bot = framework.bot();
    bot.use(framework.fsm({ strategy: 'chat' }));
    bot.use(framework.session());
    bot.use((ctx) => {
      count(ctx);
      return ctx.reply(`${ctx.session?.['count']} in ${ctx.fsm.key}`);
    });
    const tg = telegram(bot.bot);
    const [anna, ben] = [tg.user('Anna'), tg.user('Ben')];
    const group = tg.group('Group', [anna, ben]);
    await anna.in(group).sends('a');
    await ben.in(group).sends('b');
    ben.in(group).sees(`1 in telefsm:b1:c${group.id}`);
  });

  it('behind fsm() is in the same record, rolled back with the state, and kept after clear()', async () => {
    const storage = memoryStorage();
    const bot = framework.bot();
    bot.use(framework.fsm({ storage }));
    bot.use(framework.session());
    bot.command('count', (ctx) => {
      count(ctx);
      ctx.fsm.set(Steps.counting);
    });
    bot.command('fail', (ctx) => {
      count(ctx);
      ctx.fsm.set(Steps.failed);
      throw new Error('broken');
    });
    bot.command('clear', (ctx) => ctx.fsm.clear());
    bot.use((ctx) => ctx.reply(`${ctx.fsm.current}, ${ctx.session?.['count']}`));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/count');
    await expect(anna.sends('/fail')).rejects.toThrow('broken');
    await anna.sends('hello');
    anna.sees('Steps:counting, 1');
    await anna.sends('/clear');
    await anna.sends('hello');
    anna.sees('null, 1');
    expect(await storage.peek(`telefsm:b1:c${anna.id}:u${anna.id}`)).toMatchObject({ state: null });
  });

  it('is committed by ctx.fsm.commit(), with what was changed until then', async () => {
    const bot = framework.bot();
    bot.use(framework.fsm());
    bot.use(framework.session());
    bot.command('two', async (ctx) => {
      count(ctx);
      ctx.fsm.set(Steps.one);
      await ctx.fsm.commit();
      count(ctx);
      ctx.fsm.set(Steps.two);
      throw new Error('broken');
    });
    bot.use((ctx) => ctx.reply(`${ctx.fsm.current}, ${ctx.session?.['count']}`));
    const anna = telegram(bot.bot).user('Anna');
    await expect(anna.sends('/two')).rejects.toThrow('broken');
    await anna.sends('hello');
    anna.sees('Steps:one, 1');
  });

  it('under a key of its own is a separate record, beside another session', async () => {
    const bot = framework.bot();
    bot.use(framework.session());
    bot.use(framework.session({ property: 'shared', getSessionKey: () => 'all' }));
    bot.use((ctx) => {
      count(ctx);
      const shared = Reflect.get(ctx, 'shared') as { count: number } | undefined;
      Reflect.set(ctx, 'shared', { count: (shared?.count ?? 0) + 1 });
      return ctx.reply(`${ctx.session?.['count']} of ${(shared?.count ?? 0) + 1}`);
    });
    const tg = telegram(bot.bot);
    const [anna, ben] = [tg.user('Anna'), tg.user('Ben')];
    await Promise.all([anna.sends('a'), ben.sends('b')]);
    await anna.sends('c');
    anna.sees('2 of 3');
  });

  it.each([
    ['a separate record', () => ({})],
    ['a store', () => ({ store: new Map() })],
  ])('may have a number as its key, as plain JavaScript gives it, in %s', async (_, place) => {
    const bot = framework.bot();
    bot.use(
      framework.session({
        ...place(),
        getSessionKey: (ctx) => Reflect.get(ctx, 'from').id as never,
      }),
    );
    bot.use((ctx) => {
      count(ctx);
      return ctx.reply(`${ctx.session?.['count']}`);
    });
    const tg = telegram(bot.bot);
    const [anna, ben] = [tg.user('Anna'), tg.user('Ben')];
    await ben.sends('hello');
    for (const text of ['hello', 'again']) await anna.sends(text);
    anna.sees('2');
  });

  it('of a group is moved out of its old store if its key is a number', async () => {
    const store = new Map<unknown, object>();
    const bot = framework.bot();
    const getSessionKey = (ctx: object) => Reflect.get(ctx, 'chat').id as never;
    bot.use(framework.session({ store, storage: memoryStorage(), getSessionKey }));
    bot.use((ctx) => {
      count(ctx);
      return ctx.reply(`${ctx.session?.['count']}`);
    });
    const tg = telegram(bot.bot);
    const group = tg.group('Friends', [], { id: -100 });
    store.set(group.id, { count: 2 });
    for (const name of ['Anna', 'Ben']) {
      const user = tg.user(name).in(group);
      await user.sends('hello');
      user.sees(name === 'Anna' ? '3' : '4');
    }
    expect([...store.keys()]).toEqual([]);
  });

  it.each([{}, true, 0.5])(
    'under the key %j, which others would share, is rejected',
    async (key) => {
      const bot = framework.bot();
      bot.use(framework.session({ getSessionKey: () => key as never }));
      await expect(telegram(bot.bot).user('Anna').sends('hello')).rejects.toThrow(
        /Invalid option "getSessionKey": found a function that returned .*\. Expected one that returns a text/,
      );
    },
  );

  it('under a key of its own is that of each voter, whatever else comes at the same time', async () => {
    const bot = framework.bot();
    const seen: string[] = [];
    const userIn = (ctx: StageContext): number => {
      const { message, poll_answer } = (ctx as unknown as { update: Votes }).update;
      return (poll_answer?.user ?? message?.from)?.id ?? 0;
    };
    bot.use(framework.session({ getSessionKey: (ctx) => `${userIn(ctx)}` }));
    bot.use((ctx) => {
      const whose = userIn(ctx);
      ctx.session ??= { whose };
      seen.push(`${whose} has the session of ${ctx.session['whose']}`);
    });
    const { handleUpdate } = bot.bot as { handleUpdate(update: object): Promise<void> };
    const handle = handleUpdate.bind(bot.bot);
    const person = (id: number) => ({ id, is_bot: false, first_name: 'Anna' });
    const chat = { id: 8, type: 'private', first_name: 'Ben' };
    const vote = { poll_id: '1', user: person(7), option_ids: [0] };
    const message = { message_id: 1, date: 1, chat, from: person(8), text: 'hello' };
    await Promise.all([
      handle({ update_id: 1, poll_answer: vote }),
      handle({ update_id: 2, message }),
    ]);
    expect(seen.sort()).toEqual(['7 has the session of 7', '8 has the session of 8']);
  });

  it('under a key of its own is the same for a business message and a press below it', async () => {
    const bot = framework.bot();
    const seen: unknown[] = [];
    bot.use(framework.session({ getSessionKey: () => 'anna' }));
    bot.use((ctx) => {
      count(ctx);
      seen.push(ctx.session?.['count']);
    });
    const { handleUpdate } = bot.bot as { handleUpdate(update: object): Promise<void> };
    const handle = handleUpdate.bind(bot.bot);
    const from = { id: 7, is_bot: false, first_name: 'Anna' };
    const chat = { id: 7, type: 'private', first_name: 'Anna' };
    const message = {
      message_id: 1,
      date: 1,
      chat,
      from,
      text: 'hello',
      business_connection_id: 'b',
    };
    await handle({ update_id: 1, business_message: message });
    const press = { id: '1', from, chat_instance: '1', data: 'more', message };
    await handle({ update_id: 2, callback_query: press });
    expect(seen).toEqual([1, 2]);
  });

  it('in a store of the framework stays there, in order, and untouched by an update that failed', async () => {
    const store = new Map<string, unknown>();
    const bot = framework.bot();
    bot.use(framework.session({ store }));
    bot.use(async (ctx) => {
      const before = Number(ctx.session?.['count'] ?? 0);
      await ctx.reply('…');
      ctx.session = { count: before + 1 };
      if (textOf(ctx) === 'fail') throw new Error('broken');
    });
    const anna = telegram(bot.bot).user('Anna');
    await Promise.all([anna.sends('a'), anna.sends('b'), anna.sends('c')]);
    await expect(anna.sends('fail')).rejects.toThrow('broken');
    expect(store).toEqual(new Map([[`${anna.id}:${anna.id}`, { count: 3 }]]));
  });

  it('in a store that answers a write with false fails the update', async () => {
    const store = { get: () => undefined, set: () => false, delete: () => true };
    const bot = framework.bot();
    bot.use(framework.session({ store }));
    bot.use((ctx) => {
      ctx.session = { count: 1 };
    });
    const anna = telegram(bot.bot).user('Anna');
    await expect(anna.sends('a')).rejects.toThrow('The store returned false');
  });

  it.each(['storage', 'machine'] as const)(
    'in an old store is adopted into a %s on the first update, and removed from the store once',
    async (place) => {
      const store = new Map<string, object>();
      const storage = memoryStorage();
      const make = () => {
        const bot = framework.bot();
        const machine = framework.fsm({ storage });
        if (place === 'machine') bot.use(machine);
        bot.use(framework.session({ store, ...(place === 'machine' ? { machine } : { storage }) }));
        bot.use(framework.stage([wizardOf(framework)]) as never);
        bot.use((ctx) => ctx.reply('No wizard.'));
        return bot.bot;
      };
      const tg = telegram(make());
      const anna = tg.user('Anna');
      const key = `${anna.id}:${anna.id}`;
      store.set(key, { __scenes: { current: 'w', cursor: 1, state: { what: 'tea' } }, kept: true });
      await anna.sends('3');
      anna.sees('3 × tea');
      expect(store.size).toBe(0);
      store.set(key, { __scenes: { current: 'w', cursor: 1, state: { what: 'old' } } });
      await anna.sends('4');
      anna.sees('No wizard.');
    },
  );

  it('in an old store that keeps its own object stays as it was if the first update fails', async () => {
    const bot = framework.bot();
    const [machine, store] = [framework.fsm({}), new Map<string, object>()];
    bot.use(machine);
    bot.use(framework.session({ store, machine }));
    bot.use((ctx) => {
      const data = ctx.session as { orders: string[] };
      data.orders.push(textOf(ctx));
      if (data.orders.length === 2) throw new Error('no');
    });
    const anna = telegram(bot.bot).user('Anna');
    const key = `${anna.id}:${anna.id}`;
    store.set(key, { orders: ['tea'] });
    await expect(anna.sends('cup')).rejects.toThrow('no');
    expect(store.get(key)).toEqual({ orders: ['tea'] });
  });

  it('in an old store may contain itself, until middleware has repaired it', async () => {
    const bot = framework.bot();
    const [machine, store] = [framework.fsm({}), new Map<string, object>()];
    bot.use(machine);
    bot.use(framework.session({ store, machine }));
    bot.use((ctx) => {
      const data = ctx.session as { self?: unknown; count: number };
      expect(data.self).toBe(data);
      delete data.self;
      return ctx.reply(`${++data.count}`);
    });
    const anna = telegram(bot.bot).user('Anna');
    const old: { self?: unknown; count: number } = { count: 1 };
    old.self = old;
    store.set(`${anna.id}:${anna.id}`, old);
    await anna.sends('hello');
    anna.sees('2');
    expect(old.self).toBe(old);
  });

  it('in an old store may have values that are not JSON: middleware converts them first', async () => {
    const bot = framework.bot();
    const [machine, store] = [framework.fsm({}), new Map<string, object>()];
    bot.use(machine);
    bot.use(framework.session({ store, machine }));
    bot.use((ctx) => {
      const data = ctx.session as { big: bigint | string; at: Date | string };
      data.big = String(data.big);
      data.at = new Date(data.at).toISOString();
      return ctx.reply(`${data.big} at ${data.at}`);
    });
    const anna = telegram(bot.bot).user('Anna');
    store.set(`${anna.id}:${anna.id}`, { big: 1n, at: new Date(0) });
    await anna.sends('hello');
    anna.sees('1 at 1970-01-01T00:00:00.000Z');
  });
});

function wizardOf(framework: StageFramework) {
  return framework.wizard(
    'w',
    (ctx) => ctx.reply('What?'),
    async (ctx) => {
      await ctx.reply(`${textOf(ctx)} × ${ctx.wizard.state['what']}`);
      await ctx.scene.leave();
    },
  );
}

describe.each(stageFrameworks)('a change after its update on $name', (framework) => {
  const warnings: string[] = [];
  beforeEach(() => {
    warnings.length = 0;
    vi.spyOn(process, 'emitWarning').mockImplementation((message) => {
      warnings.push(String(message));
    });
  });

  /** Sends texts to a bot with a wizard; `caught` runs when the update is over and has failed. */
  async function played(
    caught: StageHandler,
    settings: Parameters<StageFramework['session']>[0] = {},
    ...texts: readonly string[]
  ) {
    const bot = framework.bot();
    bot.use(async (ctx, next) => {
      try {
        await next();
      } catch {
        await caught(ctx, next);
      }
    });
    bot.use(framework.session(settings));
    const wizard = framework.wizard('w', (ctx) => {
      if (textOf(ctx) === 'fail') throw new Error('broken');
      return ctx.reply('In the wizard');
    });
    bot.use(framework.stage([wizard]) as never);
    bot.command('forget', (ctx) => {
      ctx.session = undefined;
      throw new Error('broken');
    });
    bot.command('fail', () => {
      throw new Error('broken');
    });
    bot.use((ctx) => ctx.scene.enter('w'));
    const anna = telegram(bot.bot).user('Anna');
    for (const text of texts) await anna.sends(text);
    return anna;
  }

  it.each([
    ['by default', {}],
    ['under a key of the bot', { getSessionKey: () => 'one' }],
  ])(
    'is not saved, and the first one of a kind is a warning: a session %s',
    async (_, settings) => {
      const anna = await played(
        async (ctx) => {
          await ctx.scene.leave();
          ctx.session = {};
        },
        settings,
        'enter',
        'a',
        'fail',
        'fail',
        'fail',
      );
      expect(warnings.map((warning) => warning.split(' came after')[0])).toEqual([
        'ctx.scene.leave()',
        'Assigning ctx.session',
      ]);
      expect(warnings[0]).toContain('middleware behind session()');
      await anna.sends('a');
      anna.sees('In the wizard');
    },
  );

  it('is no warning if nothing is lost', async () => {
    const noScene: StageHandler = async (ctx) => {
      if (ctx.scene.current === undefined) await ctx.scene.leave();
    };
    await played(noScene, {}, '/fail', '/forget', 'enter', 'fail');
    const fsm = framework.fsm();
    const bot = framework.bot();
    bot.use(framework.session({ store: new Map() }));
    bot.use(async (ctx, next) => {
      await next();
      await ctx.scene.leave();
    });
    bot.use(fsm);
    bot.use(framework.stage([framework.scene('first')]) as never);
    bot.command('enter', (ctx) => ctx.scene.enter('first'));
    bot.use((ctx) => ctx.reply('In no scene'));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/enter');
    // the machine's turn is over, and the session is not
    await anna.sends('a');
    anna.sees('In no scene');
    expect(warnings).toEqual([]);
  });

  it('is not found in an apology whose language is read from an undefined session', async () => {
    const order = flow('order')
      .ask('note', { prompt: 'Note?' })
      .done(() => 'Done.');
    const bot = framework.bot();
    bot.use(async (_, next) => {
      await Promise.resolve(next()).catch(() => {});
    });
    const machine = framework.fsm({
      states: [order],
      texts: translatedTexts(),
      language: ({ session }: { session: { language?: string } }) => session.language,
    });
    bot.use(machine);
    bot.use(framework.session({ machine }));
    bot.use((ctx) => {
      ctx.session = undefined;
      if (textOf(ctx) === 'fail') throw new Error('broken');
      ctx.fsm.enter(order);
    });
    const world = telegram(bot.bot);
    const anna = world.user('Anna', { language_code: 'de' });
    await anna.sends('fail');
    // the question is rejected after the commit: the update is over when the user gets the apology
    world.fails('sendMessage', { error_code: 400, description: 'Bad Request: no' });
    await anna.sends('order');
    anna.sees('Da ist etwas schiefgegangen. Bitte versuche es noch einmal.');
    expect(warnings.filter((warning) => warning.includes(' came after '))).toEqual([]);
  });
});

describe.each(stageFrameworks)('a change after an error on $name', (framework) => {
  it('is made in middleware behind session(), where an error of a scene can be handled', async () => {
    const bot = framework.bot();
    bot.use(framework.session());
    bot.use(async (ctx, next) => {
      try {
        await next();
      } catch {
        await ctx.scene.leave();
      }
    });
    const wizard = framework.wizard('w', (ctx) => {
      if (textOf(ctx) === 'fail') throw new Error('broken');
    });
    wizard.leave((ctx) => ctx.reply('Please start again.'));
    bot.use(framework.stage([wizard]) as never);
    bot.command('enter', (ctx) => ctx.scene.enter('w'));
    bot.use((ctx) => ctx.reply('Not in the wizard'));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/enter');
    await anna.sends('fail');
    anna.sees('Please start again.');
    await anna.sends('a');
    anna.sees('Not in the wizard');
  });
});

describe.each(stageFrameworks)("a stage beside a bot's own ctx.fsm on $name", (framework) => {
  const properties: Readonly<Record<string, PropertyDescriptor>> = {
    'of another library': { value: { current: 'ready' }, writable: true },
    'that a class declares and leaves undefined': { value: undefined, writable: true },
    'that throws': {
      get() {
        throw new Error('There is no machine.');
      },
    },
  };
  const sessions = {
    store: () => framework.session({ store: new Map() }),
    getSessionKey: () => framework.session({ getSessionKey: () => 'one' }),
    'a separate record': () => framework.session({}),
  };
  it.each(
    Object.keys(properties).flatMap((property) =>
      [{}, { ttl: 60 }].flatMap((stage) => [
        { property, stage, name: 'store' as const },
        { property, stage, name: 'getSessionKey' as const },
        { property, stage, name: 'a separate record' as const },
        { property, stage, name: 'a separate record' as const, isInherited: true },
      ]),
    ),
  )('enters and leaves scenes: one $property, session({ $name }), $stage', async (one) => {
    const bot = framework.bot();
    bot.use((ctx, next) => {
      const found = properties[one.property];
      // as a bot's own class of contexts has it
      const owner = 'isInherited' in one ? Object.create(Object.getPrototypeOf(ctx)) : ctx;
      Object.defineProperty(owner, 'fsm', { configurable: true, enumerable: true, ...found });
      if (owner !== ctx) Object.setPrototypeOf(ctx, owner);
      return next();
    });
    bot.use(sessions[one.name]());
    const scene = framework.scene('first');
    scene.enter((ctx) => ctx.reply('Welcome'));
    scene.command('leave', (ctx) => ctx.scene.leave());
    scene.leave((ctx) => ctx.reply('Bye'));
    scene.use((ctx) => ctx.reply('In the scene'));
    bot.use(framework.stage([scene], one.stage) as never);
    bot.command('enter', (ctx) => ctx.scene.enter('first'));
    bot.use((ctx) => ctx.reply('In no scene'));
    const anna = telegram(bot.bot).user('Anna');
    for (const [text, seen] of [
      ['/enter', 'Welcome'],
      ['a', 'In the scene'],
      ['/leave', 'Bye'],
      ['b', 'In no scene'],
    ] as const) {
      await anna.sends(text);
      anna.sees(seen);
    }
  });
});

describe('values that JSON changes', () => {
  const warnings: string[] = [];
  beforeEach(() => {
    warnings.length = 0;
    vi.spyOn(process, 'emitWarning').mockImplementation((message) => {
      warnings.push(String(message));
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(stageFrameworks)(
    'are read back on $name as a session store would, with one warning that names the path',
    async (framework) => {
      const bot = framework.bot();
      bot.use(framework.session());
      bot.command('put', (ctx) => {
        ctx.session = {
          items: [{ at: new Date(0) }, { at: new Date(1) }],
          tags: new Set(['a']),
          amount: Number.NaN,
          make: () => 'it',
          nothing: undefined,
        };
      });
      bot.use((ctx) => ctx.reply(JSON.stringify(ctx.session)));
      const anna = telegram(bot.bot).user('Anna');
      await anna.sends('/put');
      await anna.sends('/put');
      await anna.sends('show');
      const read =
        '{"items":[{"at":"1970-01-01T00:00:00.000Z"},{"at":"1970-01-01T00:00:00.001Z"}],"tags":{},"amount":null}';
      anna.sees(read);
      expect(warnings.map((warning) => warning.split(' ')[0])).toEqual([
        'session.items[].at',
        'session.tags',
        'session.amount',
        'session.make',
      ]);
    },
  );

  it.each(stageFrameworks)(
    'are converted on $name as JSON.stringify converts them: toJSON is called once, with the name of the member',
    async (framework) => {
      const names: string[] = [];
      class Price {
        toJSON(name: string) {
          names.push(name);
          // JSON does not ask the result again
          return { cents: 5, toJSON: () => 'never' };
        }
      }
      const bot = framework.bot();
      bot.use(framework.session());
      bot.command('put', (ctx) => {
        ctx.session = { price: new Price(), list: [new Price()] };
      });
      bot.use((ctx) => ctx.reply(JSON.stringify(ctx.session)));
      const anna = telegram(bot.bot).user('Anna');
      await anna.sends('/put');
      await anna.sends('show');
      anna.sees('{"price":{"cents":5},"list":[{"cents":5}]}');
      expect(names).toEqual(['price', '0']);
    },
  );

  it.each(stageFrameworks)(
    'may be big integers on $name if the bot has given them a toJSON',
    async (framework) => {
      const bot = framework.bot();
      bot.use(framework.session());
      bot.command('put', (ctx) => {
        ctx.session = { id: 2n ** 60n };
      });
      bot.use((ctx) => ctx.reply(JSON.stringify(ctx.session)));
      const anna = telegram(bot.bot).user('Anna');
      const big = BigInt.prototype as { toJSON?: () => string };
      big.toJSON = function toJSON(this: bigint) {
        return this.toString();
      };
      try {
        await anna.sends('/put');
        await anna.sends('show');
      } finally {
        delete big.toJSON;
      }
      anna.sees('{"id":"1152921504606846976"}');
    },
  );

  it.each(stageFrameworks)(
    'are rejected on $name where JSON rejects them, and nothing is written',
    async (framework) => {
      const bot = framework.bot();
      bot.use(framework.session());
      bot.command('big', (ctx) => {
        ctx.session = { big: 1n };
      });
      bot.command('cycle', (ctx) => {
        const session: Record<string, unknown> = {};
        session['self'] = session;
        ctx.session = session;
      });
      bot.use((ctx) => ctx.reply(JSON.stringify(ctx.session ?? 'none')));
      const anna = telegram(bot.bot).user('Anna');
      await expect(anna.sends('/big')).rejects.toMatchObject({
        code: 'DATA_NOT_JSON',
        details: { path: 'session.big' },
      });
      await expect(anna.sends('/cycle')).rejects.toMatchObject({ code: 'DATA_NOT_JSON' });
      await anna.sends('show');
      anna.sees('"none"');
    },
  );
});

describe('the session of a conversation', () => {
  it('is the same data on both frameworks', async () => {
    const storage = memoryStorage();
    const make = (framework: StageFramework) => () => {
      const bot = framework.bot();
      const machine = framework.fsm({ storage });
      bot.use(machine);
      bot.use(framework.session({ machine }));
      bot.use((ctx) => {
        count(ctx);
        return ctx.reply(`${ctx.session?.['count']} on ${framework.name}`);
      });
      return bot.bot;
    };
    const [grammy, telegraf] = stageFrameworks.map(make);
    const tg = telegram(grammy?.() as never);
    const anna = tg.user('Anna');
    await anna.sends('a');
    await tg.restart(telegraf as never);
    await anna.sends('b');
    anna.sees('2 on Telegraf');
  });
});

describe("grammY's session()", () => {
  interface Data {
    count: number;
  }
  type MyContext = FsmFlavor<Context & SessionFlavor<Data>>;
  const make = <C extends Context>() => new Bot<C>('1:test', { botInfo: me });

  it('with machine is part of the conversation; without it the chat has it', async () => {
    const storage = memoryStorage();
    const bot = make<MyContext>();
    const machine = fsm({ storage });
    bot.use(machine as never);
    bot.use(session({ initial: () => ({ count: 0 }), machine }));
    bot.use(async (ctx) => {
      ctx.session.count += 1;
      await ctx.reply(`${ctx.session.count}`);
    });
    const tg = telegram(bot);
    const [anna, ben] = [tg.user('Anna'), tg.user('Ben')];
    const group = tg.group('Group', [anna, ben]);
    await anna.in(group).sends('a');
    await ben.in(group).sends('b');
    anna.in(group).sees('1');

    const shared = make<Context & SessionFlavor<Data>>();
    shared.use(session({ initial: () => ({ count: 0 }) }));
    shared.use(async (ctx) => {
      ctx.session.count += 1;
      await ctx.reply(`${ctx.session.count}`);
    });
    const other = telegram(shared);
    const [carl, dora] = [other.user('Carl'), other.user('Dora')];
    const chat = other.group('Group', [carl, dora]);
    await Promise.all([carl.in(chat).sends('a'), dora.in(chat).sends('b')]);
    dora.in(chat).sees('2');
  });

  it('of type multi keeps each session under its own key', async () => {
    interface Two {
      cart: { items: string[] };
      prefs: { language: string };
    }
    const storage = memoryStorage();
    const bot = make<FsmFlavor<Context & SessionFlavor<Two>>>();
    const machine = fsm({ storage });
    bot.use(machine as never);
    bot.use(
      session<Two, Context>({
        type: 'multi',
        machine,
        cart: { initial: () => ({ items: [] }) },
        prefs: {
          initial: () => ({ language: 'en' }),
          getSessionKey: (ctx) => ctx.from?.id.toString(),
        },
      }),
    );
    bot.command('de', (ctx) => {
      ctx.session.prefs.language = 'de';
    });
    bot.on('message:text', async (ctx) => {
      ctx.session.cart.items.push(ctx.msg.text);
      await ctx.reply(`${ctx.session.cart.items} ${ctx.session.prefs.language}`);
    });
    const tg = telegram(bot);
    const anna = tg.user('Anna');
    const group = tg.group('Group', [anna]);
    await anna.sends('/de');
    await anna.sends('tea');
    anna.sees('tea de');
    await anna.in(group).sends('coffee');
    anna.in(group).sees('coffee de');
    const own = JSON.parse(
      (await storage.peek(`telefsm:b1:c${anna.id}:u${anna.id}`))?.text ?? '{}',
    );
    expect(own.u).toEqual({ session: { cart: { items: ['tea'] } } });
  });

  it('throws where an update has no key, in the words of what is missing', async () => {
    const bot = make<Context & SessionFlavor<Data>>();
    const errors: unknown[] = [];
    bot.use(session({ initial: () => ({ count: 0 }), getSessionKey: () => undefined }));
    bot.use((ctx) => {
      try {
        ctx.session.count += 1;
      } catch (error) {
        errors.push(error);
      }
    });
    await telegram(bot).user('Anna').sends('hello');
    expect(String(errors[0])).toContain('getSessionKey');
  });

  describe.each(['record', 'adapter'])('in the %s', (place) => {
    it.each([null, {}, true])(
      'is rejected under the key %j, which others would share',
      async (key) => {
        const storage = place === 'adapter' ? new MemorySessionStorage<Data>() : memoryStorage();
        const bot = make<Context & SessionFlavor<Data>>();
        const getSessionKey = () => key as never;
        bot.use(session({ initial: () => ({ count: 0 }), storage, getSessionKey }));
        await expect(telegram(bot).user('Anna').sends('hello')).rejects.toThrow(
          /Invalid option "getSessionKey": found a function that returned .*\. Expected one that returns a text/,
        );
      },
    );
  });

  it.each(['record', 'adapter'])('may have an empty key, in the %s', async (place) => {
    const storage = place === 'adapter' ? new MemorySessionStorage<Data>() : memoryStorage();
    const bot = make<Context & SessionFlavor<Data>>();
    const getSessionKey = (ctx: Context) => ctx.chatId?.toString() ?? '';
    bot.use(session({ initial: () => ({ count: 0 }), storage, getSessionKey }));
    const counts: number[] = [];
    bot.use((ctx) => {
      ctx.session.count += 1;
      counts.push(ctx.session.count);
    });
    for (const id of [1, 2]) await bot.handleUpdate(sampleUpdate('inline_query', {}, id) as never);
    expect(counts).toEqual([1, 2]);
  });

  it('is found by a context that a test has made by hand', async () => {
    const counts: number[] = [];
    const middleware = session<Data, Context & SessionFlavor<Data>>({
      initial: () => ({ count: 0 }),
      getSessionKey: ({ chatId }) => `${chatId}`,
    });
    for (let times = 0; times < 2; times++) {
      const ctx = { chatId: 42 } as Context & SessionFlavor<Data>;
      await middleware(ctx, async () => void counts.push(++ctx.session.count));
    }
    expect(counts).toEqual([1, 2]);
  });

  it('bridges an adapter, and adopts its sessions into a machine', async () => {
    const adapter = new MemorySessionStorage<Data>();
    const storage = memoryStorage();
    const bridged = () => {
      const bot = make<Context & SessionFlavor<Data>>();
      bot.use(session({ initial: () => ({ count: 0 }), storage: adapter }));
      bot.use((ctx) => ctx.reply(`${++ctx.session.count}`));
      return bot;
    };
    const moved = () => {
      const bot = make<MyContext>();
      const machine = fsm({ storage });
      bot.use(machine as never);
      bot.use(session({ initial: () => ({ count: 0 }), storage: adapter, machine }));
      bot.use((ctx) => ctx.reply(`${++ctx.session.count}`));
      return bot;
    };
    const tg = telegram(bridged());
    const anna = tg.user('Anna');
    await anna.sends('a');
    await anna.sends('b');
    expect(adapter.read(`${anna.id}`)).toEqual({ count: 2 });
    await tg.restart(moved);
    await anna.sends('c');
    anna.sees('3');
    expect(adapter.read(`${anna.id}`)).toBeUndefined();
    await anna.sends('d');
    anna.sees('4');
  });

  it.each<readonly [string, Strategy, readonly string[], readonly string[]]>([
    ['userInChat', 'userInChat', ['3', '3', '4'], ['-100']],
    ['chat', 'chat', ['3', '4', '5'], []],
    ['globalUser', 'globalUser', ['3', '3', '4'], ['-100']],
    ['one of users', ({ user }) => ({ user }), ['3', '3', '4'], ['-100']],
    ['one of chats', ({ chat }) => ({ chat }), ['3', '4', '5'], []],
    ['one of names', ({ chat, user }) => ({ chat, custom: `${user}` }), ['3', '3', '4'], ['-100']],
  ])(
    'in a group adopts the session of all members under the strategy %s',
    async (_name, strategy, counts, left) => {
      const adapter = new MemorySessionStorage<Data>();
      adapter.write('-100', { count: 2 });
      const bot = make<MyContext>();
      const machine = fsm({ strategy });
      bot.use(machine as never);
      bot.use(session({ initial: () => ({ count: 0 }), storage: adapter, machine }));
      bot.use((ctx) => ctx.reply(`${++ctx.session.count}`));
      const world = telegram(bot);
      const group = world.group('Friends', [], { id: -100 });
      const seen: string[] = [];
      for (const name of ['Anna', 'Ben', 'Anna']) {
        const user = world.user(name).in(group);
        await user.sends('hello');
        seen.push(user.last.text);
      }
      expect(seen).toEqual(counts);
      expect([...adapter.readAllKeys()]).toEqual(left);
    },
  );

  it.each([
    ['a text', ({ chatId }: Context) => `${chatId}`],
    ['a number', ({ chatId }: Context) => chatId as never],
  ])(
    'in a group is moved whole if the bot makes its key, which is %s',
    async (_, getSessionKey) => {
      const adapter = new MemorySessionStorage<Data>();
      adapter.write('-100', { count: 2 });
      const bot = make<MyContext>();
      const machine = fsm();
      bot.use(machine as never);
      const initial = () => ({ count: 0 });
      bot.use(session({ initial, storage: adapter, machine, getSessionKey }));
      bot.use((ctx) => ctx.reply(`${++ctx.session.count}`));
      const world = telegram(bot);
      const group = world.group('Friends', [], { id: -100 });
      for (const name of ['Anna', 'Ben']) {
        const user = world.user(name).in(group);
        await user.sends('hello');
        user.sees(name === 'Anna' ? '3' : '4');
      }
      expect([...adapter.readAllKeys()]).toEqual([]);
    },
  );

  it('in a group is the same for an anonymous administrator and a member', async () => {
    const adapter = new MemorySessionStorage<Data>();
    adapter.write('-100', { count: 2 });
    const bot = make<MyContext>();
    const machine = fsm();
    bot.use(machine as never);
    bot.use(session({ initial: () => ({ count: 0 }), storage: adapter, machine }));
    bot.use((ctx) => ctx.reply(`${++ctx.session.count}`));
    const world = telegram(bot);
    const chat = { id: -100, type: 'supergroup' as const, title: 'Friends' };
    const group = world.group('Friends', [], { id: -100 });
    const from = { id: 1087968824, is_bot: true, first_name: 'Group' };
    const message = { message_id: 900, date: 1, chat, from, sender_chat: chat, text: 'hello' };
    await world.update({ message });
    const anna = world.user('Anna').in(group);
    await anna.sends('hello');
    anna.sees('3');
    expect([...adapter.readAllKeys()]).toEqual(['-100']);
  });

  it('in a group stays removed for the member who has removed it first', async () => {
    const adapter = new MemorySessionStorage<Data>();
    adapter.write('-100', { count: 2 });
    const bot = make<MyContext>();
    const machine = fsm();
    bot.use(machine as never);
    bot.use(session({ initial: () => ({ count: 0 }), storage: adapter, machine }));
    bot.hears('reset', (ctx) => {
      ctx.session = null as never;
    });
    bot.use((ctx) => ctx.reply(`${++ctx.session.count}`));
    const world = telegram(bot);
    const anna = world.user('Anna').in(world.group('Friends', [], { id: -100 }));
    await anna.sends('reset');
    await anna.sends('hello');
    anna.sees('1');
  });

  it('of type multi adopts each session from its own adapter', async () => {
    const adapters = { a: new MemorySessionStorage<Data>(), b: new MemorySessionStorage<Data>() };
    const bot = make<FsmFlavor<Context & SessionFlavor<{ a: Data; b: Data }>>>();
    const machine = fsm();
    bot.use(machine as never);
    const initial = (): Data => ({ count: 0 });
    bot.use(
      session<{ a: Data; b: Data }, Context>({
        type: 'multi',
        machine,
        a: { initial, storage: adapters.a },
        b: { initial, storage: adapters.b },
      }),
    );
    bot.use((ctx) => ctx.reply(`${ctx.session.a.count} ${ctx.session.b.count}`));
    const anna = telegram(bot).user('Anna');
    adapters.a.write(`${anna.id}`, { count: 1 });
    adapters.b.write(`${anna.id}`, { count: 2 });
    await anna.sends('hello');
    anna.sees('1 2');
    expect([...adapters.a.readAllKeys(), ...adapters.b.readAllKeys()]).toEqual([]);
    await anna.sends('hello');
    anna.sees('1 2');
  });

  it('may be lazy: a promise may be read and assigned', async () => {
    const bot = make<Context & LazySessionFlavor<Data>>();
    bot.use(lazySession({ initial: () => ({ count: 0 }) }));
    bot.use(async (ctx) => {
      const { count: before } = await ctx.session;
      ctx.session = Promise.resolve({ count: before + 1 });
      await ctx.reply(`${(await ctx.session).count}`);
    });
    const anna = telegram(bot).user('Anna');
    await anna.sends('a');
    await anna.sends('b');
    anna.sees('2');
  });
});
