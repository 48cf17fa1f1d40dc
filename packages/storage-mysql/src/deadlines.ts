/** Deadlines: what has come up in the index is read without a lock, and changed by key. */

import { randomUUID } from 'node:crypto';
import { type RipeRow, readText } from './answers.ts';
import { toBytes } from './bytes.ts';
import type { Value } from './client.ts';
import { ripeRows, type Statements } from './statements.ts';

/** How many rows of the index a call reads at most. */
const mostRipe = 1000;

/** How the statements are executed. */
interface Executing {
  run<Answer>(text: string, values: Value[]): Promise<Answer>;
  /** @returns how many rows were changed */
  change(text: string, values: Value[]): Promise<number>;
  readonly statements: Statements;
}

/** Makes `due` of a storage: it claims what is due, deletes what has expired, and moves what was early in the index. */
export function dueOf({
  run,
  change,
  statements,
}: Executing): (limit: number, claim: number, prefix?: string) => Promise<readonly string[]> {
  /** Another process may claim the same: each gets those with its own mark. */
  async function claimed(due: readonly Buffer[], claim: number): Promise<readonly string[]> {
    if (due.length === 0) return [];
    const mark = Buffer.from(randomUUID());
    await changeAll(statements.claim, [claim, mark], due);
    const values = [mark, String(due.length)];
    const rows = await run<readonly { readonly key: Buffer }[]>(statements.claimed, values);
    const mine = new Set(rows.map(({ key }) => readText(key)));
    return due.map(readText).filter((key) => mine.has(key));
  }

  /** Changes the rows of some keys, up to as many as the statement has parameters for. */
  async function changeAll(text: string, values: Value[], keys: readonly Buffer[]): Promise<void> {
    const last = keys.at(-1);
    if (last === undefined) return;
    const rest = Array.from({ length: ripeRows - keys.length }, () => last);
    await change(text, [...values, ...keys, ...rest]);
  }

  return async (limit, claim, prefix = '') => {
    const bytes = toBytes(prefix);
    const keys: string[] = [];
    for (let read = 0; read < mostRipe && keys.length < limit; read += ripeRows) {
      const values = [bytes.length, bytes.length, bytes];
      const ripe = await run<readonly RipeRow[]>(statements.ripe, values);
      const found = (kind: string) =>
        ripe.filter(({ what }) => what === kind).map(({ key }) => key);
      await changeAll(statements.sweep, [], found('dead'));
      await changeAll(statements.tidy, [], found('early'));
      const due = found('due').slice(0, limit - keys.length);
      keys.push(...(await claimed(due, claim)));
      if (ripe.length < ripeRows) break;
    }
    return keys;
  };
}
