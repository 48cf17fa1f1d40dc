/** The program of the processes: one counting bot on one storage, which obeys the test. */

import { appendFileSync } from 'node:fs';
import { systemClock } from '@telefsm/core/tools';
import { countingBot, type Entry, type Order, type Point } from './counting-bot.ts';
import { type Address, open } from './engines.ts';
import { gatedStorage, type StatementPoint } from './gated-storage.ts';

/** Where a process can be stopped. */
export type StopPoint = Point | StatementPoint;

/** The job of a process. */
export interface Job {
  readonly name: string;
  readonly address: Address;
  /** The file that all write down in. */
  readonly log: string;
  /** Ms. */
  readonly lease?: number;
  readonly parallel?: number;
  /** Commands that interrupt. */
  readonly interrupt?: readonly string[];
}

/** A message to a process. */
export type Told =
  | { readonly handle: readonly Order[] }
  /** From now on it stops at this point, once, and says so. */
  | { readonly stopAt: StopPoint }
  | { readonly goOn: true }
  /** Its wall clock is set by so many ms. */
  | { readonly jump: number }
  /** Fires deadlines. */
  | { readonly sweep: true }
  /** Ends in order. */
  | { readonly leave: true };

/** A message from a process. */
export type Said =
  | { readonly ready: true }
  | { readonly at: StopPoint }
  | { readonly outcome: Entry }
  /** All orders of one message have been handled. */
  | { readonly all: number };

const job = JSON.parse(process.argv[2] as string) as Job;
const say = (said: Said) => process.send?.(said);
let stop: StopPoint | undefined;
let goOn = () => {};
const stopAt = (point: StopPoint): Promise<void> | undefined => {
  if (stop !== point) return undefined;
  stop = undefined;
  const told = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  say({ at: point });
  return told;
};

let jumped = 0;
const clock = { ...systemClock, now: () => Date.now() + jumped };
const { storage, close } = open(job.address, clock);
const { name, lease, parallel, interrupt } = job;
const bot = countingBot({
  storage: gatedStorage(storage, stopAt),
  name,
  clock,
  log: (entry) => appendFileSync(job.log, `${JSON.stringify(entry)}\n`),
  stopAt,
  ...(lease === undefined ? {} : { lease }),
  ...(parallel === undefined ? {} : { parallel }),
  ...(interrupt && { interrupt }),
});

// a test that failed leaves nobody behind
process.on('disconnect', () => process.exit());
process.on('message', async (told: Told) => {
  if ('handle' in told) {
    const handled = told.handle.map(async (order) => say({ outcome: await bot.handle(order) }));
    await Promise.all(handled);
    say({ all: told.handle.length });
  } else if ('stopAt' in told) stop = told.stopAt;
  else if ('goOn' in told) goOn();
  else if ('jump' in told) jumped += told.jump;
  else if ('sweep' in told) bot.machine.start();
  else {
    await bot.machine.stop();
    await close();
    process.disconnect();
  }
});
// connected, tables made, scripts loaded: what is counted afterwards is updates alone
await bot.handle({ id: 1, chat: 900_000_000 + process.pid, text: 'add' });
await bot.handle({ id: 2, chat: 900_000_000 + process.pid, text: 'add' });
say({ ready: true });
