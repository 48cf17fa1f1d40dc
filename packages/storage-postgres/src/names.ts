/** Names of the tables: where they are, checked once, quoted everywhere. */

import { FsmError } from '@telefsm/core';

/** Where the tables are. */
export interface PostgresNames {
  /** The schema; made if it is missing. Default: the first of the connection's `search_path`, usually `public`. */
  readonly schema?: string;
  /** The prefix of the tables' names. Default: `telefsm`, so `telefsm_conversation` and `telefsm_meta`. */
  readonly table?: string;
}

/** The names, ready for a statement. */
export interface Tables {
  /** Of the schema, quoted; `undefined` if the `search_path` decides. */
  readonly schema: string | undefined;
  /** The conversations, qualified and quoted. */
  readonly conversation: string;
  /** Its only index besides the key, quoted. */
  readonly wakeIndex: string;
  /** The version of the tables, qualified and quoted. */
  readonly meta: string;
}

/** A plain name, short enough that `…_conversation_wake` fits into PostgreSQL's 63 bytes; `pg_…` is the server's own. */
const plainName = /^(?!pg_)[A-Za-z_][A-Za-z0-9_]{0,43}$/;

/**
 * Puts the names together.
 *
 * @throws FsmError `INVALID_OPTION` for a name that is not plain
 */
export function tablesOf(names: PostgresNames): Tables {
  const schema = names.schema === undefined ? undefined : `"${plain('schema', names.schema)}"`;
  const prefix = plain('table', names.table ?? 'telefsm');
  const qualified = (name: string) => (schema === undefined ? `"${name}"` : `${schema}."${name}"`);
  return {
    schema,
    conversation: qualified(`${prefix}_conversation`),
    wakeIndex: `"${prefix}_conversation_wake"`,
    meta: qualified(`${prefix}_meta`),
  };
}

function plain(option: string, name: string): string {
  if (plainName.test(name)) return name;
  throw new FsmError('INVALID_OPTION', {
    option,
    expected: '1 to 44 letters, digits and underscores, not beginning with a digit or pg_',
    found: JSON.stringify(name),
  });
}
