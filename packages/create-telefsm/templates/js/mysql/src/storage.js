import { mysqlStorage } from '@telefsm/storage-mysql';
import { createPool } from 'mysql2/promise';

const pool = createPool(process.env['DATABASE_URL'] ?? 'mysql://localhost/bot');

/** Conversations are kept in MySQL or MariaDB. The tables are created at the first use. */
export const storage = mysqlStorage(pool);

export async function closeStorage() {
  await pool.end();
}
