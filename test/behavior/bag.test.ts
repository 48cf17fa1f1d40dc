import { isFsmError, state, states } from '@telefsm/core';
import { FsmComposer, type FsmContext, type FsmFlavor, fsm } from '@telefsm/telegraf';
import { Composer, Context, Router, session, Telegraf } from 'telegraf';
import { message } from 'telegraf/filters';
import { describe, expect, it } from 'vitest';
import { textUpdate } from './frameworks.ts';

const Form = states('Form', { name: state(), age: state<{ name: string }>() });
const me = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;

function telegraf(): Telegraf<FsmFlavor<Context>> {
  const bot = new Telegraf<FsmFlavor<Context>>('1:test');
  bot.botInfo = me;
  return bot;
}

describe('ctx.state on Telegraf', () => {
  it('stays the bot’s own bag: what was put there before and after survives, and hides nothing of ctx.fsm', async () => {
    const bot = telegraf();
    let bag: object | undefined;
    bot.use((ctx, next) => {
      bag = ctx.state;
      ctx.state['user'] = 'Anna';
      ctx.state['data'] = { mine: 1 };
      return next();
    });
    bot.use(fsm());
    const seen: unknown[] = [];
    bot.use((ctx) => {
      ctx.fsm.set(Form.age, { name: 'x' });
      ctx.state['command'] = { raw: '/x' };
      ctx.state['current'] = 'mine';
      Object.assign(ctx.state, { view: 'routed' });
      seen.push(ctx.state === bag, { ...ctx.state }, ctx.state['current'], ctx.fsm.current);
      seen.push(ctx.fsm.data, JSON.stringify(ctx.state));
    });
    await bot.handleUpdate(textUpdate(1, 'hello') as never);
    const kept = { user: 'Anna', data: { mine: 1 }, command: { raw: '/x' }, current: 'mine' };
    expect(seen).toEqual([
      true,
      { ...kept, view: 'routed' },
      'mine',
      'Form:age',
      { name: 'x' },
      JSON.stringify({ ...kept, view: 'routed' }),
    ]);
  });

  it('forwards to ctx.fsm what the bag does not hold, with verbs bound', async () => {
    const bot = telegraf();
    bot.use(fsm());
    const seen: unknown[] = [];
    bot.use((ctx) => {
      const { set, is } = ctx.state as unknown as FsmContext;
      set.call(undefined as never, Form.age as never, { name: 'x' } as never);
      seen.push(is(Form.age), ctx.state['current'], ctx.state['data'], ctx.state['unknown']);
      seen.push(Object.keys(ctx.state), 'toString' in ctx.state);
    });
    await bot.handleUpdate(textUpdate(1, 'hello') as never);
    expect(seen).toEqual([true, 'Form:age', { name: 'x' }, undefined, [], true]);
  });

  it('is not shared by updates', async () => {
    const bot = telegraf();
    bot.use(fsm());
    const seen: unknown[] = [];
    bot.use((ctx) => {
      seen.push(ctx.state['user'], ctx.state['key']);
      ctx.state['user'] = 'someone';
    });
    await bot.handleUpdate(textUpdate(1, 'a', { user: 5 }) as never);
    await bot.handleUpdate(textUpdate(2, 'b', { user: 6 }) as never);
    expect(seen).toEqual([undefined, 'telefsm:b1:c5:u5', undefined, 'telefsm:b1:c6:u6']);
  });

  it('a frozen bag, and a bag of another class, are left as they are', async () => {
    class Own {
      readonly mine = true;
    }
    for (const bag of [Object.freeze({ mine: true }), new Own()]) {
      const bot = telegraf();
      bot.use((ctx, next) => {
        Object.assign(ctx, { state: bag });
        return next();
      });
      bot.use(fsm());
      const seen: unknown[] = [];
      bot.use((ctx) => void seen.push(ctx.state === bag, ctx.state['mine'], ctx.fsm.current));
      await bot.handleUpdate(textUpdate(1, 'hello') as never);
      expect(seen).toEqual([true, true, null]);
      expect(Object.getPrototypeOf(bag)).toBe(
        bag instanceof Own ? Own.prototype : Object.prototype,
      );
    }
  });

  it('Router, Composer.dispatch and session keep working beside it', async () => {
    const bot = telegraf();
    bot.use(session({ defaultSession: () => ({ visits: 0 }) }));
    bot.use(fsm());
    const seen: unknown[] = [];
    const router = new Router<FsmFlavor<Context>>((ctx) => ({
      route: ctx.text === 'a' ? 'first' : 'second',
      context: {},
      state: { data: { routed: true }, current: 'routed' },
    }));
    router.on('first', (ctx, next) => {
      seen.push(ctx.state['data'], ctx.state['current'], ctx.fsm.data, ctx.fsm.current);
      ctx.fsm.set(Form.name);
      return next();
    });
    bot.use(router.middleware());
    bot.use(
      Composer.dispatch<FsmFlavor<Context>, Record<string, never>>(
        (ctx) => String(ctx.fsm.current) as never,
        { 'Form:name': ((ctx: FsmFlavor<Context>) => void seen.push(ctx.fsm.current)) as never },
      ),
    );
    await bot.handleUpdate(textUpdate(1, 'a') as never);
    expect(seen).toEqual([{ routed: true }, 'routed', {}, null, 'Form:name']);
  });

  it('bot.context and a contextType class keep working, with and without a declared field', async () => {
    class Declared extends Context {
      declare readonly fsm: FsmContext;
      readonly own = 'class';
    }
    class Defined extends Context {
      readonly fsm!: FsmContext;
      readonly own = 'class';
    }
    for (const contextType of [Declared, Defined]) {
      const bot = new Telegraf<Declared>('1:test', { contextType: contextType as typeof Declared });
      bot.botInfo = me;
      Object.assign(bot.context, { db: 'connected' });
      bot.use(fsm());
      const form = new FsmComposer<Declared>();
      const seen: unknown[] = [];
      form.state('Form:name').on(message('text'), (ctx) => {
        seen.push(ctx instanceof contextType, ctx.own, Reflect.get(ctx, 'db'), ctx.message.text);
      });
      bot.use((ctx, next) => {
        ctx.fsm.set(Form.name);
        return next();
      });
      bot.use(form);
      await bot.handleUpdate(textUpdate(1, 'hello') as never);
      expect(seen).toEqual([true, 'class', 'connected', 'hello']);
    }
  });

  it('something of the bot at ctx.fsm is rejected and not overwritten', async () => {
    const bot = telegraf();
    Object.assign(bot.context, { fsm: 'mine' });
    bot.use(fsm());
    const errors: unknown[] = [];
    bot.catch((error) => void errors.push(error));
    await bot.handleUpdate(textUpdate(1, 'hello') as never);
    expect(isFsmError(errors[0], 'PROPERTY_TAKEN')).toBe(true);
  });

  it('a bag that all contexts share never leads to the state of another user', async () => {
    const bot = telegraf();
    Object.assign(bot.context, { state: { shared: true } });
    bot.use(fsm());
    let arrived = 0;
    let both = () => {};
    const bothInside = new Promise<void>((resolve) => (both = resolve));
    const keys: unknown[] = [];
    bot.use(async (ctx) => {
      if (++arrived === 2) both();
      await bothInside;
      keys.push([ctx.fsm.key, ctx.state['key'], ctx.state['shared']]);
    });
    const updates = [textUpdate(1, 'a', { user: 5 }), textUpdate(2, 'b', { user: 6 })];
    await Promise.all(updates.map((update) => bot.handleUpdate(update as never)));
    expect(keys).toEqual([
      ['telefsm:b1:c5:u5', undefined, true],
      ['telefsm:b1:c6:u6', undefined, true],
    ]);
  });

  it('a machine at another property leaves the bag alone', async () => {
    const bot = telegraf();
    bot.use(fsm({ property: 'vote' }) as never);
    const seen: unknown[] = [];
    bot.use((ctx) => {
      seen.push(ctx.state['current'], Object.getPrototypeOf(ctx.state) === Object.prototype);
      seen.push((Reflect.get(ctx, 'vote') as FsmContext).current, Object.hasOwn(ctx, 'fsm'));
    });
    await bot.handleUpdate(textUpdate(1, 'hello') as never);
    expect(seen).toEqual([undefined, true, null, false]);
  });

  it('webhook replies are off under fsm(), so that Telegram gets «done» after the commit', async () => {
    const bot = telegraf();
    const seen: unknown[] = [];
    bot.use((ctx, next) => {
      seen.push(ctx.telegram.webhookReply);
      return next();
    });
    bot.use(fsm());
    bot.use((ctx) => void seen.push(ctx.telegram.webhookReply, bot.telegram.webhookReply));
    await bot.handleUpdate(textUpdate(1, 'hello') as never);
    expect(seen).toEqual([true, false, true]);
  });
});
