import { describe, expect, it, vi } from 'vitest';
import { createMachine } from '../src/adapter.ts';
import { systemClock } from '../src/tools.ts';

describe('an option that cannot work', () => {
  it.each([
    ['storage', { storage: null }],
    ['storage', { storage: { get() {}, set() {} } }],
    ['namespace', { namespace: 5 }],
    ['strategy', { strategy: 5 }],
    ['states', { states: {} }],
    ['scenes', { scenes: {} }],
    ['waiting.policy', { waiting: { policy: 'wait' } }],
    ['waiting.limit', { waiting: { limit: Number.NaN } }],
    ['unknownState', { unknownState: 'forget' }],
    ['attempts', { attempts: 0 }],
    ['history', { history: -1 }],
    ['maxRecordBytes', { maxRecordBytes: 'much' }],
    ['sweep.parallel', { sweep: { parallel: 0 } }],
    ['sweep.every', { sweep: { every: 0 } }],
    ['lease', { lease: '0s' }],
    ['lease', { lease: -1 }],
    ['lease', { lease: 15 }],
    ['turn.max', { turn: { max: 0 } }],
    ['ttl', { ttl: 0 }],
  ])('%s is rejected when the machine is made: %j', (option, options) => {
    expect(() => createMachine(options as object)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        details: expect.objectContaining({ option }),
      }),
    );
  });
});

describe('an option without a bound', () => {
  it('may be endless', () => {
    const endless = Number.POSITIVE_INFINITY;
    const waiting = { limit: endless };
    expect(() =>
      createMachine({ attempts: endless, history: endless, maxRecordBytes: endless, waiting }),
    ).not.toThrow();
  });
});

describe('a timer', () => {
  it('of many days is not one that runs at once', () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    systemClock.clearTimeout(systemClock.setTimeout(() => {}, 90 * 86_400_000));
    const [[, ms] = []] = set.mock.calls;
    set.mockRestore();
    // a number that does not fit into 32 bits counts as 1
    expect(ms).toBe(2 ** 31 - 1);
  });
});
