import { memoryStorage } from '@telefsm/grammy';

/** Conversations end with the process. Use another storage before you deploy. */
export const storage = memoryStorage();

export async function closeStorage(): Promise<void> {}
