/** The storages of telefsm, over servers of this run. */

/** @returns the storage, `undefined` for the default one, and how to close what was opened for it */
export async function telefsmStorage({ storage, redis, postgres, prefix }) {
  if (storage === 'redis') {
    const { redisStorage } = await import('@telefsm/storage-redis');
    const client = redis();
    return { storage: redisStorage(client, { prefix }), close: () => client.disconnect() };
  }
  if (storage === 'postgres') {
    const { migratePostgres, postgresStorage } = await import('@telefsm/storage-postgres');
    const pool = postgres();
    // what another measurement has kept is not found again
    const schema = prefix.replace('.', '');
    await migratePostgres(pool, { schema });
    const storage = postgresStorage(pool, { schema });
    // the storage first: while it listens, it has one of the pool's connections
    const close = async () => {
      await storage.close();
      await pool.end();
    };
    return { storage, close };
  }
  return { storage: undefined, close: undefined };
}
