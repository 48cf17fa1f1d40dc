/** Names of the tables and procedures: checked once, quoted everywhere. */

import { FsmError } from '@telefsm/core';

/** Where the tables are. */
export interface MysqlNames {
  /** The database. Default: the one that the connection uses. */
  readonly database?: string;
  /** The prefix of the names. Default: `telefsm`, so `telefsm_conversation` and `telefsm_meta`. */
  readonly table?: string;
}

/** The names, ready for a statement. */
export interface Tables {
  /** The conversations, qualified and quoted. */
  readonly conversation: string;
  /** The version of the tables, qualified and quoted. */
  readonly meta: string;
  /** The procedure that acquires a conversation, qualified and quoted; its version is in its name. */
  readonly acquire: string;
  /** The user-level lock under which the tables are changed. */
  readonly lock: string;
}

/** A plain name, short enough that `…_conversation` fits into 64 characters. */
const plainName = /^[A-Za-z_][A-Za-z0-9_]{0,43}$/;

/**
 * Puts the names together.
 *
 * @throws FsmError `INVALID_OPTION` for a name that is not plain
 */
export function tablesOf({ database, table = 'telefsm' }: MysqlNames): Tables {
  const prefix = database === undefined ? '' : `\`${plain('database', database)}\`.`;
  const name = (suffix: string) => `${prefix}\`${plain('table', table)}_${suffix}\``;
  return {
    conversation: name('conversation'),
    meta: name('meta'),
    acquire: name('acquire_1'),
    lock: `telefsm ${table}`,
  };
}

function plain(option: string, name: unknown): string {
  if (typeof name === 'string' && plainName.test(name)) return name;
  throw new FsmError('INVALID_OPTION', {
    option,
    expected: 'up to 44 letters, digits and underscores, not beginning with a digit',
    found: JSON.stringify(name) ?? String(name),
  });
}
