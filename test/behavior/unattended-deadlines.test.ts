/** Deadlines that nothing looks for: the author of the bot reads a warning, once. */

import { telegram, virtualClock } from '@telefsm/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { frameworks, type Options } from './frameworks.ts';

afterEach(() => void vi.restoreAllMocks());

describe.each(frameworks)('a deadline that is stored, on %s', (_, framework) => {
  async function warnings(options: Options, prepare: 'start' | 'sweep' | 'nothing') {
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const bot = framework.bot();
    const machine = bot.fsm(options);
    bot.use(({ fsm }) => fsm.expire('1h'));
    if (prepare === 'start') machine.start();
    const { user } = telegram(bot.bot);
    if (prepare === 'sweep') {
      machine.connect(bot.bot as never);
      await machine.sweep();
    }
    await user('Anna').sends('one');
    await user('Ben').sends('two');
    await machine.stop();
    const calls: readonly (readonly unknown[])[] = emit.mock.calls;
    return calls.filter(([, options]) => JSON.stringify(options)?.includes('TELEFSM_DEADLINES'));
  }

  it('is a warning, once, where the machine was never started', async () => {
    expect(await warnings({}, 'nothing')).toEqual([
      [expect.stringContaining('Call machine.start(bot)'), { code: 'TELEFSM_DEADLINES' }],
    ]);
  });

  it.each(['start', 'sweep'] as const)('is none after machine.%s()', async (prepare) => {
    expect(await warnings({}, prepare)).toEqual([]);
  });

  it.each(['start', 'sweep'] as const)(
    'is a warning, once, if machine.%s() has no bot whose deadlines it could fire',
    async (name) => {
      const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
      const machine = framework.bot().fsm();
      if (name === 'start') machine.start();
      expect([await machine.sweep(), await machine.sweep()]).toEqual([0, 0]);
      await machine.stop();
      expect(emit.mock.calls).toEqual([
        [expect.stringContaining('No bot is connected'), { code: 'TELEFSM_DEADLINES' }],
      ]);
    },
  );

  it('is none where deadlines may fire with the next update, or a test gives the clock', async () => {
    expect(await warnings({ deadlines: 'on-update' }, 'nothing')).toEqual([]);
    expect(await warnings({ clock: virtualClock() }, 'nothing')).toEqual([]);
  });
});
