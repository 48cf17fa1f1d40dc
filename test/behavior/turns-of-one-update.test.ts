/** An update that is in several records at once: a machine, a second one, and sessions with a record of their own. */

import { interruptBy, memoryStorage, type RawUpdate, state, states } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type StageContext, type StageHandler, stageFrameworks, textOf } from './stages.ts';

const Form = states('Form', { name: state(), age: state() });
const Vote = states('Vote', { open: state() });
const ownKey = (ctx: StageContext) => String(Reflect.get(ctx, 'from').id);
const voteOf = (ctx: StageContext) => Reflect.get(ctx, 'vote') as StageContext['fsm'];
const orders: readonly (readonly ['fsm' | 'session', 'fsm' | 'session'])[] = [
  ['fsm', 'session'],
  ['session', 'fsm'],
];

/** A promise that the test resolves. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** What each record holds. */
const shown = (ctx: StageContext) =>
  ctx.reply(`${ctx.fsm.current} ${JSON.stringify(ctx.session ?? {})}`);

describe.each(stageFrameworks)('one update in several records on $name', (framework) => {
  function botWith(
    order: (typeof orders)[number],
    between?: StageHandler,
    options: { readonly fsm?: object; readonly session?: object } = {},
  ) {
    const bot = framework.bot();
    const parts = {
      fsm: framework.fsm({ states: [Form], ...options.fsm }),
      session: framework.session({
        getSessionKey: ownKey,
        defaultSession: () => ({}),
        ...options.session,
      }),
    };
    bot.use(parts[order[0]]);
    if (between) bot.use(between);
    bot.use(parts[order[1]]);
    bot.command('show', shown);
    return { bot, machine: parts.fsm };
  }
  const change = (ctx: StageContext) => {
    ctx.fsm.set(Form.name);
    ctx.session ??= {};
    ctx.session['n'] = Number(ctx.session['n'] ?? 0) + 1;
  };

  it.each(orders)(
    '%s before %s: if middleware between them fails, neither is changed, and the redelivery changes both once',
    async (...order) => {
      let failures = 1;
      const { bot } = botWith(order, async (ctx, next) => {
        await next();
        if (textOf(ctx) === 'go' && failures-- > 0) throw new Error('metrics are down');
      });
      let runs = 0;
      let sent: RawUpdate | undefined;
      bot.use((ctx) => {
        runs++;
        sent = Reflect.get(ctx, 'update');
        change(ctx);
      });
      const tg = telegram(bot.bot);
      const anna = tg.user('Anna');
      await expect(anna.sends('go')).rejects.toThrow('metrics are down');
      const update = sent as RawUpdate | undefined;
      await anna.sends('/show');
      anna.sees('null {}');
      await tg.redeliver(update);
      expect(runs).toBe(2);
      await anna.sends('/show');
      anna.sees('Form:name {"n":1}');
    },
  );

  it.each(orders)(
    '%s before %s: an update that always fails changes neither, and ends after its attempts',
    async (...order) => {
      const { bot } = botWith(order);
      let runs = 0;
      bot.use((ctx) => {
        runs++;
        change(ctx);
        throw new Error('bug');
      });
      const tg = telegram(bot.bot);
      const anna = tg.user('Anna');
      await expect(anna.sends('go')).rejects.toThrow('bug');
      for (let again = 2; again < 5; again++) await expect(tg.redeliver()).rejects.toThrow('bug');
      await tg.redeliver();
      expect(runs).toBe(5);
      await anna.sends('/show');
      anna.sees('null {}');
    },
  );

  it.each(orders)(
    '%s before %s: if the inner one cannot be written, the outer one is not',
    async (...order) => {
      let failures = 1;
      const storage = memoryStorage();
      const flaky: typeof storage = {
        ...storage,
        commit: (...statement) => {
          if (failures-- > 0) throw new Error('ECONNRESET');
          return storage.commit(...statement);
        },
      };
      const { bot } = botWith(order, undefined, { [order[1]]: { storage: flaky } });
      let runs = 0;
      bot.use((ctx) => {
        runs++;
        change(ctx);
      });
      const tg = telegram(bot.bot);
      const anna = tg.user('Anna');
      await expect(anna.sends('go')).rejects.toThrow();
      await tg.redeliver();
      expect(runs).toBe(2);
      await anna.sends('/show');
      anna.sees('Form:name {"n":1}');
    },
  );

  it.each(orders)(
    '%s before %s: an interrupt rolls both back, and does not wait for the handler',
    async (...order) => {
      const { bot } = botWith(order, undefined, {
        fsm: { strategy: 'chat', waiting: { interrupt: interruptBy(['stop']) } },
      });
      bot.command('stop', shown);
      const handler = gate();
      const rest = gate();
      bot.use(async (ctx) => {
        change(ctx);
        handler.open();
        await rest.opened;
      });
      const tg = telegram(bot.bot);
      const room = tg.group('Tea room');
      const [anna, ben] = [tg.user('Anna').in(room), tg.user('Ben').in(room)];
      const long = anna.sends('go');
      await handler.opened;
      await ben.sends('/stop');
      ben.sees('null {}');
      rest.open();
      await long;
      await anna.sends('/show');
      anna.sees('null {}');
    },
  );

  it('a second machine ends with the first', async () => {
    const bot = framework.bot();
    bot.use(framework.fsm({ states: [Form] }));
    let failures = 1;
    bot.use(async (_ctx, next) => {
      await next();
      if (failures-- > 0) throw new Error('metrics are down');
    });
    const machine = framework.fsm({ property: 'vote', namespace: 'vote', states: [Vote] });
    bot.use(machine);
    bot.command('show', (ctx) => ctx.reply(`${ctx.fsm.current} ${voteOf(ctx).current}`));
    bot.use((ctx) => {
      ctx.fsm.set(Form.name);
      voteOf(ctx).set(Vote.open);
    });
    const tg = telegram(bot.bot);
    const anna = tg.user('Anna');
    await expect(anna.sends('go')).rejects.toThrow('metrics are down');
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
    await tg.redeliver();
    await anna.sends('/show');
    anna.sees('Form:name Vote:open');
  });

  it('tasks after the commit of the inner one run once the outer one is committed, too', async () => {
    const { bot, machine } = botWith(['session', 'fsm']);
    const seen: unknown[] = [];
    bot.use((ctx) => {
      change(ctx);
      ctx.fsm.afterCommit(async () => {
        seen.push((await machine.at({ user: Number(ownKey(ctx)) }).peek())?.current);
      });
    });
    await telegram(bot.bot).user('Anna').sends('go');
    expect(seen).toEqual(['Form:name']);
  });

  it.each([undefined, 'metrics are down'])(
    'observers of both see one turn each, with the error of the outer one: %s',
    async (failure) => {
      const { bot, machine } = botWith(['fsm', 'session'], async (_ctx, next) => {
        await next();
        if (failure !== undefined) throw new Error(failure);
      });
      const inner = framework.fsm({ property: 'vote', namespace: 'vote', states: [Vote] });
      bot.use(inner);
      bot.use((ctx) => voteOf(ctx).set(Vote.open));
      const seen: unknown[] = [];
      machine.observe('turn', ({ key, error }) => seen.push(['outer', key !== undefined, error]));
      inner.observe('turn', ({ key, error }) => seen.push(['inner', key !== undefined, error]));
      await telegram(bot.bot)
        .user('Anna')
        .sends('go')
        .catch(() => {});
      const error = failure && expect.objectContaining({ message: failure });
      expect(seen).toEqual([
        ['inner', true, error],
        ['outer', true, error],
      ]);
    },
  );

  it('an inner one that ends after the outer one has ended is committed by itself', async () => {
    const handler = gate();
    let rest: Promise<void> | undefined;
    const { bot } = botWith(['fsm', 'session'], (ctx, next) => {
      rest = next();
      return textOf(ctx) === 'go' ? undefined : rest;
    });
    bot.use(async (ctx) => {
      await handler.opened;
      ctx.session ??= {};
      ctx.session['n'] = 1;
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('go');
    handler.open();
    await rest;
    await anna.sends('/show');
    anna.sees('null {"n":1}');
  });
});
