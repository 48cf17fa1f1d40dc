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
    return { storage: postgresStorage(pool, { schema, prepare: true }), close: () => pool.end() };
  }
  return { storage: undefined, close: undefined };
}
