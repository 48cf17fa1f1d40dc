/** One default timeout for all flows of a bot, and one text for its /help. */

import { flow, type MachineEvents, memoryStorage, scene } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type Options } from './frameworks.ts';

const ask = (id: string, options: object = {}) =>
  flow(id, { trigger: `/${id}`, ...options })
    .ask('a', { prompt: 'A?' })
    .ask('b', { prompt: 'B?' })
    .done(() => 'Done.');

function play(framework: Framework, options: Options) {
  const bot = framework.bot();
  bot.noteErrors();
  const machine = bot.fsm(options);
  return { bot, machine, anna: telegram(bot.bot, { clock: options.clock as never }).user('Anna') };
}

describe.each(frameworks)('flowTimeout on %s', (_, framework) => {
  it.each([
    ['its own longer timeout', { timeout: '1h' }, '59m', 'f:a'],
    ['its own longer timeout, which passes', { timeout: '1h' }, '61m', undefined],
    ['false, which switches it off', { timeout: false }, '30d', 'f:a'],
  ] as const)('gives way to %s', async (_what, own, after, current) => {
    const clock = virtualClock();
    const storage = memoryStorage({ clock });
    const options = { states: [ask('f', own)], clock, storage, flowTimeout: '10m' };
    const { machine, anna } = play(framework, options as never);
    machine.start();
    await anna.sends('/f');
    await clock.advance(after);
    expect((await machine.at({ user: anna.id }).peek())?.current).toBe(current);
    await machine.stop();
  });

  it('leaves nodes and plain states alone', async () => {
    const clock = virtualClock();
    const menu = scene('menu').on({ enter: () => 'Menu.', handle: ({ stay }) => stay() });
    const storage = memoryStorage({ clock });
    const options = { states: [menu], initial: menu, clock, storage, flowTimeout: '10m' };
    const { machine, anna } = play(framework, options as never);
    machine.start();
    await anna.sends('hello');
    await clock.advance('1d');
    expect((await machine.at({ user: anna.id }).peek())?.current).toBe('menu');
    await machine.stop();
  });

  it('counts from now on for a flow that waited when the option was added', async () => {
    const clock = virtualClock();
    const storage = memoryStorage({ clock });
    const before = play(framework, { states: [ask('f')], clock, storage });
    await before.anna.sends('/f');
    await before.machine.stop();
    const options = { states: [ask('f')], clock, storage, flowTimeout: '10m' };
    const after = play(framework, options as never);
    const failed: MachineEvents['deadlineFailed'][] = [];
    after.machine.observe('deadlineFailed', (event) => failed.push(event));
    after.machine.start();
    await after.anna.sends('x');
    await clock.advance('11m');
    expect(await after.machine.at({ user: after.anna.id }).peek()).toBeUndefined();
    expect(failed).toEqual([]);
    await after.machine.stop();
  });

  it.each([['0m'], [0], ['soon'], [false]])('rejects %s by name', (flowTimeout) => {
    const make = () => framework.bot().fsm({ states: [ask('f')], flowTimeout } as never);
    expect(make).toThrow(/"flowTimeout".*INVALID_OPTION/);
  });

  it('needs a storage that fires deadlines', () => {
    const plain = memoryStorage();
    const storage = { ...plain, features: { ...plain.features, deadlines: false } };
    const make = () =>
      framework.bot().fsm({ states: [ask('f')], storage, flowTimeout: '1h' } as never);
    expect(make).toThrow(/^flowTimeout needs deadlines/);
  });
});

describe.each(frameworks)('helpText on %s', (_, framework) => {
  it('lists nothing that Telegram rejects in a menu', () => {
    const name = 'x'.repeat(33);
    const { machine } = play(framework, {
      states: [
        ask('long', { trigger: `/${name}`, description: 'Too long' }),
        ask('talk', { trigger: '/Talk', description: 'é'.repeat(300) }),
        ask('none', { description: '' }),
      ],
    });
    expect(machine.botCommands()).toEqual([{ command: 'talk', description: 'é'.repeat(256) }]);
  });
});
