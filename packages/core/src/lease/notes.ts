/**
 * Interrupts between processes: a note, kept in the storage under the name of the process whose turn is to end.
 *
 * A note is a record like any other, written and read by the statements that every shared storage has. A process looks for its note only while
 * one of its turns may be interrupted, so a quick turn and a bot without interrupts cost no statement.
 */

import type { Clock } from '../base/clock.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { StorageStatements } from '../storage/statements.ts';
import { backoff, newToken, sleep } from './calls.ts';
import type { Interruption } from './lease.ts';

/** How often a process looks for its note, in ms. */
const every = 400;
/** How long a note is kept, in ms: the process that it is for may have died. */
const keptFor = 60_000;
/** How many interrupts a note holds; older ones were read long ago. */
const most = 200;
/** How long a note is leased while it is written, in ms, and how often that is tried. */
const writing = 1000;
const tries = 6;

/** Options of notes. */
export interface NoteOptions {
  readonly storage: StorageStatements;
  readonly clock: Clock;
  /** Sends a statement in its turn. */
  send<T>(statement: () => Awaitable<T>): Promise<T>;
  readonly report: (operation: string, error: unknown) => void;
}

/** The notes that the leases of one machine leave and look for. */
export class Notes {
  readonly #options: NoteOptions;
  /** By token. */
  readonly #watched = new Map<string, Interruption>();
  #timer: unknown;

  constructor(options: NoteOptions) {
    this.#options = options;
  }

  /** From now on an update that arrives at another process may end the turn of this token. */
  watch(token: string, interruption: Interruption): void {
    this.#watched.set(token, interruption);
    this.#arm();
  }

  unwatch(token: string): void {
    if (this.#watched.size > 0) this.#watched.delete(token);
  }

  stop(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * Asks the process of a token to end its turn. It never fails: where no note can be left, that turn is waited for.
   *
   * @param by - what interrupts, see {@link Interruption.interrupter}
   */
  async leave(token: string, by: string): Promise<void> {
    const { clock, report } = this.#options;
    try {
      for (let failures = 0; failures < tries; failures++) {
        if (await this.#write(noteOf(token), `${token} ${by}`)) return;
        await sleep(backoff(failures), clock);
      }
    } catch (error) {
      report('interrupt', error);
    }
  }

  /** Adds a line to a note; `false` if somebody else is writing it. */
  async #write(key: string, line: string): Promise<boolean> {
    const { storage, send } = this.#options;
    const token = newToken();
    const answer = await send(() => storage.acquire(key, { token, lease: writing, queue: false }));
    if ('busy' in answer) return false;
    const { fence, stored } = answer;
    const lines = [...linesOf(stored?.text), line].slice(-most);
    const write = { text: lines.join('\n'), ttl: keptFor, state: null };
    return (await send(() => storage.commit(key, { token, fence }, write))) === 'done';
  }

  #arm(): void {
    this.#timer ??= this.#options.clock.setTimeout(() => void this.#look(), every);
  }

  readonly #look = async (): Promise<void> => {
    const { storage, send, report } = this.#options;
    try {
      const [token] = this.#watched.keys();
      if (token === undefined) return;
      const note = await send(() => storage.peek(noteOf(token)));
      for (const line of linesOf(note?.text)) this.#read(line);
    } catch (error) {
      report('interrupt', error);
    } finally {
      this.#timer = undefined;
      if (this.#watched.size > 0) this.#arm();
    }
  };

  #read(line: string): void {
    const [token = '', ...by] = line.split(' ');
    this.#watched.get(token)?.interrupt(by.join(' '));
  }
}

/** The key of the note for the process that has made a token; no conversation has such a key. */
function noteOf(token: string): string {
  return `telefsm interrupts ${token.slice(0, token.lastIndexOf('.'))}`;
}

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split('\n');
}
