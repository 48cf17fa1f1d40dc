import {
  type FsmContext,
  flow,
  isFsmError,
  memoryStorage,
  noState,
  state,
  states,
} from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks, type Talk, textUpdate } from './frameworks.ts';
import { invoiceForTea } from './tea-shop.ts';

const Form = states('Form', { name: state(), age: state() });
const Poll = states('Poll', { open: state<{ votes: number }>() });

// Telegraf's property is the second one of grammY: a bot of the other framework in this process must not change an error
for (const [, framework] of frameworks.toReversed()) framework.bot().fsm();

const voteOf = ({ ctx }: Talk) => Reflect.get(ctx, 'vote') as FsmContext;

describe.each(frameworks)('machines on %s', (_, framework) => {
  it('two of them keep apart: one for the user, one for the whole chat under its own property', async () => {
    const bot = framework.bot();
    bot.fsm();
    const poll = bot.fsm({ property: 'vote', namespace: 'poll', strategy: 'chat', states: [Poll] });
    const seen: unknown[] = [];
    poll.inFilter([Poll.open], async (talk, next) => {
      const vote = voteOf(talk);
      const votes = (vote.data as { votes: number }).votes + 1;
      vote.update({ votes } as never);
      seen.push([talk.text, votes, talk.fsm.current]);
      return next();
    });
    bot.use((talk) => {
      const vote = voteOf(talk);
      if (vote.is(noState)) vote.set(Poll.open, { votes: 0 });
      if (talk.text === 'mine') talk.fsm.set(Form.name);
    });
    const group = -100;
    for (const [at, [user, text]] of (
      [
        [1, 'begin'],
        [1, 'mine'],
        [2, 'b'],
        [1, 'c'],
      ] as const
    ).entries()) {
      await bot.handle(textUpdate(at + 1, text, { user, chat: group }));
    }
    expect(seen).toEqual([
      ['mine', 1, null],
      ['b', 2, null],
      ['c', 3, 'Form:name'],
    ]);
    expect(poll.at({ chat: group }).key).toBe('poll:b1:c-100');
  });

  it('each takes the buttons and the payments of its own flows, in any order', async () => {
    const shop = flow('shop', { trigger: '/buy' })
      .ask('what', { prompt: 'What?', choices: ['Tea', 'Cake'] })
      .ask('paid', {
        prompt: invoiceForTea,
        accept: 'payment',
      })
      .done(({ what }) => `One ${what}`);
    const vote = flow('vote', { trigger: '/vote' })
      .ask('which', { prompt: 'Which?', choices: ['Cats', 'Dogs'] })
      .done(({ which }) => `You like ${which}`);
    const bot = framework.bot();
    bot.fsm({ states: [vote] });
    bot.fsm({ property: 'shop', namespace: 'shop', states: [shop] });
    const tg = telegram(bot.bot);
    const anna = tg.user('Anna').in(tg.group('Tea room'));
    await anna.sends('/buy');
    await anna.taps('Tea');
    expect(await anna.pays()).toMatchObject({ accepted: true });
    anna.sees('One Tea');
    await anna.sends('/buy');
    await anna.sends('/vote');
    await anna.taps('Cake');
    anna.sees({ method: 'sendInvoice' });
    await anna.taps('Dogs');
    anna.sees('You like Dogs');
  });

  it('each takes its own buttons, also under namespaces whose short hashes are alike', async () => {
    const ask = (id: string) =>
      flow(id, { trigger: `/${id}` })
        .ask('which', { prompt: `${id}?`, choices: [`${id} 1`, `${id} 2`] })
        .done(({ which }) => `${which} it is.`);
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ namespace: 'shop1', states: [ask('a')] });
    bot.fsm({ namespace: 'shop100', property: 'vote', states: [ask('b')] });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/b');
    await anna.taps('b 2');
    anna.sees('b 2 it is.');
    expect(bot.errors).toEqual([]);
  });

  const vote = flow('vote', { trigger: '/vote' })
    .ask('which', { prompt: 'Which?', choices: ['Cats', 'Dogs'] })
    .done(({ which }) => which);
  const order = flow('order', { trigger: '/order' })
    .ask('what', { prompt: 'What?', choices: ['Tea', 'Cake'] })
    .done(({ what }) => what);
  const shared = memoryStorage();
  it.each([
    ['flows', [{ states: [order] }, { states: [vote] }]],
    ['one storage', [{ storage: shared }, { storage: shared, strategy: 'chat', states: [vote] }]],
  ] as const)('two under one namespace that both have %s are an error', async (_what, [a, b]) => {
    const bot = framework.bot();
    bot.noteErrors();
    const first = bot.fsm(a);
    bot.fsm({ property: 'vote', ...b });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/vote');
    anna.seesNothing();
    const found = `'telefsm', which the machine at ctx.${framework.properties[0]} has too`;
    expect(bot.errors).toMatchObject([
      { code: 'INVALID_OPTION', details: { option: 'namespace', found } },
    ]);
    expect(await first.at({ user: anna.id }).peek()).toBeUndefined();
  });

  it('two under one namespace with storages of their own are accepted if only one has buttons', async () => {
    const bot = framework.bot();
    bot.noteErrors();
    const first = bot.fsm({ states: [Form], strategy: 'globalUser' });
    bot.fsm({ property: 'vote', states: [vote] });
    bot.use(({ fsm, text }) => {
      if (text === 'name') fsm.set(Form.name);
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('name');
    await anna.sends('/vote');
    await anna.taps('Dogs');
    anna.sees('Dogs');
    expect(bot.errors).toEqual([]);
    expect(await first.at({ user: anna.id }).peek()).toMatchObject({ current: 'Form:name' });
  });

  it('a getter of the context at the property of another bot is not read', async () => {
    framework.bot().fsm({ property: 'from' });
    const bot = framework.bot();
    bot.noteErrors();
    const contexts: object[] = [];
    bot.fsm();
    bot.use(({ ctx }) => void contexts.push(ctx));
    // Telegraf's getter throws for it
    const boost = { chat: { id: 7, type: 'channel', title: 'News' }, boost: null };
    await bot.handle({ update_id: 1, chat_boost: boost } as never).catch(() => {});
    expect(bot.errors).toEqual([]);
    expect(contexts).toHaveLength(1);
  });

  it('each may commit where the other fails', async () => {
    const bot = framework.bot();
    const outer = bot.fsm();
    const inner = bot.fsm({ property: 'vote', namespace: 'poll' });
    bot.noteErrors();
    bot.use((talk) => {
      talk.fsm.set(Form.name);
      voteOf(talk).set(Form.age);
      voteOf(talk).afterCommit(() => {
        throw new Error('after the inner commit');
      });
    });
    await bot.handle(textUpdate(1, 'hello')).catch(() => {});
    expect(await inner.at({ user: 5 }).peek()).toMatchObject({ current: 'Form:age' });
    expect(await outer.at({ user: 5 }).peek()).toBeUndefined();
  });

  it('a hook of the first waits for the second in vain if the handler has used both, and is rejected immediately', async () => {
    const clock = virtualClock();
    const bot = framework.bot();
    bot.noteErrors();
    const note = flow('note')
      .ask('text', { prompt: 'What?', when: () => false })
      .done(async () => {
        await vote.at({ user: 1001 }).run(({ state: fsm }) => fsm.set(Form.age));
        return 'Noted.';
      });
    const turn = { detectReentry: true } as const;
    const first = bot.fsm({ states: [note], clock, turn });
    const vote = bot.fsm({ property: 'vote', namespace: 'poll', clock, turn });
    bot.command('note', (talk) => {
      voteOf(talk).set(Form.name);
      return talk.fsm.enter(note);
    });
    const anna = telegram(bot.bot, { clock }).user('Anna');
    await anna.sends('/note');
    anna.sees('Something went wrong. Please try again.');
    expect(bot.errors).toMatchObject([
      { code: 'REENTERED', details: { key: vote.at({ user: anna.id }).key } },
    ]);
    expect(await vote.at({ user: anna.id }).peek()).toBeUndefined();
    expect(await first.at({ user: anna.id }).peek()).toBeUndefined();
  });

  it('a flow sets a state of another machine, which is installed after its own', async () => {
    const clock = virtualClock();
    const note = (services: unknown) => services as { later(text: string, id: string): unknown };
    const remind = flow('remind', { trigger: '/remind' })
      .ask('text', { prompt: 'What?' })
      .done(async ({ text }, { services, id }) => {
        await note(services).later(text, id);
        return 'Noted.';
      });
    const reminding = {
      clock,
      strategy: 'globalUser',
      property: 'vote',
      namespace: 'reminder',
      turn: { detectReentry: true },
      onTimeout: () => 'Remember!',
    } as const;
    for (const isAfter of [true, false]) {
      const bot = framework.bot();
      bot.noteErrors();
      const before = isAfter ? undefined : bot.fsm(reminding);
      const services = () => ({
        later: (_text: string, id: string) =>
          reminders.at({ user: 1001 }).run(({ state: fsm }) => fsm.expire('1h'), { id }),
      });
      bot.fsm({ states: [remind], clock, services });
      const reminders = before ?? bot.fsm(reminding);
      reminders.connect(bot.bot as never);
      const anna = telegram(bot.bot, { clock }).user('Anna');
      await anna.sends('/remind');
      await anna.sends('milk');
      anna.sees(isAfter ? 'Noted.' : 'Something went wrong. Please try again.');
      const codes = bot.errors.map((error) => isFsmError(error) && error.code);
      expect(codes).toEqual(isAfter ? [] : ['REENTERED']);
      await clock.advance('61m');
      await reminders.sweep();
      if (isAfter) anna.sees('Remember!');
    }
  });

  it('a machine sends outside updates through the connected bot', async () => {
    const bot = framework.bot();
    const machine = bot.fsm();
    machine.connect(bot.bot as never);
    const tg = telegram(bot.bot);
    const anna = tg.user('Anna');
    await anna.sends('hello');
    await machine.at({ user: anna.id }).run(async (turn) => {
      turn.state.set(Form.name);
      await turn.reply('An operator is here.');
      await turn.api('sendDice', { chat_id: anna.id });
    });
    anna.sees('An operator is here.');
    expect(tg.calls.map(({ method }) => method)).toEqual(['sendMessage', 'sendDice']);
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ current: 'Form:name' });
  });

  it('a machine that is not connected throws NOT_CONNECTED', async () => {
    const machine = framework.bot().fsm();
    expect(() => machine.at({ user: 5 })).toThrowError(/NOT_CONNECTED/);
  });

  it('start fires deadlines, and the bot sends their messages', async () => {
    const clock = virtualClock();
    const bot = framework.bot();
    const machine = bot.fsm({
      clock,
      onTimeout: async ({ state: fsm }: { readonly state: FsmContext }) => {
        fsm.clear();
        return 'Too late.';
      },
    } as never);
    machine.start(bot.bot as never);
    bot.use(({ fsm }) => {
      fsm.set(Form.name);
      fsm.expire('10m');
    });
    const anna = telegram(bot.bot, { clock }).user('Anna');
    await anna.sends('hello');
    await clock.advance('9m');
    anna.seesNothing();
    await clock.advance('2m');
    anna.sees('Too late.');
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
    await machine.stop();
  });

  it('a stopped machine begins no turn', async () => {
    const bot = framework.bot();
    const machine = bot.fsm();
    bot.noteErrors();
    await machine.stop();
    const thrown = await bot.handle(textUpdate(1, 'hello')).then(
      () => bot.errors[0],
      (error) => error.error,
    );
    expect(isFsmError(thrown, 'STOPPED')).toBe(true);
  });

  it('services and adoption find the FSM on the context already', async () => {
    const bot = framework.bot();
    const seen: unknown[] = [];
    bot.fsm({
      adopt: (turn: { readonly ctx: { readonly fsm: FsmContext }; readonly state: FsmContext }) => {
        seen.push(turn.ctx.fsm === turn.state);
        turn.state.set(Form.name);
      },
      services: ({ ctx }: { readonly ctx: { readonly fsm: FsmContext } }) => {
        seen.push(ctx.fsm.current);
        return {};
      },
    } as never);
    bot.use(({ fsm }) => void seen.push(fsm.current));
    await bot.handle(textUpdate(1, 'hello'));
    expect(seen).toEqual([null, true, 'Form:name']);
  });
});

describe.each(frameworks)('updates reach %s', (_, framework) => {
  it.each(['process', 'polling', 'webhook'] as const)('by %s, in order', async (via) => {
    const bot = framework.bot();
    const machine = bot.fsm();
    bot.use(async ({ fsm, text, say }) => {
      const seen = [...(fsm.get('seen', []) as readonly string[]), text];
      await new Promise(setImmediate);
      fsm.update({ seen } as never);
      await say(`${seen.length}`);
    });
    const tg = telegram(bot.bot, { via });
    try {
      const users = ['Anna', 'Boris', 'Clara'].map((name) => tg.user(name));
      const texts = ['a', 'b', 'c', 'd', 'e'];
      await Promise.all(users.map((user) => Promise.all(texts.map((text) => user.sends(text)))));
      for (const user of users) {
        expect(await machine.at({ user: user.id }).peek()).toMatchObject({ data: { seen: texts } });
      }
    } finally {
      await tg.stop();
    }
  });
});
