/** One borrowed connection of a `Pool` of `pg`: what it carries, and when and how it goes back. */

import { FsmError } from '@telefsm/core';
import type { PgPool, PgPoolClient } from './client.ts';
import { codeOf, isOfStatement } from './faults.ts';

/** After so many statements a connection goes back, under any load: the pool closes old ones then, as its options say. */
const longestUse = 1000;
/** The SQLSTATE of a server or a session that is read-only. */
const readOnly = '25006';

/** A borrowed connection. */
export class Connection {
  readonly client: PgPoolClient;
  readonly canPipeline: boolean;
  /** Statements that are not answered yet. */
  pending = 0;
  /** Statements that were sent since the last answer. */
  sinceAnswer = 0;
  /** Whether it goes back to the pool as soon as its statements are answered. */
  isLeaving = false;
  #isBroken = false;
  #left = longestUse;
  readonly #pipeline: boolean | undefined;

  /** @throws FsmError `INVALID_OPTION` if it cannot be given back */
  constructor(client: PgPoolClient, { options }: PgPool) {
    const given: Partial<PgPoolClient> = Object(client);
    if (typeof given.release !== 'function' || typeof given.off !== 'function') {
      throw new FsmError('INVALID_OPTION', {
        option: 'pool',
        expected: 'a Pool, whose connections have query(), on(), off() and release()',
        found: 'connections without release() or off()',
      });
    }
    this.client = client;
    this.#pipeline = client.pipeline;
    // A time limit of `pg` counts from sending, and ends the connection with everything on it. One in the address overrides the options.
    // The text '0' is a limit, too: `pg` passes it to setTimeout().
    const timeout = client.connectionParameters?.query_timeout || options?.query_timeout;
    const isLimited = Boolean(timeout) || options?.pipeline === false;
    this.canPipeline = this.#pipeline !== undefined && !isLimited && !('native' in client);
    // set only while the connection is borrowed: the bot's own statements are sent as its author decided
    if (this.canPipeline) client.pipeline = true;
    client.on('error', this.#broken);
  }

  /** One that answers is freer than one where a statement waits for a lock. */
  isFreerThan({ pending, sinceAnswer }: Connection): boolean {
    if (this.sinceAnswer !== sinceAnswer) return this.sinceAnswer < sinceAnswer;
    return this.pending < pending;
  }

  readonly #broken = (): void => {
    this.isLeaving = true;
    this.#isBroken = true;
  };

  begins(): void {
    this.pending++;
    this.sinceAnswer++;
    this.#left--;
    if (this.#left === 0) this.isLeaving = true;
  }

  ended(): void {
    this.pending--;
    this.sinceAnswer = 0;
  }

  /**
   * Notes that a statement has failed. After any other error than that of a statement, the server ends the connection, or may still answer.
   * A read-only server may have been the primary, or become one: the next connection finds the present one.
   */
  failed(error: unknown): void {
    if (!isOfStatement(error) || codeOf(error) === readOnly) this.#broken();
  }

  /** Gives it back to the pool, which closes it if it is broken. */
  release(): void {
    if (this.#pipeline !== undefined) this.client.pipeline = this.#pipeline;
    this.client.off('error', this.#broken);
    this.client.release(this.#isBroken);
  }
}
