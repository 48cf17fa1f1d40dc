import { commandTree } from '@telefsm/commands';
import { flow, memoryStorage, redo, scene, state, states, typed } from '@telefsm/core';
import { album, photo, telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type BotUnderTest, type Framework, frameworks, type Options } from './frameworks.ts';
import { invoiceForTea } from './tea-shop.ts';

const Menu = states('Menu', { main: state(), help: state() });

/** A bot with scenes, and Anna. */
function play(framework: Framework, states: readonly object[], options: Options = {}) {
  const bot = framework.bot();
  bot.noteErrors();
  const clock = virtualClock();
  const storage = memoryStorage({ clock });
  const machine = bot.fsm({ states: [Menu, ...states], clock, storage, ...options });
  bot.command('where', ({ fsm, say }) => say(`At ${fsm.current} ${JSON.stringify(fsm.data)}.`));
  bot.command('back', ({ fsm }) => fsm.back());
  bot.command('again', ({ fsm }) => fsm.reenter());
  const world = telegram(bot.bot, { clock });
  return { bot, machine, world, clock, storage, anna: world.user('Anna') };
}

function enters(bot: BotUnderTest, ...targets: readonly { readonly id: string }[]) {
  for (const target of targets) bot.command(target.id, ({ fsm }) => fsm.enter(target as never));
}

const asks = (id: string, options: object = {}) =>
  flow(id, options)
    .ask('a', { prompt: `${id}?` })
    .done(({ a }) => `${id} ${a}.`);

