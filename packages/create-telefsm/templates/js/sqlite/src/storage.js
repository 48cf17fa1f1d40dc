import { sqliteStorage } from '@telefsm/storage-sqlite';

/** Conversations are kept in a file on a local disk. In a container, mount a volume for it. */
export const storage = sqliteStorage(process.env['DATABASE_FILE'] ?? 'conversations.db');

export async function closeStorage() {
  await storage.close?.();
}
