/** The settings of a process, from its environment variables. */

/** The settings of both programs of this example. */
export interface Settings {
  readonly token: string;
  /** The `secret_token` of `setWebhook`: a request without it is not from Telegram. */
  readonly secret: string;
  /** The address of the Redis that all processes share. */
  readonly redis: string;
  /** The first part of all keys in Redis. */
  readonly prefix: string;
  /** The address of the Bot API, if it is not Telegram's. */
  readonly apiRoot: string | undefined;
}

/**
 * Reads the settings.
 *
 * @throws Error if the token or the secret is missing, or Telegram does not accept the secret
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const { BOT_TOKEN, WEBHOOK_SECRET = '', BOT_API, REDIS_PREFIX = 'bot' } = env;
  const { REDIS_URL = 'redis://127.0.0.1:6379' } = env;
  if (!BOT_TOKEN) throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');
  if (!/^[\w-]{1,256}$/.test(WEBHOOK_SECRET)) {
    throw new Error(
      'The webhook secret is missing or contains other characters. Set WEBHOOK_SECRET to 1 to 256 letters, digits, _ or -, and pass the same value to setWebhook as secret_token.',
    );
  }
  return {
    token: BOT_TOKEN,
    secret: WEBHOOK_SECRET,
    redis: REDIS_URL,
    prefix: REDIS_PREFIX,
    apiRoot: BOT_API,
  };
}
