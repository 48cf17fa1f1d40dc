/** The used parts of PostgreSQL client libraries, and one shape for `pg` and `postgres`. */

/** The used part of a `Pool` of `pg`. */
export interface PgPool {
  readonly options?: {
    readonly max?: number | undefined;
    /** In ms. With a limit, a connection carries one statement at a time. */
    readonly query_timeout?: number | undefined;
    /** With `false`, a connection carries one statement at a time. */
    readonly pipeline?: boolean | undefined;
  };
  /** How many callers wait for a connection. */
  readonly waitingCount?: number;
  /** Whether `end()` was called. */
  readonly ending?: boolean;
  /**
   * Borrows a connection. One is kept for waiting, from the first contention on.
   *
   * @param borrowed - called with the connection or the error; a pool may ignore it and return a promise
   */
  connect(
    borrowed: (error: Error | undefined, client?: PgPoolClient) => void,
  ): Promise<PgPoolClient> | void;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  off?(event: 'error', listener: (error: Error) => void): unknown;
}

/** The used part of a connection from a {@link PgPool}. */
export interface PgPoolClient {
  /** Whether it sends a statement before those in front of it are answered; absent from versions of `pg` that cannot. */
  pipeline?: boolean;
  /** Its settings, where `pg` shows them. */
  readonly connectionParameters?: { readonly query_timeout?: unknown };
  /** `T` or `E` within a transaction. */
  getTransactionStatus?(): string | null;
  query(
    statement: string | PgStatement,
    values?: unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null }>;
  on(event: 'notification', listener: (message: PgNotification) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  release(destroy?: boolean): void;
}

/** A statement that each connection plans once, under its name. */
export interface PgStatement {
  readonly name: string;
  readonly text: string;
}

/** A message of `NOTIFY`, as `pg` hands it on. */
export interface PgNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** The used part of the result of `postgres()` from the package `postgres`, and of `Bun.SQL`, which cannot listen. */
export interface PostgresSql {
  readonly options?: { readonly max?: number | undefined };
  unsafe(
    text: string,
    values: (string | number | boolean | null)[],
    options?: { readonly prepare: boolean },
  ): PromiseLike<ArrayLike<unknown> & { readonly count?: number | null }>;
  listen?(
    channel: string,
    onPayload: (payload: string) => void,
  ): Promise<{ unlisten(): Promise<unknown> }>;
}

/** The used part of a `PGlite` of `@electric-sql/pglite`: PostgreSQL in the process. */
export interface PgliteClient {
  query(
    text: string,
    values: unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly affectedRows?: number | undefined }>;
  listen(channel: string, receive: (payload: string) => void): Promise<() => Promise<unknown>>;
}

/** A client that was handed in: a `Pool` of `pg` or Neon, what `postgres()` gave, a `Bun.SQL`, or a `PGlite`. */
export type PostgresClient = PgPool | PostgresSql | PgliteClient;

/** The value of a placeholder. Every placeholder has a cast, so no library has to guess its type. */
export type Value = string | number | boolean | null;

/** The answer to a statement. */
export interface Answer<Row> {
  readonly rows: readonly Row[];
  /** How many rows it has changed, if it changes any. */
  readonly rowCount: number | null;
}

/**
 * Reads rows by the position of their columns: `postgres` may rename them (`transform: postgres.camel`) and replace null.
 *
 * All columns that are read are texts, because clients may read other types in their own way (`setTypeParser`).
 */
export function byPosition<Row extends readonly unknown[]>(answer: Answer<unknown>): Answer<Row> {
  const rows: readonly (readonly unknown[])[] = answer.rows.map((row) =>
    Object.values(Object(row)).map((value) => value ?? null),
  );
  return { rows: rows as readonly Row[], rowCount: answer.rowCount };
}

/** How many connections both libraries open by default. */
export const usualConnections = 10;

/** The one shape that the rest of this package uses. */
export interface Driver {
  /** How many statements are on their way at the same time. */
  atOnce(): number;
  /** Runs one statement in its own transaction. */
  query(text: string, values: Value[]): Promise<Answer<unknown>>;
  /**
   * Listens on a connection of its own.
   *
   * @param lost - called at most once, when the connection has ended by itself
   * @returns how to stop
   */
  listen(
    channel: string,
    receive: (payload: string) => void,
    lost: () => void,
  ): Promise<() => void>;
  /** Takes back what was attached to the client; the client stays open. */
  detach(): void;
}
