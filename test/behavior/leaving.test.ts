import { flow, isFsmError, scene, state, states, typed } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, frameworks } from './frameworks.ts';

const Menu = states('Menu', { main: state() });
const broken = new Error('broken hook');
const fails = () => {
  throw broken;
};

/** A bot that says where a user is, and Anna. */
function play(bot: BotUnderTest, states: readonly object[], scenes: readonly object[] = []) {
  bot.noteErrors();
  const machine = bot.fsm({ states: [Menu, ...states], scenes });
  bot.command('where', ({ fsm, say }) => say(`At ${fsm.current} ${JSON.stringify(fsm.data)}.`));
  bot.command('leave', ({ fsm }) => fsm.cancel());
  return { machine, anna: telegram(bot.bot).user('Anna') };
}

describe.each(frameworks)('leaving on %s', (_, framework) => {
  it('is kept although every hook of the flow throws; each runs, and the first error reaches the bot', async () => {
    const notified: string[] = [];
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?' })
      .done(() => 'Done.', {
        canceled: (_answers, { state: fsm }) => {
          notified.push('canceled');
          fsm.enter(form as never);
          fails();
        },
        left: (reason, _answers, { state: fsm }) => {
          notified.push(reason);
          fsm.afterCommit(() => void notified.push('lost'));
          throw new Error('second');
        },
      });
    const bot = framework.bot();
    const { anna } = play(bot, [form]);
    await anna.sends('/form');
    await anna.sends('/cancel');
    anna.sees('Canceled.');
    expect(notified).toEqual(['canceled', 'canceled']);
    expect(bot.errors).toEqual([broken]);
    await anna.sends('/where');
    anna.sees('At null {}.');
    await anna.sends('/form');
    await anna.sends('1');
    anna.sees('Done.');
    expect(notified.slice(2)).toEqual(['done']);
    await anna.sends('/where');
    anna.sees('At null {}.');
  });

  it('undoes what the hook that throws has changed, and nothing else', async () => {
    const reported: string[] = [];
    const inner = scene('inner').on({
      handle: ({ leave }) => leave(),
      leave: ({ state: fsm }) => {
        fsm.afterCommit(() => void reported.push('inner'));
        fsm.enter(form as never);
        fails();
      },
    });
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?', validate: (a) => a })
      .done(() => undefined, {
        left: (_reason, _answers, { state: fsm }) =>
          void fsm.afterCommit(() => void reported.push('form')),
      });
    const bot = framework.bot();
    const { anna } = play(bot, [form, inner]);
    bot.command('call', ({ fsm }) => fsm.call(inner as never));
    await anna.sends('/form');
    await anna.sends('/call');
    await anna.sends('/leave');
    expect(reported).toEqual(['form']);
    expect(bot.errors).toEqual([broken]);
    await anna.sends('/where');
    anna.sees('At null {}.');
  });

  it('of a framework’s scene is kept too, also into another scene, whose hooks run', async () => {
    const bot = framework.bot();
    const [from, to] = [framework.scene('from'), framework.scene('to')];
    from.leave(fails);
    to.enter(({ say }) => say('Entered.'));
    const { anna } = play(bot, [], [from.scene, to.scene]);
    bot.command('from', ({ fsm }) => fsm.enter(from.scene));
    bot.command('to', ({ fsm }) => fsm.enter(to.scene));
    await anna.sends('/from');
    await anna.sends('/to');
    anna.sees('Entered.');
    expect(bot.errors).toEqual([broken]);
    await anna.sends('/where');
    anna.sees('At to {}.');
  });

  it('outside an update rejects the work, and is kept', async () => {
    const node = scene('node').on({ handle: () => undefined, leave: fails });
    const bot = framework.bot();
    const { anna, machine } = play(bot, [node]);
    bot.command('node', ({ fsm }) => fsm.enter(node as never));
    await anna.sends('/node');
    machine.connect(bot.bot as never);
    const there = machine.at({ user: anna.id });
    await expect(there.run(({ state: fsm }) => fsm.leave())).rejects.toBe(broken);
    expect(await there.peek()).toBeUndefined();
  });

  it('outside an update is rejected where the hook cannot run at all', async () => {
    const bot = framework.bot();
    const from = framework.scene('from');
    from.leave(() => undefined);
    const { anna, machine } = play(bot, [], [from.scene]);
    bot.command('from', ({ fsm }) => fsm.enter(from.scene));
    await anna.sends('/from');
    machine.connect(bot.bot as never);
    const there = machine.at({ user: anna.id });
    const work = there.run(({ state: fsm }) => fsm.leave());
    await expect(work).rejects.toMatchObject({ code: 'NO_CONTEXT' });
    expect(await there.peek()).toMatchObject({ scene: 'from' });
  });

  it('by commit() is kept, and commit() throws the error', async () => {
    const node = scene('node').on({ handle: () => undefined, leave: fails });
    const bot = framework.bot();
    const { anna } = play(bot, [node]);
    bot.command('node', ({ fsm }) => fsm.enter(node as never));
    bot.command('end', async ({ fsm }) => {
      fsm.leave();
      await fsm.commit();
    });
    await anna.sends('/node');
    await anna.sends('/end');
    expect(bot.errors).toEqual([broken]);
    await anna.sends('/where');
    anna.sees('At null {}.');
  });

  it('a menu that is opened again in a flow that it has called leaves one menu to close', async () => {
    const left: string[] = [];
    const form = flow('form')
      .ask('a', { prompt: 'A?' })
      .done(() => 'Done.', { left: (reason) => void left.push(`form ${reason}`) });
    const menu = scene('menu', { data: typed<{ opened: number; answers?: object }>() }).on({
      view: ({ data, button, call, leave }) => ({
        text: `Menu ${data.opened}`,
        rows: [
          button('form', 'Form', call(form, {}, { into: 'answers' })),
          button('x', 'Close', leave()),
        ],
      }),
      leave: ({ reason, data }) => void left.push(`menu ${data.opened} ${reason}`),
    });
    const bot = framework.bot();
    const { anna, machine } = play(bot, [form, menu]);
    let opened = 0;
    bot.command('menu', ({ fsm }) => fsm.enter(menu as never, { opened: ++opened } as never));
    for (let i = 0; i < 3; i++) {
      await anna.sends('/menu');
      await anna.taps('Form');
    }
    expect(left).toEqual(['form replaced', 'menu 1 replaced', 'form replaced', 'menu 2 replaced']);
    await anna.sends('yes');
    anna.sees('Menu 3');
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({
      data: { opened: 3, answers: { a: 'yes' } },
    });
    await anna.taps('Close');
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
    expect(bot.errors).toEqual([]);
  });

  it.each(['reject', 'continue', 'ask', 'restart'] as const)(
    'a flow that waits below keeps its answers if its own trigger comes, unless it restarts: %s',
    async (onTrigger) => {
      const left: string[] = [];
      const order = flow('order', { trigger: '/order', onTrigger })
        .ask('a', { prompt: 'A?' })
        .ask('b', { prompt: 'B?' })
        .done(({ a, b }) => `${a}${b}`, { left: (reason) => void left.push(reason) });
      const help = scene('help').on({ enter: () => 'Help?', handle: ({ stay }) => stay() });
      const bot = framework.bot();
      const { anna } = play(bot, [order, help]);
      bot.command('help', ({ fsm }) => fsm.call(help));
      for (const text of ['/order', '1', '/help', '/order']) await anna.sends(text);
      expect([anna.last.text, left]).toEqual(
        onTrigger === 'restart' ? ['A?', ['replaced']] : ['B?', []],
      );
      if (onTrigger === 'restart') await anna.sends('3');
      await anna.sends('2');
      anna.sees(onTrigger === 'restart' ? '32' : '12');
      expect(bot.errors).toEqual([]);
    },
  );

  it('a scene that has called itself and goes to itself stays in its place above', async () => {
    const folder = scene('folder', { data: typed<{ path: string }>() }).on({
      enter: ({ data }) => `In ${data.path}`,
      handle: ({ input, data, call, goto, leave }) => {
        const text = input.kind === 'text' ? input.text : '';
        if (text === 'up') return leave();
        if (text === 'refresh') return goto(folder as never, { path: `${data.path}!` } as never);
        return call(folder as never, { path: `${data.path}/${text}` } as never);
      },
    });
    const bot = framework.bot();
    const { anna } = play(bot, [folder]);
    bot.command('files', ({ fsm }) => fsm.enter(folder as never, { path: 'home' } as never));
    const seen = [];
    for (const text of ['/files', 'a', 'b', 'refresh', 'up', 'up']) {
      await anna.sends(text);
      seen.push(anna.last.text);
    }
    expect(seen).toEqual([
      'In home',
      'In home/a',
      'In home/a/b',
      'In home/a/b!',
      'In home/a',
      'In home',
    ]);
    expect(bot.errors).toEqual([]);
  });

  it('names the step to the hook of the flow, whatever the reason', async () => {
    const clock = virtualClock();
    const left: string[] = [];
    const form = flow('form', { trigger: '/form', timeout: '1m' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done(() => 'Done.', {
        left: (reason, _, { step }) => void left.push(`${reason} at ${step}`),
      });
    const other = flow('other', { trigger: '/other' })
      .ask('c', { prompt: 'C?' })
      .done(() => {});
    const bot = framework.bot();
    bot.noteErrors();
    const machine = bot.fsm({ states: [form, other], clock });
    machine.start(bot.bot as never);
    const anna = telegram(bot.bot, { clock }).user('Anna');
    for (const text of ['/form', '1', '2', '/form', '/cancel', '/form', '1', '/other', '/form']) {
      await anna.sends(text);
    }
    await clock.advance('2m');
    expect(left).toEqual(['done at b', 'canceled at a', 'replaced at b', 'timeout at a']);
    expect(bot.errors).toEqual([]);
    await machine.stop();
  });

  it('by a deadline is tried again, as everything that a deadline does', async () => {
    const clock = virtualClock();
    let failing = true;
    const form = flow('form', { trigger: '/form', timeout: '1m' })
      .ask('a', { prompt: 'A?' })
      .done(() => undefined, { left: () => (failing ? fails() : undefined) });
    const bot = framework.bot();
    const machine = bot.fsm({ states: [form], clock });
    const anna = telegram(bot.bot, { clock }).user('Anna');
    machine.connect(bot.bot as never);
    await anna.sends('/form');
    anna.sees('A?');
    const failed: unknown[] = [];
    machine.observe('deadlineFailed', ({ error }) => failed.push(error));
    await clock.advance('2m');
    await machine.sweep();
    expect(failed).toEqual([broken]);
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ current: 'form:a' });
    failing = false;
    await clock.advance('2s');
    await machine.sweep();
    anna.sees('Time is up. Please start again.');
  });

  it('is over for hooks that write: the data would be that of the next scene', async () => {
    const bot = framework.bot();
    const [from, to] = [framework.scene('from'), framework.scene('to')];
    const codes: unknown[] = [];
    from.leave(({ fsm }) => {
      for (const write of [
        () => fsm.update({ a: 1 } as never),
        () => fsm.replace({ a: 1 } as never),
        () => fsm.set(Menu.main),
        () => fsm.next(),
        () => fsm.expire('1m'),
      ]) {
        try {
          write();
        } catch (error) {
          codes.push(isFsmError(error) ? error.code : error);
        }
      }
      codes.push(fsm.current, fsm.data);
    });
    const { anna } = play(bot, [], [from.scene, to.scene]);
    bot.command('from', ({ fsm }) => fsm.enter(from.scene, { from: 1 } as never));
    bot.command('to', ({ fsm }) => fsm.enter(to.scene, { to: 1 } as never));
    await anna.sends('/from');
    await anna.sends('/to');
    expect(codes).toEqual([...Array(5).fill('NO_SCENE'), 'from', { from: 1 }]);
    await anna.sends('/where');
    anna.sees('At to {"to":1}.');
    expect(bot.errors).toEqual([]);
  });

  it('may lead on: an ending sets a state where there is none, and enters a scene', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?' })
      .done(() => undefined, {
        canceled: (_answers, { state: fsm }) => fsm.set(Menu.main),
      });
    const bot = framework.bot();
    const { anna } = play(bot, [form]);
    await anna.sends('/form');
    await anna.sends('/cancel');
    await anna.sends('/where');
    anna.sees('At Menu:main {}.');
    expect(bot.errors).toEqual([]);
  });
});
