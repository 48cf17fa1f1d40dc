/** The storage contract on a real PostgreSQL or MariaDB, through the client that is named as an argument. */

import { judge } from './contract.mjs';

const { POSTGRES_URL, MARIADB_URL } = process.env;
const name = `runtimes_${process.pid}_${process.argv[2]}`;
const columns = ['lease_until', 'deadline_at', 'wake_at', 'expires_at'];

/** Moves the stored instants of a conversation: `add` is a column to which `ms` are added. */
const moved = (add) => columns.map((column) => `${column} = ${add(column)}`).join(', ');

const makers = {
  async pg() {
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ connectionString: POSTGRES_URL });
    return onPostgres(pool, (statement, values) => pool.query(statement, values));
  },
  async postgres() {
    const { default: postgres } = await import('postgres');
    const sql = postgres(POSTGRES_URL, { onnotice() {} });
    return onPostgres(sql, (statement, values) => sql.unsafe(statement, values));
  },
  async bun() {
    const { SQL } = await import('bun');
    const sql = new SQL(POSTGRES_URL);
    return onPostgres(sql, (statement, values) => sql.unsafe(statement, values));
  },
  async mysql2() {
    const { mysqlStorage } = await import('@telefsm/storage-mysql');
    const { createPool } = await import('mysql2/promise');
    const pool = createPool(MARIADB_URL);
    return {
      open: () => mysqlStorage(pool, { table: name }),
      shift: (key, ms) =>
        pool.execute(
          `update ${name}_conversation set ${moved((column) => `${column} + ${ms * 1000}`)} where \`key\` = ?`,
          [Buffer.from(key)],
        ),
      exceptions: {
        granted: 'neither MySQL nor MariaDB sends messages to clients, so core asks again',
      },
    };
  },
};

async function onPostgres(client, query) {
  const { postgresStorage } = await import('@telefsm/storage-postgres');
  const by = (column) => `${column} + $2::float8 * interval '1 ms'`;
  return {
    open: () => postgresStorage(client, { schema: name }),
    shift: (key, ms) =>
      query(`update ${name}.telefsm_conversation set ${moved(by)} where key = $1::text`, [key, ms]),
    exceptions: {},
  };
}

const { open, shift, exceptions } = await makers[process.argv[2]]();
await judge(() => ({ storage: open(), another: open, shift }), { exceptions });
