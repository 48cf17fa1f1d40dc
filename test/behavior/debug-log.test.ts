import { flow, state, states } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import createDebug from 'debug';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { frameworks } from './frameworks.ts';

const Form = states('Form', { name: state(), age: state() });
const order = flow('order', { trigger: '/order' })
  .ask('product', { prompt: 'What?' })
  .done(() => 'Ordered.');
const wish = flow('wish', { trigger: '/wish' })
  .ask('wish', { prompt: 'Your secret?' })
  .done(() => 'Noted.');

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  // without the time that `debug` puts before a line, and the number of an update
  vi.spyOn(createDebug, 'log').mockImplementation((line: string, ...values: unknown[]) => {
    lines.push(
      [line, ...values]
        .join(' ')
        .replace(/^\S+Z /, '')
        .replace(/update \d+/, 'update N'),
    );
  });
});
afterEach(() => {
  createDebug.disable();
  vi.restoreAllMocks();
});

describe.each(frameworks)('the log of DEBUG on %s', (_, framework) => {
  function play(namespaces: string) {
    createDebug.enable(namespaces);
    const bot = framework.bot();
    const clock = virtualClock();
    const machine = bot.fsm({ states: [Form, order, wish], clock });
    bot.command('start', ({ fsm }) => fsm.set(Form.name, { secret: 'password' }));
    bot.command('fail', () => {
      throw new Error('broken');
    });
    const world = telegram(bot.bot, { clock });
    return { machine, world, anna: world.user('Anna'), clock };
  }

  it('has a line for each turn and each change of a state under telefsm*', async () => {
    const { anna } = play('telefsm*');
    await anna.sends('/start');
    await anna.sends('/order');
    await anna.sends('Tea');
    const key = `telefsm:b1:c${anna.id}:u${anna.id}`;
    expect(lines).toEqual([
      `telefsm:state ${key}: null → Form:name by update`,
      `telefsm:turn ${key}: update N took 0 ms`,
      `telefsm:state ${key}: Form:name → order:product by update`,
      `telefsm:turn ${key}: update N took 0 ms`,
      `telefsm:state ${key}: order:product → null by update, order ended: done`,
      `telefsm:turn ${key}: update N took 0 ms`,
    ]);
  });

  it('has failures with their errors, and duplicates', async () => {
    const { anna, world } = play('telefsm:turn,telefsm:warn');
    await expect(anna.sends('/fail')).rejects.toThrow('broken');
    await anna.sends('/start');
    await world.redeliver();
    expect(lines[0]).toMatch(/^telefsm:turn \S+: update N failed after 0 ms: Error: broken$/);
    expect(lines[2]).toMatch(/^telefsm:warn duplicate .*updateId: \d+/);
  });

  it('has neither data nor texts, also not of messages that Telegram rejects', async () => {
    const { anna, world } = play('*');
    await anna.sends('/start');
    await anna.sends('/order');
    await anna.sends('a secret wish');
    world.fails('sendMessage', { error_code: 403 });
    await anna.sends('/wish');
    expect(lines.join()).toContain('telefsm:warn sendFailed key: ');
    const own = lines.filter((line) => line.startsWith('telefsm'));
    expect(own.length).toBeGreaterThan(0);
    expect(own.join()).not.toMatch(/secret|password/);
  });

  it.each(['', 'grammy*,telegraf*', 'telefsm*,-telefsm*'])(
    'is empty under "%s"',
    async (namespaces) => {
      const { anna } = play(namespaces);
      await anna.sends('/start');
      expect(lines.filter((line) => line.startsWith('telefsm'))).toEqual([]);
    },
  );
});
