/** Lines of `DEBUG` around the moment when the package `debug` is loaded. */

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Debug, debugLog } from '../src/machine/debug-log.ts';
import { observers, type WatchedEvents } from '../src/transaction/events.ts';

/** A machine as the log sees it, with a package that the test loads. */
function logged() {
  const watched = observers<WatchedEvents>();
  const machine = {
    observe: (...args: unknown[]) =>
      args.length === 1
        ? watched.on('committed', args[0] as () => void)
        : watched.on(args[0] as 'turn', args[1] as () => void),
  };
  let load = (_: Debug | Promise<Debug>) => {};
  const loading = new Promise<Debug>((resolve) => {
    load = resolve;
  });
  debugLog(machine as never, () => loading);
  const turns = (...keys: readonly string[]) => {
    for (const key of keys)
      watched.notify('turn', { key, cause: 'update', updateId: 1, took: 0, waited: 0 } as never);
  };
  return { watched, turns, load: (debug: Debug | Promise<Debug>) => load(debug) };
}

const printing =
  (lines: string[], enabled = true): Debug =>
  (namespace) =>
    Object.assign((line: string) => void lines.push(`${namespace} ${line}`), { enabled });

beforeEach(() => void vi.stubEnv('DEBUG', 'telefsm*'));

describe('the log of DEBUG', () => {
  it('keeps its lines until the package is loaded, in their order', async () => {
    const { turns, load } = logged();
    const lines: string[] = [];
    turns('a', 'b');
    load(printing(lines));
    await vi.waitFor(() => expect(lines).toHaveLength(2));
    turns('c');
    await vi.waitFor(() =>
      expect(lines.map((line) => line.split(' ')[1])).toEqual(['a:', 'b:', 'c:']),
    );
  });

  it('observes nothing once the package says that all is off', async () => {
    const { watched, turns, load } = logged();
    const lines: string[] = [];
    turns('a');
    load(printing(lines, false));
    await vi.waitFor(() => expect(watched.listeners.size).toBe(0));
  });

  it('observes no problem before that, so that the process warns of it', async () => {
    const { watched, load } = logged();
    expect([...watched.listeners.keys()]).toEqual(['turn', 'committed']);
    load(printing([]));
    await vi.waitFor(() => expect(watched.listeners.has('sendFailed')).toBe(true));
  });

  it('warns if the package cannot be loaded or cannot print, and harms nobody', async () => {
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const missing = logged();
    missing.load(Promise.reject(new Error('not found')));
    await vi.waitFor(() => expect(missing.watched.listeners.size).toBe(0));
    const broken = logged();
    broken.load(() =>
      Object.assign(
        () => {
          throw new Error('no terminal');
        },
        { enabled: true },
      ),
    );
    broken.turns('a');
    await vi.waitFor(() => expect(warnings).toHaveBeenCalledTimes(2));
    expect(warnings.mock.calls).toEqual([
      [expect.stringContaining('not found'), { code: 'TELEFSM_DEBUG' }],
      [expect.stringContaining('no terminal'), { code: 'TELEFSM_DEBUG' }],
    ]);
  });
});
