/** How a machine calls the Bot API through Telegraf. */

import { type BotPort, botPort, type ClientCalls, UpdatePort } from '@telefsm/core/adapter';
import type { Context } from 'telegraf';

/** Telegraf's bot, by what is used of it. */
export interface TelegrafBot {
  readonly telegram: {
    readonly token: string;
    callApi(method: never, payload: never, options?: never): Promise<unknown>;
  };
}

/** `callApi` for any method: Telegraf's own type has those of its day. */
type CallApi = (
  method: string,
  payload: object,
  options?: { readonly signal?: AbortSignal },
) => Promise<unknown>;

const calls: ClientCalls<TelegrafBot['telegram']> = {
  call: (telegram, method, payload, signal) =>
    (telegram.callApi as CallApi)(method, payload, signal && { signal }),
  intercept(telegram, each) {
    // Telegraf makes a client for each update, so this reaches no other
    const send = telegram.callApi.bind(telegram) as CallApi;
    const intercepted: CallApi = (method, payload, options) => {
      const sent = each(method, payload);
      return sent === undefined ? Promise.resolve(true) : send(method, sent, options);
    };
    telegram.callApi = intercepted;
  },
};

/** The port of one update. A call in the response to a webhook would report it as done before it is committed. */
export function updatePortOf({ telegram, botInfo }: Context): BotPort {
  telegram.webhookReply = false;
  return new UpdatePort(calls, telegram, botInfo);
}

/** The port of a bot, for work without an update. */
export const portOf = ({ telegram }: TelegrafBot): BotPort =>
  botPort(calls, telegram, telegram.token);
