import { memoryStorage } from '@telefsm/telegraf';

/** Conversations end with the process. Use another storage before you deploy. */
export const storage = memoryStorage();

export async function closeStorage(): Promise<void> {}