describe.each(frameworks)('corners on %s', (_, framework) => {
  it('calls three deep come back one by one; what a flow calls along the way is not among its answers', async () => {
    const third = asks('third');
    const second = flow('second')
      .ask('b', { prompt: 'second?' })
      .done(() => undefined);
    const first = scene('first', { data: typed<{ of?: { a: string } }>() }).on({
      enter: ({ data }) => `first ${JSON.stringify(data)}`,
      handle: ({ call, input }) =>
        input.text === 'go' ? call(second, {}, { into: 'of' }) : undefined,
    });
    const { anna, bot } = play(framework, [first, second, third]);
    enters(bot, first);
    bot.command('deeper', ({ fsm }) => fsm.call(third as never, {}, { into: 'c' } as never));
    await anna.sends('/first');
    await anna.sends('go');
    anna.sees('second?');
    await anna.sends('/deeper');
    anna.sees('third?');
    await anna.sends('3');
    anna.sees('third 3.');
    await anna.sends('2');
    anna.sees('first {"of":{"b":"2"}}');
    expect(bot.errors).toEqual([]);
  });

  it('canceling the innermost of three leads back to its caller, which asks again', async () => {
    const [one, two, three] = [asks('one'), asks('two'), asks('three')];
    const { anna, bot } = play(framework, [one, two, three]);
    enters(bot, one);
    bot.command('two', ({ fsm }) => fsm.call(two as never));
    bot.command('three', ({ fsm }) => fsm.call(three as never));
    await anna.sends('/one');
    await anna.sends('/two');
    await anna.sends('/three');
    await anna.sends('/cancel');
    anna.sees('Canceled.');
    anna.sees('two?');
    await anna.sends('/cancel');
    anna.sees('Canceled.');
    anna.sees('one?');
    await anna.sends('1');
    anna.sees('one 1.');
    expect(bot.errors).toEqual([]);
  });

  it('a scene that calls itself has a frame for each call', async () => {
    const dig = scene('dig', { data: typed<{ depth: number }>() }).on({
      enter: ({ data }) => `Depth ${data.depth}`,
      handle: ({ call, leave, data, input }) =>
        input.text === 'down' ? call(dig as never, { depth: data.depth + 1 } as never) : leave(),
    });
    const { anna, bot } = play(framework, [dig]);
    bot.command('dig', ({ fsm }) => fsm.enter(dig, { depth: 0 }));
    await anna.sends('/dig');
    await anna.sends('down');
    await anna.sends('down');
    anna.sees('Depth 2');
    await anna.sends('up');
    anna.sees('Depth 1');
    await anna.sends('up');
    anna.sees('Depth 0');
    await anna.sends('up');
    await anna.sends('/where');
    anna.sees('At null {}.');
  });

  it('hooks that lead to each other end in TRANSITION_LOOP, and the user is where they were', async () => {
    const [ping, pong] = [framework.scene('ping'), framework.scene('pong')];
    ping.enter(({ fsm }) => fsm.enter(pong.scene));
    pong.enter(({ fsm }) => fsm.enter(ping.scene));
    const { anna, bot } = play(framework, [], { scenes: [ping.scene, pong.scene] });
    bot.command('set', ({ fsm }) => fsm.set(Menu.main));
    bot.command('ping', ({ fsm }) => fsm.enter(ping.scene));
    await anna.sends('/set');
    await anna.sends('/ping');
    expect(bot.errors).toMatchObject([{ code: 'TRANSITION_LOOP' }]);
    await anna.sends('/where');
    anna.sees('At Menu:main {}.');
  });

  it('a leave hook that enters its own scene again loops no further than once', async () => {
    const sticky = framework.scene('sticky');
    const log: unknown[] = [];
    sticky.enter(() => void log.push('enter'));
    sticky.leave(({ fsm, ctx }) => {
      log.push((ctx as { readonly reason?: string }).reason);
      if (log.length < 3) fsm.enter(sticky.scene);
    });
    const { anna, bot } = play(framework, [], { scenes: [sticky.scene] });
    bot.command('sticky', ({ fsm }) => fsm.enter(sticky.scene));
    bot.command('leave', ({ fsm }) => fsm.leave());
    await anna.sends('/sticky');
    await anna.sends('/leave');
    expect(log).toEqual(['enter', 'left', 'enter']);
    await anna.sends('/leave');
    expect(log).toEqual(['enter', 'left', 'enter', 'left']);
    await anna.sends('/where');
    anna.sees('At null {}.');
    expect(bot.errors).toEqual([]);
  });

  it('done may enter its own flow, whose next entry has no answers', async () => {
    const loop = flow('loop', { trigger: '/loop' })
      .ask('a', { prompt: 'A?' })
      .done(({ a }, { state: fsm }) => {
        if (a !== 'stop') fsm.enter(loop as never);
        return `Got ${a}.`;
      });
    const { anna, bot } = play(framework, [loop]);
    await anna.sends('/loop');
    await anna.sends('1');
    anna.sees('Got 1.');
    anna.sees('A?');
    await anna.sends('stop');
    anna.sees('Got stop.');
    await anna.sends('/where');
    anna.sees('At null {}.');
    expect(bot.errors).toEqual([]);
  });

  it('redo from done asks a step again, with the others kept', async () => {
    const pair = flow('pair', { trigger: '/pair' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done(({ a, b }) => (a === b ? redo('a') : `${a}${b}`));
    const { anna } = play(framework, [pair]);
    await anna.sends('/pair');
    await anna.sends('x');
    await anna.sends('x');
    anna.sees('A?');
    await anna.sends('y');
    anna.sees('yx');
  });

  it('a group that becomes a supergroup keeps the flow of a member, its buttons and its replies', async () => {
    const lunch = flow('lunch', { trigger: '/lunch' })
      .ask('dish', { prompt: 'Dish?', choices: ['Soup', 'Pie'] })
      .ask('name', { prompt: 'Name?' })
      .done(({ dish, name }) => `${dish} for ${name}.`);
    const { world, bot, anna } = play(framework, [lunch]);
    const group = world.group('Friends', [anna]);
    await anna.in(group).sends('/lunch');
    const after = await group.migrates();
    await anna.in(after).sends('/where');
    anna.in(after).sees('At lunch:dish {}.');
    await anna.in(after).sends('/lunch');
    await anna.in(after).taps('Pie');
    await anna.in(after).sends('Anna');
    anna.in(after).sees('Pie for Anna.');
    expect(bot.errors).toEqual([]);
  });

  it('topics under userInTopic have flows of their own, also for their buttons', async () => {
    const lunch = flow('lunch', { trigger: '/lunch' })
      .ask('dish', { prompt: 'Dish?', choices: ['Soup', 'Pie'] })
      .ask('name', { prompt: 'Name?' })
      .done(({ dish, name }) => `${dish} for ${name}.`);
    const { world, bot, anna } = play(framework, [lunch], { strategy: 'userInTopic' });
    const group = world.group('Forum', [anna]);
    const [east, west] = [anna.in(group.topic('East')), anna.in(group.topic('West'))];
    await east.sends('/lunch');
    await west.sends('/lunch');
    await east.taps('Pie');
    await west.taps('Soup');
    await east.sends('Ann');
    east.sees('Pie for Ann.');
    await west.sends('Ben');
    west.sees('Soup for Ben.');
    expect(bot.errors).toEqual([]);
  });

  it('a user in two groups has two flows; a press in one does not answer the other', async () => {
    const lunch = flow('lunch', { trigger: '/lunch' })
      .ask('dish', { prompt: 'Dish?', choices: ['Soup', 'Pie'] })
      .done(({ dish }) => `${dish}.`);
    const { world, anna } = play(framework, [lunch]);
    const [x, y] = [world.group('X', [anna]), world.group('Y', [anna])];
    await anna.in(x).sends('/lunch');
    await anna.in(y).sends('/lunch');
    await anna.in(x).taps('Pie');
    anna.in(x).sees('Pie.');
    await anna.in(y).sends('/where');
    anna.in(y).sees('At lunch:dish {}.');
  });

  it('an edited message that gave an answer changes it, also when the flow waits below another', async () => {
    const form = flow('form', { trigger: '/form', editedMessages: 'update' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done(({ a, b }) => `${a} ${b}`);
    const { anna, bot } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('x');
    await anna.edits('y');
    await anna.sends('z');
    anna.sees('y z');
    expect(bot.errors).toEqual([]);
  });

  it('an answer that is edited below its summary shows the summary anew, also one that was confirmed', async () => {
    const form = flow('form', { trigger: '/form', editedMessages: 'update' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .confirm({ prompt: ({ a, b }) => `${a} ${b}?` })
      .ask('c', { prompt: 'C?', choices: ['1', '2'] })
      .done(({ a, b, c }) => `${a} ${b} ${c}`);
    const { anna, bot } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('x');
    await anna.sends('z');
    anna.sees('x z?');
    await anna.edits('w');
    anna.sees('x w?');
    await anna.taps('Yes');
    anna.sees('C?');
    await anna.edits('v');
    anna.sees('x v?');
    await anna.taps('Yes');
    anna.sees('C?');
    await anna.taps('2');
    anna.sees('x v 2');
    expect(bot.errors).toEqual([]);
  });

  it('an album in a repeat within an include is one answer of its round', async () => {
    const pictures = flow('pictures')
      .repeat('rounds', {
        each: (b) => b.ask('photos', { prompt: 'Photos?', accept: { album: 'photo' } }),
        again: 'More?',
      })
      .done(() => undefined);
    const outer = flow('outer', { trigger: '/outer' })
      .include('set', pictures)
      .done(({ set }) => set.rounds.map(({ photos }) => photos.length).join());
    const { anna, bot, clock, machine } = play(framework, [outer]);
    machine.connect(bot.bot as never);
    await anna.sends('/outer');
    await anna.sends(album(photo(), photo()));
    await clock.advance('5s');
    await machine.sweep();
    anna.sees('More?');
    await anna.taps('Yes');
    await anna.sends(photo());
    await anna.taps('Done').catch(() => undefined);
    await clock.advance('5s');
    await machine.sweep();
    anna.sees('More?');
    await anna.taps('No');
    anna.sees('2,1');
    expect(bot.errors).toEqual([]);
  });

  it('back in a repeat leads through its rounds to what was before it', async () => {
    const form = flow('form', { trigger: '/form', back: true })
      .ask('title', { prompt: 'Title?' })
      .repeat('items', {
        each: (b) => b.ask('name', { prompt: 'Name?' }).ask('size', { prompt: 'Size?' }),
        again: 'More?',
        max: 3,
      })
      .done(({ title, items }) => `${title}: ${items.map((i) => i.name + i.size).join()}`);
    const { anna, bot } = play(framework, [form]);
    for (const text of ['/form', 'T', 'a', '1']) await anna.sends(text);
    await anna.taps('Yes');
    await anna.sends('b');
    for (const seen of ['Name?', 'More?', 'Size?', 'Name?', 'Title?']) {
      await anna.sends('/back');
      anna.sees(seen);
    }
    for (const text of ['U', 'c', '2']) await anna.sends(text);
    await anna.taps('No');
    anna.sees('U: c2');
    expect(bot.errors).toEqual([]);
  });

  it('a step that was renamed while it was asked takes the answer', async () => {
    const before = flow('form', { trigger: '/form' })
      .ask('mail', { prompt: 'Mail?' })
      .ask('name', { prompt: 'Name?' })
      .done(() => 'old');
    const after = flow('form', { trigger: '/form' })
      .ask('email', { prompt: 'E-mail?', was: 'mail' })
      .ask('name', { prompt: 'Name?' })
      .done(({ email, name }) => `${email} ${name}`);
    const { anna, storage, clock, world } = play(framework, [before]);
    await anna.sends('/form');
    await world.restart(() => {
      const bot = framework.bot();
      bot.fsm({ states: [after], storage, clock });
      return bot.bot as never;
    });
    await anna.sends('a@b');
    anna.sees('Name?');
    await anna.sends('Anna');
    anna.sees('a@b Anna');
  });

  it('a flow that was renamed while it ran continues, also below a call', async () => {
    const inner = asks('inner');
    const make = (id: string, was?: string) =>
      flow(id, { trigger: '/form', ...(was && { was }) })
        .ask('a', { prompt: 'A?' })
        .ask('b', { prompt: 'B?' })
        .done(({ a, b }) => `${a} ${b}`);
    const { anna, bot, storage, clock, world } = play(framework, [make('old'), inner]);
    bot.command('inner', ({ fsm }) => fsm.call(inner as never));
    await anna.sends('/form');
    await anna.sends('1');
    await anna.sends('/inner');
    await world.restart(() => {
      const next = framework.bot();
      next.fsm({ states: [make('new', 'old'), inner], storage, clock });
      return next.bot as never;
    });
    await anna.sends('i');
    anna.sees('inner i.');
    anna.sees('B?');
    await anna.sends('2');
    anna.sees('1 2');
  });

  it('a migration while in a flow changes its answers before the next one is taken', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done(({ a, b }) => `${a} ${b}`);
    const { anna, storage, clock, world } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('x');
    await world.restart(() => {
      const next = framework.bot();
      next.fsm({
        states: [form],
        storage,
        clock,
        migrations: {
          1: ({ state: at, data }: { state: string; data: { a: string } }) => ({
            state: at,
            data: { ...data, a: data.a.toUpperCase() },
          }),
        } as never,
      });
      return next.bot as never;
    });
    await anna.sends('y');
    anna.sees('X y');
  });

  it('a keyboard of more choices than Telegram accepts is shown in pages, and the last page answers', async () => {
    const many = Array.from({ length: 250 }, (_x, at) => `c${at}`);
    const pick = flow('pick', { trigger: '/pick' })
      .ask('one', { prompt: 'Which?', choices: many })
      .done(({ one }) => `${one}.`);
    const { anna, bot } = play(framework, [pick]);
    await anna.sends('/pick');
    let pages = 0;
    for (; pages < 100; pages++) {
      const found = await anna.taps('c249').then(
        () => true,
        () => false,
      );
      if (found) break;
      await anna.taps('More »');
    }
    anna.sees('c249.');
    expect(bot.errors).toEqual([]);
  });

  it('a reply keyboard of many long labels is taken by label', async () => {
    const many = Array.from({ length: 60 }, (_x, at) => `${'long '.repeat(30)}${at}`);
    const pick = flow('pick', { trigger: '/pick' })
      .ask('one', { prompt: 'Which?', choices: many, buttons: 'reply' })
      .done(({ one }) => `${one.slice(-2)}.`);
    const { anna, bot } = play(framework, [pick]);
    await anna.sends('/pick');
    await anna.taps(many[59] as string);
    anna.sees('59.');
    expect(bot.errors).toEqual([]);
  });

  it('an answer of 4096 characters, of emoji and of lone surrogates comes back as it was', async () => {
    const echo = flow('echo', { trigger: '/echo' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done(({ a }) => `${a.length} ${a.slice(0, 2)}`);
    const { anna, bot } = play(framework, [echo]);
    for (const text of ['x'.repeat(4096), '👩‍👩‍👧'.repeat(500), '\ud800 lone']) {
      await anna.sends('/echo');
      await anna.sends(text);
      await anna.sends('b');
      anna.sees(`${text.length} ${text.slice(0, 2)}`);
    }
    expect(bot.errors).toEqual([]);
  });

  it('a command tree below a flow gives its result to the flow’s caller, and its commands end with it', async () => {
    const tree = commandTree('till');
    tree.root.command('add').action(({ say }) => say('Added.'));
    tree.root.command('close').action(({ leave }) => leave('closed'));
    const desk = scene('desk', { data: typed<{ till?: string }>() }).on({
      enter: ({ data }) => `Desk ${data.till ?? 'open'}.`,
      handle: ({ call }) => call(tree as never, {} as never, { into: 'till' } as never),
    });
    const { anna, bot } = play(framework, [desk, tree]);
    enters(bot, desk);
    await anna.sends('/desk');
    await anna.sends('work');
    await anna.sends('add');
    anna.sees('Added.');
    await anna.sends('close');
    anna.sees('Desk closed.');
    expect(bot.errors).toEqual([]);
  });

  it('a command tree whose action fails keeps its place, and the error reaches the bot once', async () => {
    const tree = commandTree('till');
    const add = tree.root.command('add');
    const open = add.state('open');
    add.action(() => open);
    open.command('break').action(() => {
      throw new Error('no paper');
    });
    open.command('ok').action(({ say }) => say('Still open.'));
    const { anna, bot } = play(framework, [tree]);
    bot.command('till', ({ fsm }) => fsm.enter(tree));
    await anna.sends('/till');
    await anna.sends('add');
    await anna.sends('break');
    expect(bot.errors).toHaveLength(1);
    await anna.sends('ok');
    anna.sees('Still open.');
  });

  it('a timed question below a call waits, and has its whole rest of time afterwards', async () => {
    const quick = flow('quick', { trigger: '/quick', timeout: '10m' })
      .ask('a', { prompt: 'A?' })
      .done(() => 'Done.');
    const inner = asks('inner');
    const { anna, bot, machine, clock } = play(framework, [quick, inner]);
    machine.connect(bot.bot as never);
    bot.command('inner', ({ fsm }) => fsm.call(inner as never));
    await anna.sends('/quick');
    await clock.advance('9m');
    await anna.sends('/inner');
    await clock.advance('1h');
    await machine.sweep();
    await anna.sends('i');
    anna.sees('A?');
    await clock.advance('2m');
    await machine.sweep();
    anna.sees('Time is up. Please start again.');
  });

  it('back() from a scene that a flow led to asks the flow’s question again, with its answers', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done(({ a, b }) => `${a} ${b}`);
    const aside = scene('aside').on({ enter: () => 'Aside.', handle: ({ back }) => back() });
    const { anna, bot } = play(framework, [form, aside]);
    enters(bot, aside);
    await anna.sends('/form');
    await anna.sends('1');
    await anna.sends('/aside');
    anna.sees('Aside.');
    await anna.sends('x');
    anna.sees('B?');
    await anna.sends('2');
    anna.sees('1 2');
    expect(bot.errors).toEqual([]);
  });

  it('reenter() in a flow asks the question again, and a press of the first keyboard still answers', async () => {
    const pick = flow('pick', { trigger: '/pick' })
      .ask('a', { prompt: 'A?', choices: ['x', 'y'] })
      .done(({ a }) => `${a}.`);
    const { anna, bot } = play(framework, [pick]);
    await anna.sends('/pick');
    const shown = anna.sees('A?');
    await anna.sends('/again');
    anna.sees('A?');
    await anna.taps('x', shown);
    anna.sees('x.');
    await anna.taps('y', shown);
    expect(bot.errors).toEqual([]);
  });

  it('two presses of one button at once answer once', async () => {
    const pick = flow('pick', { trigger: '/pick' })
      .ask('a', { prompt: 'A?', choices: ['x', 'y'] })
      .ask('b', { prompt: 'B?', choices: ['x', 'y'] })
      .done(({ a, b }) => `${a}${b}.`);
    const { anna, bot } = play(framework, [pick]);
    await anna.sends('/pick');
    const shown = anna.sees('A?');
    await Promise.all([anna.taps('x', shown), anna.taps('y', shown)]);
    await anna.sends('/where');
    anna.sees('At pick:b {"a":"x"}.');
    expect(bot.errors).toEqual([]);
  });

  it('a flow that is entered in a handler of every update is entered once for each, and keeps nobody', async () => {
    const form = asks('form');
    const { anna, bot } = play(framework, [form]);
    bot.use(({ fsm }) => fsm.enter(form as never));
    await anna.sends('x');
    anna.sees('form?');
    await anna.sends('y');
    anna.sees('form y.');
    await anna.sends('z');
    anna.sees('form?');
    expect(bot.errors).toEqual([]);
  });

  it('a condition that depends on a later edit of an answer asks what applies now', async () => {
    const form = flow('form', { trigger: '/form', editedMessages: 'update' })
      .ask('kind', { prompt: 'Kind?' })
      .ask('size', { prompt: 'Size?', when: ({ kind }) => kind === 'shirt' })
      .ask('note', { prompt: 'Note?' })
      .done(({ kind, size, note }) => `${kind} ${size} ${note}`);
    const { anna, bot } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('shirt');
    anna.sees('Size?');
    await anna.edits('cup');
    anna.sees('Note?');
    await anna.sends('n');
    anna.sees('cup undefined n');
    expect(bot.errors).toEqual([]);
  });

  it('a branch that is left by an edit takes its answers out of what done gets', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('kind', { prompt: 'Kind?', choices: ['a', 'b'] })
      .branch('kind', {
        a: (b) => b.ask('left', { prompt: 'Left?' }),
        b: (b) => b.ask('right', { prompt: 'Right?' }),
      })
      .confirm({ prompt: 'Sure?', edit: true })
      .done((answers) => JSON.stringify(answers));
    const { anna, bot } = play(framework, [form]);
    await anna.sends('/form');
    await anna.taps('a');
    await anna.sends('l');
    anna.sees('Sure?');
    await anna.taps('Edit');
    await anna.taps('Kind');
    await anna.taps('b');
    anna.sees('Right?');
    await anna.sends('r');
    await anna.taps('Yes');
    anna.sees('{"kind":"b","right":"r"}');
    expect(bot.errors).toEqual([]);
  });

  it('work from outside leaves out an optional question, and no other one', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?', optional: true })
      .ask('b', { prompt: 'B?' })
      .done(({ a, b }) => `${a} ${b}`);
    const { anna, bot, machine } = play(framework, [form]);
    machine.connect(bot.bot as never);
    await anna.sends('/form');
    const there = machine.at({ user: anna.id });
    expect(await there.answer(form.steps.a, undefined as never)).toBe(true);
    anna.sees('B?');
    await expect(there.answer(form.steps.b, undefined as never)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'form:b answer', found: 'undefined' },
    });
    await anna.sends('in');
    anna.sees('undefined in');
  });

  it('work from outside answers a step of a group’s flow, and the next question reaches the member', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done(({ a, b }) => `${a} ${b}`);
    const { anna, bot, world, machine } = play(framework, [form]);
    const group = world.group('Friends', [anna]);
    machine.connect(bot.bot as never);
    await anna.in(group).sends('/form');
    const there = machine.at({ chat: group.id, user: anna.id });
    expect(await there.answer(form.steps.a, 'outside' as never)).toBe(true);
    const last = world.calls.at(-1)?.payload as Record<string, unknown>;
    expect(last['text']).toBe('B?');
    expect(last['reply_parameters']).toMatchObject({ allow_sending_without_reply: true });
    await anna.in(group).sends('in');
    anna.in(group).sees('outside in');
  });

  it('under the strategy chat the first member’s answer counts, and the next question forces nobody else', async () => {
    const poll = flow('poll', { trigger: '/poll' })
      .ask('day', { prompt: 'Day?', choices: ['Mo', 'Tu'] })
      .ask('place', { prompt: 'Place?' })
      .done(({ day, place }) => `${day} ${place}.`);
    const { bot, world, anna } = play(framework, [poll], { strategy: 'chat' });
    const ben = world.user('Ben');
    const group = world.group('Friends', [anna, ben]);
    await anna.in(group).sends('/poll');
    await ben.in(group).taps('Tu');
    const asked = world.calls.findLast(({ method }) => method === 'sendMessage');
    expect(asked?.payload).toEqual({ chat_id: group.id, text: 'Place?' });
    await ben.in(group).sends('Park');
    ben.in(group).sees('Tu Park.');
    expect(bot.errors).toEqual([]);
  });

  it('under the strategy globalUser a flow that continues in another chat replies to no message of the first', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?', choices: ['x', 'y'] })
      .ask('b', { prompt: 'B?' })
      .done(({ a, b }) => `${a}${b}.`);
    const { bot, world, anna, machine } = play(framework, [form], { strategy: 'globalUser' });
    machine.connect(bot.bot as never);
    const [one, two] = [world.group('One', [anna]), world.group('Two', [anna])];
    await anna.in(one).sends('/form');
    await anna.in(two).sends('/again');
    await anna.in(one).taps('x');
    const asked = world.calls.findLast(({ method }) => method === 'sendMessage');
    expect(asked?.payload).toEqual({ chat_id: one.id, text: 'B?' });
    await anna.sends('z');
    anna.sees('xz.');
    expect(bot.errors).toEqual([]);
  });

  it('controls below a question in a group work for its user alone', async () => {
    const form = flow('form', { trigger: '/form', controls: ['back', 'cancel'] })
      .ask('a', { prompt: 'A?', choices: ['x', 'y'] })
      .ask('b', { prompt: 'B?', choices: ['x', 'y'] })
      .done(({ a, b }) => `${a}${b}.`);
    const { bot, world, anna } = play(framework, [form]);
    const ben = world.user('Ben');
    const group = world.group('Friends', [anna, ben]);
    await anna.in(group).sends('/form');
    const shown = anna.in(group).sees('A?');
    await anna.in(group).taps('x');
    await ben.in(group).taps('Cancel');
    await anna.in(group).sends('/where');
    anna.in(group).sees('At form:b {"a":"x"}.');
    await anna.in(group).taps('Cancel', shown);
    await anna.in(group).sends('/where');
    anna.in(group).sees('At form:b {"a":"x"}.');
    await anna.in(group).taps('Cancel');
    anna.in(group).sees('Canceled.');
    expect(bot.errors).toEqual([]);
  });

  it('an album sent to a node is taken part by part, and the parts after its end reach nobody', async () => {
    const seen: string[] = [];
    const node = scene('node', { accept: 'photo' }).on({
      enter: () => 'Photo?',
      handle: ({ leave }) => {
        seen.push('node');
        return leave();
      },
    });
    const { bot, anna } = play(framework, [node]);
    enters(bot, node);
    bot.use(() => void seen.push('bot'));
    await anna.sends('/node');
    await anna.sends(album(photo(), photo(), photo()));
    expect(seen).toEqual(['node']);
    expect(bot.errors).toEqual([]);
  });

  it('a node’s handler that both moves by verb and by return does what came last', async () => {
    const [a, b] = [asks('a'), asks('b')];
    const node = scene('node').on({
      enter: () => 'Where?',
      handle: ({ state: fsm, goto }) => {
        fsm.update({ lost: 1 } as never);
        return goto(b);
      },
    });
    const { bot, anna } = play(framework, [a, b, node]);
    enters(bot, node);
    await anna.sends('/node');
    await anna.sends('x');
    anna.sees('b?');
    await anna.sends('/where');
    anna.sees('At b:a {}.');
    expect(bot.errors).toEqual([]);
  });

  it('a flow restarted by its trigger below a call leaves the caller waiting where it was', async () => {
    const inner = asks('inner', { trigger: '/inner' });
    const outer = flow('outer', { trigger: '/outer' })
      .ask('o', { prompt: 'outer?' })
      .done(({ o }) => `outer ${o}.`);
    const { bot, anna } = play(framework, [outer, inner]);
    bot.command('call', ({ fsm }) => fsm.call(inner as never));
    await anna.sends('/outer');
    await anna.sends('/call');
    anna.sees('inner?');
    await anna.sends('/inner');
    anna.sees('inner?');
    await anna.sends('1');
    anna.sees('inner 1.');
    anna.sees('outer?');
    await anna.sends('2');
    anna.sees('outer 2.');
    expect(bot.errors).toEqual([]);
  });

  it('cancel() inside a step’s validator ends the flow, and what the validator gave is not kept', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('a', {
        prompt: 'A?',
        validate: (a, _answers, { state: fsm }) => {
          if (a === 'stop') fsm.cancel();
          return a;
        },
      })
      .ask('b', { prompt: 'B?' })
      .done(() => undefined);
    const { bot, anna } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('stop');
    anna.sees('Canceled.');
    await anna.sends('/where');
    anna.sees('At null {}.');
    expect(bot.errors).toEqual([]);
  });

  it('clear() in done sends the result of done, and asks nothing more', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?' })
      .done((_answers, { state: fsm }) => {
        fsm.clear();
        return 'All forgotten.';
      });
    const { bot, anna } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('x');
    anna.sees('All forgotten.');
    await anna.sends('/where');
    anna.sees('At null {}.');
    expect(bot.errors).toEqual([]);
  });

  it('a prompt that Telegram rejects in a repeat sends the user the text `failed`, and allows /cancel and /back', async () => {
    const form = flow('form', { trigger: '/form', back: true })
      .repeat('parts', {
        each: (b) =>
          b
            .ask('a', { prompt: 'A?' })
            .ask('b', { prompt: ({ a }) => ({ text: `B after ${a}?`, parse_mode: 'HTML' }) }),
        again: 'More?',
      })
      .done(() => undefined);
    const { bot, anna } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('I <3 you');
    anna.sees('Something went wrong. Please try again.');
    await anna.sends('/back');
    anna.sees('A?');
    await anna.sends('<');
    await anna.sends('/cancel');
    anna.sees('Canceled.');
    expect(bot.errors).toEqual([]);
  });

  it('two machines, one of members and one of the chat, take their own commands in one group', async () => {
    const bot = framework.bot();
    bot.noteErrors();
    const form = asks('form', { trigger: '/form' });
    const poll = flow('poll', { trigger: '/poll' })
      .ask('day', { prompt: 'Day?', choices: ['Mo', 'Tu'] })
      .done(({ day }) => `${day}.`);
    bot.fsm({ states: [form] });
    bot.fsm({ states: [poll], strategy: 'chat', namespace: 'chat', property: 'shared' });
    const world = telegram(bot.bot);
    const anna = world.user('Anna');
    const there = anna.in(world.group('Friends', [anna]));
    await there.sends('/form');
    await there.sends('/poll');
    there.sees('Day?');
    await there.taps('Mo');
    there.sees('Mo.');
    await there.sends('x');
    there.sees('form x.');
    expect(bot.errors).toEqual([]);
  });

  it('a business customer’s flow is separate from that in the bot’s own chat, and its hooks send there', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?' })
      .done(({ a }) => `Done ${a}.`, { canceled: () => 'Never mind.' });
    const { bot, world, anna } = play(framework, [form]);
    const there = anna.in(await world.user('Owner').connects());
    await there.sends('/form');
    await anna.sends('/form');
    await there.sends('/cancel');
    there.sees('Never mind.');
    await anna.sends('x');
    anna.sees('Done x.');
    expect(bot.errors).toEqual([]);
  });

  it('a payment after the flow was canceled goes to the bot, and takes no other flow’s question', async () => {
    const shop = flow('shop', { trigger: '/buy' })
      .ask('paid', {
        prompt: invoiceForTea,
        accept: 'payment',
      })
      .done(() => 'Paid.');
    const { bot, anna } = play(framework, [shop, asks('form', { trigger: '/form' })]);
    await anna.sends('/buy');
    await anna.sends('/cancel');
    await anna.sends('/form');
    expect(await anna.pays()).toMatchObject({ accepted: false });
    await anna.sends('/where');
    anna.sees('At form:a {}.');
    expect(bot.errors).toEqual([]);
  });
});
