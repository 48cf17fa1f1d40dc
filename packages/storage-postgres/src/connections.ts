/**
 * Statements over the connections of a `Pool` of `pg`.
 *
 * A connection stays borrowed until its statements are answered and the code that waits for the last answer has run. It carries many
 * statements. A short one spends most of its time on the network, so each is sent before those in front of it are answered ("Pipelining" in
 * the documentation of `pg`). Each is still its own transaction, with its own answer or error.
 */

import { nextTick } from 'node:process';
import {
  type Answer,
  type PgPool,
  type PgPoolClient,
  type PgStatement,
  usualConnections,
  type Value,
} from './client.ts';
import { Connection } from './connection.ts';
import { borrow } from './left-open.ts';

/**
 * How many statements a connection carries at the same time.
 *
 * The server executes them one after the other, so a slow one delays those behind it. With few of them, all are answered in time where each takes
 * half a second.
 */
const depth = 8;

/** A statement on its way. */
class Sending {
  readonly statement: string | PgStatement;
  readonly values: Value[];
  readonly resolve: (answer: Answer<unknown>) => void;
  readonly reject: (error: unknown) => void;

  constructor(
    statement: string | PgStatement,
    values: Value[],
    resolve: (answer: Answer<unknown>) => void,
    reject: (error: unknown) => void,
  ) {
    this.statement = statement;
    this.values = values;
    this.resolve = resolve;
    this.reject = reject;
  }
}

/** The connections of one pool that one storage uses. */
export class Connections {
  readonly #pool: PgPool;
  readonly #borrowed: Connection[] = [];
  readonly #waiting: Sending[] = [];
  /** Connections that the pool was asked for. */
  #asked = 0;
  /** How many could be had when the last one was rejected; one more after each that went back. */
  #allowed = Number.POSITIVE_INFINITY;
  #depth = 1;
  /** Connections of the pool that are kept for listening. */
  listening = 0;

  constructor(pool: PgPool) {
    this.#pool = pool;
  }

  /** How many statements run at the same time. */
  get atOnce(): number {
    return this.#most * this.#depth;
  }

  get #most(): number {
    const connections = this.#pool.options?.max ?? usualConnections;
    return Math.max(1, Math.min(connections - this.listening, this.#allowed));
  }

  /** Runs one statement in its own transaction. */
  query(statement: string | PgStatement, values: Value[]): Promise<Answer<unknown>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(new Sending(statement, values, resolve, reject));
      this.#sendWaiting();
    });
  }

  /** A statement gets an idle connection if there is one, else another one of the pool, else one that is busy. */
  #sendWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const connection = this.#freest();
      if (connection?.pending !== 0) {
        // each connection that is on its way has one of those that wait
        if (this.#waiting.length <= this.#asked) return;
        if (this.#borrowed.length + this.#asked < this.#most) {
          this.#ask();
          continue;
        }
        if (connection === undefined || connection.pending >= this.#depth) return;
      }
      this.#waiting.shift();
      void this.#send(connection, next);
    }
  }

  #freest(): Connection | undefined {
    let freest: Connection | undefined;
    for (const connection of this.#borrowed) {
      if (connection.isLeaving || connection.pending >= depth) continue;
      if (freest === undefined || connection.isFreerThan(freest)) freest = connection;
    }
    return freest;
  }

  #ask(): void {
    this.#asked++;
    borrow(this.#pool, (client) => this.#use(client)).catch((error: unknown) => {
      this.#rejected(error);
    });
  }

  /** @throws FsmError `INVALID_OPTION` for a connection that cannot be given back */
  #use(client: PgPoolClient): void {
    const connection = new Connection(client, this.#pool);
    this.#asked--;
    if (connection.canPipeline) this.#depth = depth;
    this.#borrowed.push(connection);
    this.#sendWaiting();
    // other connections have taken what waited for this one
    if (connection.pending === 0) this.#release(connection);
  }

  #rejected(error: unknown): void {
    this.#asked--;
    this.#allowed = this.#borrowed.length + this.#asked;
    if (this.#allowed === 0) {
      this.#allowed = Number.POSITIVE_INFINITY;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    } else this.#sendWaiting();
  }

  async #send(
    connection: Connection,
    { statement, values, resolve, reject }: Sending,
  ): Promise<void> {
    connection.begins();
    try {
      resolve(await connection.client.query(statement, values));
    } catch (error) {
      connection.failed(error);
      reject(error);
    }
    connection.ended();
    if (this.#othersWait() || this.#pool.ending === true) connection.isLeaving = true;
    this.#sendWaiting();
    if (connection.pending > 0) return;
    // without that count, the bot may be waiting for this connection
    if (connection.isLeaving || this.#pool.waitingCount === undefined) this.#release(connection);
    else this.#releaseSoon(connection);
  }

  /**
   * An answer is often followed immediately by the next statement, as the start of a turn by its commit. It gets the same connection: borrowing
   * one for each statement took a tenth of the CPU time of an update. The next tick comes after the code that waits for the answer, and
   * before any other event.
   */
  #releaseSoon(connection: Connection): void {
    nextTick(() => {
      const isBorrowed = this.#borrowed.includes(connection);
      if (isBorrowed && connection.pending === 0) this.#release(connection);
    });
  }

  /** Whether the bot itself, or another storage, waits for a connection of the pool. */
  #othersWait(): boolean {
    const leaving = this.#borrowed.filter(({ isLeaving }) => isLeaving).length;
    return (this.#pool.waitingCount ?? 0) > this.#asked + leaving;
  }

  #release(connection: Connection): void {
    this.#borrowed.splice(this.#borrowed.indexOf(connection), 1);
    this.#allowed++;
    connection.release();
    this.#sendWaiting();
  }
}
