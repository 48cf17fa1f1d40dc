import { setImmediate as turn } from 'node:timers/promises';
import { isFsmError } from '@telefsm/core';
import fc from 'fast-check';
import { Bot } from 'grammy';
import { describe, expect, it } from 'vitest';
import { telegram, virtualClock } from '../src/index.ts';

describe('virtual clock', () => {
  it('stands still until it is moved', async () => {
    const clock = virtualClock(new Date('2026-03-01T12:00:00Z'));
    await turn();
    expect(clock.now()).toBe(Date.parse('2026-03-01T12:00:00Z'));
    await clock.advance('10m');
    expect(clock.now()).toBe(Date.parse('2026-03-01T12:10:00Z'));
  });

  it('runs timers in the order in which they come due, each at its own instant', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 50 }), { maxLength: 20 }),
        fc.nat({ max: 60 }),
        async (delays, by) => {
          const clock = virtualClock(new Date(0));
          const ran: [index: number, at: number][] = [];
          delays.forEach((delay, index) => {
            clock.setTimeout(() => ran.push([index, clock.now()]), delay);
          });
          await clock.advance(by);
          const due = delays
            .map((delay, index): [number, number] => [index, delay])
            .filter(([, delay]) => delay <= by)
            .sort(([, one], [, other]) => one - other);
          expect(ran).toEqual(due);
          expect(clock.now()).toBe(by);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('runs timers that are set on the way, after promises and turns of the event loop', async () => {
    const clock = virtualClock(new Date(0));
    const ran: number[] = [];
    const again = async (): Promise<void> => {
      ran.push(clock.now());
      await turn();
      await turn();
      clock.setTimeout(() => void again(), 1000);
    };
    clock.setTimeout(() => void again(), 1000);
    await clock.advance('5s');
    expect(ran).toEqual([1000, 2000, 3000, 4000, 5000]);
  });

  it('forgets a cleared timer, and takes unknown handles for no error', async () => {
    const clock = virtualClock();
    let ran = 0;
    const handle = clock.setTimeout(() => ran++, 10);
    clock.clearTimeout(handle);
    clock.clearTimeout(handle);
    clock.clearTimeout('nothing');
    await clock.advance('1s');
    expect(ran).toBe(0);
  });

  it('moves one after the other when a move was not awaited', async () => {
    const clock = virtualClock(new Date(0));
    const seen: number[] = [];
    clock.setTimeout(() => seen.push(clock.now()), 1500);
    void clock.advance('1s');
    await clock.advance('1s');
    expect([clock.now(), ...seen]).toEqual([2000, 1500]);
  });

  it('goes to a date, running what comes due, and back without running anything', async () => {
    const clock = virtualClock(new Date(0));
    let ran = 0;
    clock.setTimeout(() => ran++, 1000);
    await clock.set(new Date(5000));
    await clock.set(new Date(100));
    expect([ran, clock.now()]).toEqual([1, 100]);
  });

  it('waits for a bot that makes many calls when a timer runs', async () => {
    const clock = virtualClock();
    const bot = new Bot('1:T');
    const world = telegram(bot, { clock });
    const anna = world.user('Anna');
    const talk = async (): Promise<void> => {
      for (let count = 0; count < 200; count++) await bot.api.sendMessage(anna.id, String(count));
    };
    clock.setTimeout(() => void talk(), 1000);
    await clock.advance('1s');
    anna.sees('199');
  });

  it('rejects a length that is none', () => {
    const clock = virtualClock();
    expect(() => clock.advance(-1)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    try {
      void clock.advance('soon' as never);
    } catch (error) {
      expect(isFsmError(error, 'INVALID_OPTION')).toBe(true);
    }
    expect.assertions(2);
  });
});
