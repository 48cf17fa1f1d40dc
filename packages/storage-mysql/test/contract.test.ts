/** The contract of storages, kept on a real MariaDB, also in sessions whose settings change what statements mean. */

import { storageContract } from '@telefsm/testing';
import { createPool, type Pool, type PoolOptions } from 'mysql2/promise';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type SharedServer, sharedMariadb } from '../../../test/servers/shared.ts';
import { isStress } from '../../../test/setup/size.ts';
import { mysqlStorage } from '../src/index.ts';

let server: SharedServer;

beforeAll(async () => {
  server = await sharedMariadb();
});

const exceptions = {
  granted: 'neither MySQL nor MariaDB sends messages to clients, so core asks again',
};

const strange =
  'ANSI,TRADITIONAL,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,SIMULTANEOUS_ASSIGNMENT,HIGH_NOT_PRECEDENCE';
const sessions: [string, PoolOptions, readonly string[]][] = [
  ['a plain session', {}, []],
  [
    'a session with another SQL mode, time zone, character set and isolation',
    { charset: 'latin1', supportBigNumbers: true, bigNumberStrings: true },
    [
      `set sql_mode = '${strange}'`,
      "set time_zone = '+05:45'",
      'set sql_select_limit = 1',
      'set session transaction isolation level serializable',
    ],
  ],
];
if (isStress) sessions.push(['a pool of one connection', { connectionLimit: 1 }, []]);
// the compatibility modes of MariaDB; ORACLE gives procedures another syntax
const dialects = isStress ? ['', 'MSSQL', 'DB2', 'POSTGRESQL', 'ORACLE'] : ['ORACLE'];
for (const mode of dialects)
  sessions.push([`a session with the SQL mode "${mode}"`, {}, [`set sql_mode = '${mode}'`]]);

describe.each(sessions)('%s', (name, options, settings) => {
  let pool: Pool;
  const table = `over_${sessions.findIndex(([each]) => each === name)}`;

  beforeAll(() => {
    pool = createPool({ uri: server.url, ...options });
    pool.pool.on('connection', (connection) => {
      for (const setting of settings) connection.query(setting);
    });
  });
  afterAll(() => pool.end());

  /** Moves the stored instants of one conversation, as if the server's clock had moved the other way. */
  async function shift(key: string, ms: number): Promise<void> {
    const columns = ['lease_until', 'deadline_at', 'expires_at', 'wake_at'];
    const moved = columns.map((column) => `${column} = ${column} + ${ms * 1000}`).join(', ');
    await pool.execute(`update ${table}_conversation set ${moved} where \`key\` = ?`, [
      Buffer.from(key),
    ]);
  }
  const open = () => mysqlStorage(pool, { table });
  const under = () => ({ storage: open(), another: open, shift });
  for (const rule of storageContract(under, { exceptions })) it(rule.title, () => rule.run());
});
