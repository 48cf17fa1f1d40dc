/**
 * Statements over the connections of a `Pool` of `pg`.
 *
 * A connection is borrowed while statements are on their way, and carries many of them. Each is sent before the ones in front of it are answered
 * ("Pipelining" in the documentation of `pg`). Most of what a short statement costs is its way to the server. Each still has a transaction,
 * an answer and an error of its own.
 */

import {
  type Answer,
  type PgPool,
  type PgPoolClient,
  type PgStatement,
  usualConnections,
  type Value,
} from './client.ts';

/** How many statements a connection carries at once. */
const depth = 32;

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

/** A borrowed connection. */
class Line {
  readonly client: PgPoolClient;
  /** Statements that are not answered yet. */
  sent = 0;
  /** Statements that were sent since the last answer. */
  sinceAnswer = 0;
  /** Whether it takes no more statements: it is broken, or somebody else waits for a connection. */
  isLeaving = false;
  isBroken = false;
  readonly #pipeline: boolean | undefined;

  constructor(client: PgPoolClient) {
    this.client = client;
    this.#pipeline = client.pipeline;
    // set only while the connection is borrowed: the bot's own statements are sent as its author decided
    if (this.canPipeline) client.pipeline = true;
    client.on('error', this.#broke);
  }

  /** One that answers is freer than one where a statement waits for a lock. */
  isFreerThan({ sent, sinceAnswer }: Line): boolean {
    if (this.sinceAnswer !== sinceAnswer) return this.sinceAnswer < sinceAnswer;
    return this.sent < sent;
  }

  get canPipeline(): boolean {
    return this.#pipeline !== undefined;
  }

  readonly #broke = (): void => {
    this.isLeaving = true;
    this.isBroken = true;
  };

  /** Notes that a statement has failed. If the server has not answered it, its answer may still come. */
  failed(error: unknown): void {
    if (Object(error).severity === undefined) this.#broke();
  }

  release(): void {
    if (this.#pipeline !== undefined) this.client.pipeline = this.#pipeline;
    this.client.off('error', this.#broke);
    this.client.release(this.isBroken);
  }
}

/** The connections of one pool that one storage uses. */
export class Lines {
  readonly #pool: PgPool;
  readonly #lines: Line[] = [];
  readonly #waiting: Sending[] = [];
  /** Connections that the pool was asked for. */
  #asked = 0;
  /** How many the server allows; known once it has rejected another. */
  #allowed = Number.POSITIVE_INFINITY;
  #depth = 1;
  /** Connections of the pool that are kept for listening. */
  listening = 0;

  constructor(pool: PgPool) {
    this.#pool = pool;
  }

  /** How many statements run at once. */
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
      const line = this.#freest();
      if (line?.sent !== 0) {
        // each connection that is on its way has one of those that wait
        if (this.#waiting.length <= this.#asked) return;
        if (this.#lines.length + this.#asked < this.#most) {
          this.#ask();
          continue;
        }
        if (line === undefined || line.sent >= this.#depth) return;
      }
      this.#waiting.shift();
      void this.#send(line, next);
    }
  }

  #freest(): Line | undefined {
    let freest: Line | undefined;
    for (const line of this.#lines) {
      if (line.isLeaving || line.sent >= depth) continue;
      if (freest === undefined || line.isFreerThan(freest)) freest = line;
    }
    return freest;
  }

  #ask(): void {
    this.#asked++;
    this.#pool.connect().then(
      (client) => this.#borrowed(new Line(client)),
      (error: unknown) => this.#rejected(error),
    );
  }

  #borrowed(line: Line): void {
    this.#asked--;
    if (line.canPipeline) this.#depth = depth;
    this.#lines.push(line);
    this.#sendWaiting();
    // other connections have taken what waited for this one
    if (line.sent === 0) this.#release(line);
  }

  #rejected(error: unknown): void {
    this.#asked--;
    this.#allowed = this.#lines.length + this.#asked;
    if (this.#allowed === 0) {
      this.#allowed = Number.POSITIVE_INFINITY;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    } else this.#sendWaiting();
  }

  async #send(line: Line, { statement, values, resolve, reject }: Sending): Promise<void> {
    line.sent++;
    line.sinceAnswer++;
    try {
      resolve(await line.client.query(statement, values));
    } catch (error) {
      line.failed(error);
      reject(error);
    }
    line.sent--;
    line.sinceAnswer = 0;
    if (this.#othersWait()) line.isLeaving = true;
    this.#sendWaiting();
    if (line.sent === 0) this.#release(line);
  }

  /** Whether the bot itself, or another storage, waits for a connection of the pool. */
  #othersWait(): boolean {
    const leaving = this.#lines.filter(({ isLeaving }) => isLeaving).length;
    return (this.#pool.waitingCount ?? 0) > this.#asked + leaving;
  }

  #release(line: Line): void {
    this.#lines.splice(this.#lines.indexOf(line), 1);
    if (this.#lines.length === 0) this.#allowed = Number.POSITIVE_INFINITY;
    line.release();
    this.#sendWaiting();
  }
}
