/** The crash matrix as tests: whatever fails at whatever point of an update, nothing is lost or doubled. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Address } from '../processes/engines.ts';
import { stage } from '../processes/stage.ts';
import { afterRestart, cutConnections, endProcess, reach, type Table } from './cell.ts';
import { absence, type Fault, type Point } from './matrix.ts';
import { startFaulty } from './proxied.ts';

/** The points at which each fault is tried. */
export type Cells = Readonly<Record<Fault, readonly Point[]>>;

const minutes = 60_000;

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

/** Declares a test for each cell that an engine has. */
export function describeMatrix(name: Address['engine'], cells: Cells): void {
  describe(`on ${name}`, () => {
    let table: Awaited<ReturnType<typeof tableOn>>;
    beforeAll(async () => {
      table = await tableOn(name);
    });
    afterAll(() => table?.clear());

    for (const fault of ['killed', 'stopped'] as const) {
      if (cells[fault].length === 0) continue;
      const what = { killed: 'is killed', stopped: 'sleeps for longer than its lease' }[fault];
      describe.concurrent(`a process that ${what}`, { timeout: 5 * minutes }, () => {
        it.each(cells[fault])('when its update is $name', async (point) => {
          await endProcess(table, await reach(table, point, fault), fault);
        });
      });
    }

    for (const fault of ['cut before', 'cut after'] as const) {
      if (absence(name, fault) !== undefined) continue;
      describe.concurrent(`a connection that is ${fault} the server`, {
        timeout: 5 * minutes,
      }, () => {
        it.each(cells[fault])('when its update is $name', async (point) => {
          await cutConnections(table, await reach(table, point, fault), fault);
        });
      });
    }

    if (absence(name, 'restarted') !== undefined) return;
    it(`a server that is restarted with ${cells.restarted.length} updates on their way`, {
      timeout: 10 * minutes,
    }, async () => {
      const at = [];
      for (const point of cells.restarted) at.push(await reach(table, point, 'restarted'));
      await table.engine.restart();
      // each may wait for its own connection: they go on together
      const results = await Promise.allSettled(at.map((reached) => afterRestart(table, reached)));
      const failures = results.flatMap((result, n) =>
        result.status === 'rejected' ? [[cells.restarted[n]?.name, result.reason]] : [],
      );
      expect(failures).toEqual([]);
    });
  });
}
