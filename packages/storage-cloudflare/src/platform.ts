/**
 * The used parts of Cloudflare's API, as structural types: the generated types of a Worker fit, and none are needed to compile this
 * package.
 */

/** A value of a row or of a parameter. */
export type Value = string | number | ArrayBuffer | null;

/** A row, by column. */
export type Row = Readonly<Record<string, Value>>;

/** The used part of the state that a Durable Object's constructor gets. */
export interface ObjectState {
  readonly id: ObjectId;
  readonly storage: ObjectStorage;
}

/** The used part of the storage of an SQLite-backed Durable Object. */
export interface ObjectStorage {
  readonly sql: { exec(statement: string, ...parameters: Value[]): Iterable<Row> };
  transactionSync<Result>(work: () => Result): Result;
  setAlarm(at: number): Promise<void>;
}

/** The identity of an object; as text it is the same for the same name. */
export interface ObjectId {
  toString(): string;
}

/** The used part of a binding to a Durable Object namespace. */
export interface ObjectNamespace {
  idFromName(name: string): ObjectId;
  get(id: ObjectId): { fetch(url: string, request: ShardRequest): Promise<ShardResponse> };
}

/** A request to an object. */
export interface ShardRequest {
  readonly method: 'POST';
  readonly body: string;
}

/** The used part of an object's response. */
export interface ShardResponse {
  readonly status: number;
  json(): Promise<unknown>;
}
