import { postgresStorage } from '@telefsm/storage-postgres';
import { Pool } from 'pg';

const pool = new Pool({
  connectionString: process.env['DATABASE_URL'] ?? 'postgres://localhost/bot',
});
pool.on('error', (error) => console.error('PostgreSQL:', error.message));

/** Conversations are kept in PostgreSQL. The tables are created at the first use. */
export const storage = postgresStorage(pool);

export async function closeStorage(): Promise<void> {
  storage.close();
  await pool.end();
}
