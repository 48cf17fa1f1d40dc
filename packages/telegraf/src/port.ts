/** Telegraf as a machine needs it, and how a machine calls the Bot API through it. */

import { botPort, type ClientCalls, type Framework, UpdatePort } from '@telefsm/core/adapter';
import { Context } from 'telegraf';
import { forward } from './bag.ts';

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
  copy: (telegram) => ({ token: telegram.token, callApi: telegram.callApi.bind(telegram) }),
};

/** Telegraf's own words. */
export const telegraf: Framework<Context, TelegrafBot> = {
  contexts: Context,
  properties: ['fsm'],
  portOf: ({ telegram }) => botPort(calls, telegram, telegram.token),
  updatePortOf({ telegram, botInfo }) {
    // a call in the response to a webhook would report the update as done before it is committed
    telegram.webhookReply = false;
    return new UpdatePort(calls, telegram, botInfo);
  },
  installed: ({ state }, fsm) => forward(state, fsm),
  debug: async () => (await import('debug')).default,
};
