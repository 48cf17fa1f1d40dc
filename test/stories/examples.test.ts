import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './example.ts';
import { examples } from './index.ts';
import { play } from './play.ts';

describe.each(Object.entries(examples))('the example %s', (_, example) => {
  it.each(frameworks)('has its conversation word for word on %s', async (framework) => {
    const clock = virtualClock();
    const { bot, machine, watch } = example.bots[framework]({ token: '1:test', clock });
    watch();
    const world = telegram(bot, { clock });
    expect(await play(world, example.script, clock)).toBe(example.script);
    await machine.stop();
  });
});
