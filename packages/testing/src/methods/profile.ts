/** Methods about the bot itself: who it is, its commands and its texts. */
import { reject } from '../cloud/answer.ts';
import type { Payload } from '../cloud/raw.ts';
import type { Call } from './contents.ts';
import { listOf, objectOf, textParameter } from './parameters.ts';

/** Methods about the bot itself, by name. */
export const profileMethods: Readonly<Record<string, (call: Call) => unknown>> = {
  getMe: ({ cloud }) => cloud.me,
  logOut: () => true,
  close: () => true,
  setMyCommands: ({ cloud, payload }) => {
    const commands = listOf(payload, 'commands') as readonly Payload[];
    if (commands.length > 100) reject(400, 'Bad Request: BOT_COMMANDS_TOO_MUCH');
    for (const command of commands) {
      if (!/^\/?[a-z0-9_]{1,32}$/.test(textParameter(command, 'command') ?? ''))
        reject(400, 'Bad Request: BOT_COMMAND_INVALID');
      const description = textParameter(command, 'description') ?? '';
      if (description === '' || description.length > 256)
        reject(400, 'Bad Request: BOT_COMMAND_DESCRIPTION_INVALID');
    }
    cloud.commands.set(scopeOf(payload), commands);
    return true;
  },
  getMyCommands: ({ cloud, payload }) => cloud.commands.get(scopeOf(payload)) ?? [],
  deleteMyCommands: ({ cloud, payload }) => {
    cloud.commands.delete(scopeOf(payload));
    return true;
  },
  getMyName: ({ cloud }) => ({ name: cloud.me.first_name }),
  getMyDescription: () => ({ description: '' }),
  getMyShortDescription: () => ({ short_description: '' }),
  getChatMenuButton: () => ({ type: 'commands' }),
  getMyDefaultAdministratorRights: () => ({ is_anonymous: false, can_manage_chat: false }),
  getMyStarBalance: () => ({ amount: 0 }),
  getUserProfilePhotos: () => ({ total_count: 0, photos: [] }),
  createInvoiceLink: ({ cloud }) => `https://t.me/$invoice${cloud.next('invoice link')}`,
  getBusinessConnection: ({ cloud, payload }) =>
    cloud.connections.get(textParameter(payload, 'business_connection_id') ?? '') ??
    reject(400, 'Bad Request: BUSINESS_CONNECTION_INVALID'),
};

function scopeOf(payload: Payload): string {
  return JSON.stringify([
    objectOf(payload, 'scope') ?? { type: 'default' },
    textParameter(payload, 'language_code') ?? '',
  ]);
}
