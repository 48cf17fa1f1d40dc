/** The common parts of tests over processes: the program, a log that all write to, and the rules of that log. */

import { appendFileSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { bundle, type Program, type TestProcess } from '../servers/processes.ts';
import type { Job, Said, Told } from './bot.ts';
import { type CountingBot, countingBot, type Entry, type Order } from './counting-bot.ts';
import { type Address, open } from './engines.ts';

/** Processes over one log. */
export interface Stage {
  /** Starts a process; it is ready for updates. */
  start(job: Omit<Job, 'log'>, onMessage?: (said: Said) => void): Promise<BotProcess>;
  /** The same bot in this process. */
  here(address: Address, lease?: number): CountingBot & { close(): Promise<void> };
  entries(): readonly Entry[];
  close(): Promise<void>;
}

/** A process with a counting bot. */
export interface BotProcess extends TestProcess<Said, Told> {
  /** Ends it in order, and with it all that it holds. */
  leave(): Promise<void>;
}

const program: { built?: Promise<Program> } = {};

/** Bundles the program once for each test file. */
function bots(): Promise<Program> {
  program.built ??= bundle(new URL('./bot.ts', import.meta.url));
  return program.built;
}

/** Removes the bundle. */
export async function removeBots(): Promise<void> {
  const { built } = program;
  delete program.built;
  await (await built)?.remove();
}

/** Sets up a log for each test of a `describe`. */
export function stageOfEach(): { readonly stage: Stage } {
  const log = {} as { stage: Stage };
  beforeEach(async () => {
    log.stage = await stage();
  });
  afterEach(() => log.stage.close());
  return log;
}

/** Waits for the outcome of an update. */
export async function outcomeOf(bot: BotProcess): Promise<Entry> {
  for (;;) {
    const message = await bot.next();
    if ('outcome' in message) return message.outcome;
  }
}

/** Sets up a log. */
export async function stage(): Promise<Stage> {
  const { start } = await bots();
  const folder = await mkdtemp(join(tmpdir(), 'telefsm-log-'));
  const log = join(folder, 'log');
  const write = (entry: Entry) => appendFileSync(log, `${JSON.stringify(entry)}\n`);
  return {
    async start(job, hear) {
      let ready = () => {};
      const isReady = new Promise<void>((resolve) => {
        ready = resolve;
      });
      const onMessage = (said: Said) => ('ready' in said ? ready() : hear?.(said));
      const options = hear && { onMessage: onMessage as (said: unknown) => void };
      const process = start<Said, Told>({ ...job, log }, options);
      if (hear === undefined) expect(await process.next()).toEqual({ ready: true });
      else await isReady;
      return {
        ...process,
        async leave() {
          process.tell({ leave: true });
          await process.ended();
        },
      };
    },
    here(address, lease) {
      const { storage, close } = open(address);
      const options = { storage, name: 'here', log: write };
      const bot = countingBot(lease === undefined ? options : { ...options, lease });
      return {
        ...bot,
        async close() {
          await bot.machine.stop();
          await close();
        },
      };
    },
    entries() {
      const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
      return lines
        .map((line) => JSON.parse(line) as Entry)
        .filter(({ chat }) => chat < 900_000_000);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Tells processes their orders at the same time, and waits until all have been handled. */
export async function handleAll(
  processes: readonly BotProcess[],
  orders: (process: number) => readonly Order[],
): Promise<void> {
  for (const [number, process] of processes.entries()) process.tell({ handle: orders(number) });
  await Promise.all(
    processes.map(async (process) => {
      while (!('all' in (await process.next())));
    }),
  );
}

/** No conversation was worked on by two handlers at once. */
export function expectOneAtATime(entries: readonly Entry[]): void {
  const working = new Map<number, string>();
  for (const { what, chat, id, by } of entries) {
    const name = `${by} ${id}`;
    if (what === 'began') {
      expect([chat, working.get(chat)]).toEqual([chat, undefined]);
      working.set(chat, name);
    } else if (what === 'ended') {
      expect([chat, working.get(chat)]).toEqual([chat, name]);
      working.delete(chat);
    }
  }
}

/** Ids of one process are in the order in which it was told them. */
export function expectInOrder(ids: readonly number[], processOf: (id: number) => number): void {
  const last = new Map<number, number>();
  for (const id of ids) {
    const process = processOf(id);
    expect(id).toBeGreaterThan(last.get(process) ?? 0);
    last.set(process, id);
  }
}
