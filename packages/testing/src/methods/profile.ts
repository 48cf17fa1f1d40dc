/** Methods about the bot itself: who it is, its commands and its texts. */
import { refuse } from '../cloud/answer.ts';
import type { Payload } from '../cloud/raw.ts';
import type { Call } from './contents.ts';
import { listOf, objectOf, textOf } from './parameters.ts';

/** Methods about the bot itself, by name. */
export const profileMethods: Readonly<Record<string, (call: Call) => unknown>> = {
  getMe: ({ cloud }) => cloud.me,
  logOut: () => true,
  close: () => true,
  setMyCommands: ({ cloud, payload }) => {
    const commands = listOf(payload, 'commands') as readonly Payload[];
    if (commands.length > 100) refuse(400, 'Bad Request: BOT_COMMANDS_TOO_MUCH');
    for (const command of commands) {
      if (!/^\/?[a-z0-9_]{1,32}$/.test(textOf(command, 'command') ?? ''))
        refuse(400, 'Bad Request: BOT_COMMAND_INVALID');
      const description = textOf(command, 'description') ?? '';
      if (description === '' || description.length > 256)
        refuse(400, 'Bad Request: BOT_COMMAND_DESCRIPTION_INVALID');
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
    cloud.connections.get(textOf(payload, 'business_connection_id') ?? '') ??
    refuse(400, 'Bad Request: BUSINESS_CONNECTION_INVALID'),
};

function scopeOf(payload: Payload): string {
  return JSON.stringify([
    objectOf(payload, 'scope') ?? { type: 'default' },
    textOf(payload, 'language_code') ?? '',
  ]);
}
