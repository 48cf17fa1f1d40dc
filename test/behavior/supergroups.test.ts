/** Messages to a former group go to its supergroup. */

import { flow, scene, typed } from '@telefsm/core';
import { virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

const lunch = flow('lunch', { trigger: '/lunch', timeout: '1h' })
  .ask('dish', {
    prompt: 'Dish?',
    choices: ['Soup', 'Pie'],
    timeout: '10m',
    onTimeout: () => ({ answer: 'Soup' }),
  })
  .ask('name', { prompt: 'Name?' })
  .done(({ dish, name }) => `${dish} for ${name}.`);

const alarm = scene('alarm', { timeout: '10m' }).on({
  enter: () => 'I will wake you.',
  handle: ({ reply }) => reply('Not yet.'),
  timeout: ({ reply }) => reply('Wake up!'),
});

const counter = scene('counter', { data: typed<{ n?: number }>(), timeout: '10m' }).on({
  view: ({ data, button, again }) => ({
    text: `n = ${data.n ?? 0}`,
    rows: [button('up', 'Up', again({ n: (data.n ?? 0) + 1 }))],
  }),
  timeout: ({ again }) => again({ n: 100 }),
});

const managers = -77;
const refund = flow('refund', { trigger: '/refund' })
  .ask('verdict', {
    to: { chat: managers },
    prompt: 'Refund?',
    choices: ['Yes', 'No'],
    answered: (verdict) => `Answered: ${verdict}`,
  })
  .done(({ verdict }) => `Answer: ${verdict}`);

describe.each(frameworks)('a group that becomes a supergroup, on %s', (_, framework) => {
  const meet = (strategy: 'globalUser' | 'userInChat' | 'chat' = 'globalUser') => {
    const clock = virtualClock();
    const made = play(framework, [lunch, alarm, counter, refund], { clock, strategy });
    made.machine.start();
    made.bot.command('alarm', ({ fsm }) => fsm.enter(alarm));
    made.bot.command('count', ({ fsm }) => fsm.enter(counter));
    const group = made.world.group('Friends', [made.anna]);
    return { ...made, clock, group };
  };

  it.each(['globalUser', 'userInChat', 'chat'] as const)(
    'reads what deadlines of a flow say, under %s',
    async (strategy) => {
      const { anna, group, clock, bot, unsent } = meet(strategy);
      await anna.in(group).sends('/lunch');
      const after = await group.migrates();
      await clock.advance('10m');
      anna.in(after).sees('Name?');
      await clock.advance('1h');
      anna.in(after).sees('Time is up. Please start again.');
      expect([bot.errors, unsent]).toEqual([[], []]);
    },
  );

  it('reads the answers to an old button, and continues', async () => {
    const { anna, group, bot, unsent } = meet();
    await anna.in(group).sends('/lunch');
    const after = await group.migrates();
    await anna.in(group).taps('Pie');
    anna.in(after).sees('Name?');
    await anna.in(after).sends('Anna');
    anna.in(after).sees('Pie for Anna.');
    expect([bot.errors, unsent]).toEqual([[], []]);
  });

  it('reads what the deadline of a node says by `reply`', async () => {
    const { anna, group, clock, bot, unsent } = meet();
    await anna.in(group).sends('/alarm');
    const after = await group.migrates();
    await clock.advance('10m');
    anna.in(after).sees('Wake up!');
    expect([bot.errors, unsent]).toEqual([[], []]);
  });

  it('stays the reply address after its first question', async () => {
    const { anna, group, clock, world } = meet();
    await anna.in(group).sends('/lunch');
    await group.migrates();
    const sends = () => world.calls.filter(({ method }) => method === 'sendMessage').length;
    await clock.advance('10m');
    expect(sends()).toBe(3);
    await clock.advance('1h');
    expect(sends()).toBe(4);
  });

  it('gets a view that cannot be edited, and there it is edited', async () => {
    const { anna, group, clock, world, bot } = meet();
    await anna.in(group).sends('/count');
    await anna.in(group).taps('Up');
    const after = await group.migrates();
    world.fails('editMessageText', {
      error_code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: after.id },
    });
    await clock.advance('10m');
    anna.in(after).sees('n = 100');
    await anna.in(after).taps('Up');
    expect(
      anna
        .in(after)
        .screen()
        .map(({ text }) => text),
    ).toEqual(['n = 101']);
    expect(bot.errors).toEqual([]);
  });

  it('is asked for somebody, whatever its id was when the flow was written', async () => {
    const { anna, world, bot, unsent } = meet();
    const boss = world.user('Boss');
    const after = await world.group('Managers', [boss], { id: managers }).migrates();
    await anna.sends('/refund');
    anna.sees('I have asked. Please wait for the answer.');
    await boss.in(after).taps('No');
    anna.sees('Answer: No');
    boss.in(after).sees('Answered: No');
    expect([bot.errors, unsent]).toEqual([[], []]);
  });

  it('may answer what it was asked before', async () => {
    const { anna, world, bot } = meet();
    const boss = world.user('Boss');
    const group = world.group('Managers', [boss], { id: managers });
    await anna.sends('/refund');
    await group.migrates();
    await boss.in(group).taps('Yes');
    anna.sees('Answer: Yes');
    expect(bot.errors).toEqual([]);
  });
});
