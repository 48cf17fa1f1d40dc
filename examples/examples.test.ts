import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { examples } from './index.ts';
import { frameworks } from './lib/example.ts';
import { play } from './lib/play.ts';

describe.each(Object.entries(examples))('the example %s', (_, example) => {
  it.each(frameworks)('has its conversation word for word on %s', async (framework) => {
    const clock = virtualClock();
    const { bot } = example.bots[framework]({ token: '1:test', clock });
    const world = telegram(bot, { clock });
    await play(world, example.script, clock);
    expect(world.transcript()).toBe(example.script);
  });
});
