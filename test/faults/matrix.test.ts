/** Whatever fails at whatever point of an update: nothing is lost, nothing is done twice, and the next message works within a lease. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Address } from '../processes/engines.ts';
import { removeBots, stage } from '../processes/stage.ts';
import { afterRestart, cutConnections, endProcess, reach, type Table } from './cell.ts';
import { absence, type Fault, points } from './matrix.ts';
import { startFaulty } from './proxied.ts';

const all: readonly Fault[] = ['killed', 'stopped', 'cut before', 'cut after', 'restarted'];
const names: readonly Address['engine'][] = ['redis', 'postgres', 'sqlite'];
const minutes = 60_000;

afterAll(removeBots);

async function tableOn(name: Address['engine']): Promise<Table & { clear(): Promise<void> }> {
  const engine = await startFaulty(name);
  const shared = await stage();
  const address = engine.newAddress();
  const witness = shared.here(address);
  return {
    engine,
    address,
    stage: shared,
    witness,
    async clear() {
      await witness.close();
      await shared.close();
      await engine.close();
    },
  };
}

describe.each(names)('on %s', (name) => {
  const present = all.filter((fault) => absence(name, fault) === undefined);
  let table: Awaited<ReturnType<typeof tableOn>>;
  beforeAll(async () => {
    table = await tableOn(name);
  });
  afterAll(() => table?.clear());

  it('every cell of the matrix is tried, or its absence is explained', () => {
    const absent = all.flatMap((fault) => absence(name, fault) ?? []);
    expect(present.length + absent.length).toBe(5);
    expect((present.length + absent.length) * points.length).toBe(55);
    expect(absent.length > 0).toBe(name === 'sqlite');
  });

  describe.concurrent('a process that is killed', { timeout: 5 * minutes }, () => {
    it.each(points)('when its update is $name', async (point) => {
      await endProcess(table, await reach(table, point, 'killed'), 'killed');
    });
  });

  describe.concurrent('a process that sleeps for longer than its lease', {
    timeout: 5 * minutes,
  }, () => {
    it.each(points)('when its update is $name', async (point) => {
      await endProcess(table, await reach(table, point, 'stopped'), 'stopped');
    });
  });

  const cuts = present.filter((fault) => fault.startsWith('cut'));
  describe.concurrent.each(cuts)(
    'a connection that is %s the server',
    { timeout: 5 * minutes },
    (fault) => {
      it.each(points)('when its update is $name', async (point) => {
        await cutConnections(table, await reach(table, point, fault), fault);
      });
    },
  );

  if (!present.includes('restarted')) return;
  it('a server that is restarted with an update at each of the eleven points', {
    timeout: 10 * minutes,
  }, async () => {
    const at = [];
    for (const point of points) at.push(await reach(table, point, 'restarted'));
    await table.engine.restart();
    // each may wait for its own connection: they go on together
    const results = await Promise.allSettled(at.map((reached) => afterRestart(table, reached)));
    const failures = results.flatMap((result, n) =>
      result.status === 'rejected' ? [[points[n]?.name, result.reason]] : [],
    );
    expect(failures).toEqual([]);
  });
});
