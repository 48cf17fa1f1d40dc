/** Plays every situation with every bot, and writes the table of the documentation. */

import { bundle, type Program } from '../servers/processes.ts';
import { type Situation, situations } from './scripts.ts';
import { type Outcome, talk } from './talk.ts';

/** A column of the table. */
export interface Candidate {
  readonly name: string;
  readonly program: 'telefsm' | 'chat-sdk';
  readonly best: boolean;
}

/** The columns of the table. */
const candidates: readonly Candidate[] = [
  { name: 'Chat SDK, defaults', program: 'chat-sdk', best: false },
  { name: 'Chat SDK, `burst`', program: 'chat-sdk', best: true },
  { name: 'telefsm, defaults', program: 'telefsm', best: false },
  { name: 'telefsm, `burst` and `interrupt`', program: 'telefsm', best: true },
];

/** The result of one situation with one bot. */
export interface Cell {
  readonly situation: Situation;
  readonly candidate: Candidate;
  readonly outcome: Outcome;
}

/** How many conversations go on at once: they mostly wait. */
const atOnce = 4;

/**
 * Plays everything; this takes about three minutes.
 *
 * @param redis - port of a server
 * @param done - told of each cell
 */
export async function compare(
  redis: number,
  done: (cell: Cell) => void = () => {},
): Promise<readonly Cell[]> {
  const programs = {
    telefsm: await bundle(new URL('./telefsm-bot.ts', import.meta.url)),
    'chat-sdk': await bundle(new URL('./chat-sdk-bot.ts', import.meta.url)),
  } satisfies Record<string, Program>;
  const jobs = situations.flatMap((situation) =>
    candidates.map((candidate) => ({ situation, candidate })),
  );
  const run = `c${process.pid}`;
  const cells: Cell[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < jobs.length; at = next++) {
      const job = jobs[at] as (typeof jobs)[number];
      const { situation, candidate } = job;
      const own = { best: candidate.best, redis: { port: redis, prefix: `${run}.${at}.` } };
      const outcome = await talk(programs[candidate.program], own, situation.play);
      cells[at] = { situation, candidate, outcome };
      done({ situation, candidate, outcome });
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    await Promise.all(Object.values(programs).map((program) => program.remove()));
  }
  return cells;
}

/** The table of the documentation. */
export function tableOf(cells: readonly Cell[]): string {
  const head = ['', ...candidates.map(({ name }) => name)];
  const rows = situations.map((situation) => [
    situation.name,
    ...candidates.map((candidate) => {
      const cell = cells.find(
        (each) => each.situation === situation && each.candidate === candidate,
      );
      return cell === undefined ? '' : shown(cell.outcome);
    }),
  ]);
  const line = (columns: readonly string[]) => `| ${columns.join(' | ')} |`.replace('|  |', '| |');
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function shown({ messages, answered, lost, doubled, late, stopped }: Outcome): string {
  return [
    `${answered} of ${messages} answered`,
    ...(lost > 0 ? [`**${lost} lost**`] : []),
    ...(doubled > 0 ? [`**${doubled} doubled**`] : []),
    ...(late > 0 ? [`**${late} out of order**`] : []),
    ...(stopped === undefined ? [] : [stopped ? 'stopped' : '**not stopped**']),
  ].join(', ');
}
