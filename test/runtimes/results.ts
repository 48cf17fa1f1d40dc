/** The results of the last run of every runtime, and the table of them in the docs. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allRuntimes, impossible, programs } from './runtimes.ts';

/** How many checks passed, by program and runtime; what is missing failed as it is listed among the impossible. */
export type Results = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Written by `TELEFSM_STRESS=full npm run test:runtimes`, and committed. */
export const resultsFile: string = fileURLToPath(new URL('results.json', import.meta.url));

/** Reads the results. */
export function results(): Results {
  return JSON.parse(readFileSync(resultsFile, 'utf8'));
}

/** The row of Durable Objects, which only workerd has. */
export const durableObjects = 'storage contract, Durable Objects';

const columns = [...allRuntimes.map(({ name }) => name), 'workerd'];

/**
 * The table of the page on versions.
 *
 * @throws Error if the results are of other programs or runtimes than those of today
 */
export function table(): string {
  const found = results();
  const rows = [...programs.map(({ title }) => title), durableObjects];
  const reasons: string[] = [];
  const lines = rows.map((title) => {
    const cells = columns.map((runtime) => cellOf(found, title, runtime, reasons));
    return `| ${title} | ${cells.join(' | ')} |`;
  });
  const unknown = Object.keys(found).filter((title) => !rows.includes(title));
  if (unknown.length > 0) throw outdated(unknown[0] as string);
  const head = [`| | ${columns.join(' | ')} |`, `|---|${columns.map(() => '---|').join('')}`];
  const notes = reasons.map((reason, index) => `${index + 1}. ${reason}`);
  return [...head, ...lines, '', ...notes].join('\n');
}

function cellOf(found: Results, title: string, runtime: string, reasons: string[]): string {
  if ((title === durableObjects) !== (runtime === 'workerd')) return '';
  const checks = found[title]?.[runtime];
  const exception = impossible.find((each) => each.runtime === runtime && each.program === title);
  if ((checks === undefined) === (exception === undefined)) throw outdated(`${title}, ${runtime}`);
  if (exception === undefined) return title.startsWith('storage contract') ? `${checks}` : 'yes';
  if (!reasons.includes(exception.reason)) reasons.push(exception.reason);
  return `no ${reasons.indexOf(exception.reason) + 1}`;
}

function outdated(what: string): Error {
  return new Error(
    `test/runtimes/results.json is out of date: "${what}". Run \`TELEFSM_STRESS=full npm run test:runtimes\`, and commit it.`,
  );
}
