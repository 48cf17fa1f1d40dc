/**
 * Tables of what an audit of the project has found. Each row has its cases: the smallest one, and others of its kind. A case is named by
 * the right value.
 */

import type { Clock, FsmStorage } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from '../frameworks.ts';
import { storages } from '../storages.ts';

/** Where a case runs. */
export interface Stage {
  readonly framework: Framework;
  /** Makes a storage: in memory, or in a case that is {@link kept}, also a shared one. */
  storage(clock?: Clock): FsmStorage;
}

/** One case of a row. */
export interface Case {
  /** The right value, as the name of the test. */
  readonly value: string;
  /** Where it runs: on both frameworks, on both with each storage, or once. */
  readonly on: 'frameworks' | 'storages' | 'once';
  run(stage: Stage): Promise<void> | void;
}

/** The cases of a section, by its rows. */
export type Table<Row extends string> = Readonly<Record<Row, readonly [Case, ...Case[]]>>;

/** A case that runs on both frameworks. */
export function played(value: string, run: Case['run']): Case {
  return { value, on: 'frameworks', run };
}

/** A case about a stored record: it runs on both frameworks, in memory and in SQLite. */
export function kept(value: string, run: Case['run']): Case {
  return { value, on: 'storages', run };
}

/** A case that concerns no framework. */
export function once(value: string, run: () => Promise<void> | void): Case {
  return { value, on: 'once', run };
}

/** Runs the cases of a section; each of its rows must have one. */
export function suite<Row extends string>(
  title: string,
  rows: readonly Row[],
  table: Table<Row>,
): void {
  const cases = rows.flatMap((row) => table[row]);
  const of = (on: Case['on']) =>
    cases.filter((one) => one.on === on).map(({ value, run }) => [value, run] as const);
  const [[, inMemory]] = storages as readonly [(typeof storages)[number]];

  describe(title, () => {
    it('has a case for each row, and no two of one name', () => {
      expect(Object.keys(table).sort()).toEqual([...rows].sort());
      expect(rows.filter((row) => table[row].length === 0)).toEqual([]);
      const names = cases.map(({ value }) => value);
      expect(names.filter((name, at) => names.indexOf(name) < at)).toEqual([]);
    });

    it.each(of('once'))('%s', (_, run) =>
      run({ framework: frameworks[0]?.[1] as Framework, storage: inMemory }),
    );

    describe.each(frameworks)('on %s', (_, framework) => {
      it.each(of('frameworks'))('%s', (_value, run) => run({ framework, storage: inMemory }));

      describe.each(storages)('in %s', (__, storage) => {
        it.each(of('storages'))('%s', (_value, run) => run({ framework, storage }));
      });
    });
  });
}
