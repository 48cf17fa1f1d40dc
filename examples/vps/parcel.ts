/** Shared by both programs of this example: a flow, a slow command, and the settings. */

import { flow } from '@telefsm/core';

/** Sends a parcel. */
export const parcel = flow('parcel', { trigger: '/parcel', timeout: '1d' })
  .ask('to', { prompt: 'Where does it go?' })
  .ask('weight', { prompt: 'How heavy is it, in kg?' })
  .done(({ to, weight }) => `${weight} kg to ${to}: on its way.`);

/** The texts of both bots. */
export const texts = { howTo: 'Send /parcel.' } as const;

/** Usually set by the unit file. */
export interface Settings {
  readonly token: string;
  /** The file of the conversations. */
  readonly database: string;
  /** The address of the Bot API, if it is not Telegram's. */
  readonly apiRoot: string | undefined;
}

/**
 * Reads the settings. systemd sets `STATE_DIRECTORY` to the folder that the unit may write to.
 *
 * @throws Error if the token is missing
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const { BOT_TOKEN, BOT_API, STATE_DIRECTORY = '.' } = env;
  if (!BOT_TOKEN) throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');
  return { token: BOT_TOKEN, database: `${STATE_DIRECTORY}/conversations.db`, apiRoot: BOT_API };
}
