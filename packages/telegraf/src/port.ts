/** How a machine calls the Bot API through Telegraf. */

import { type BotPort, botIdOf } from '@telefsm/core/adapter';
import type { Context, Telegram } from 'telegraf';

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

/** The port of one update. A class, since one is made for every update: its members are on the prototype. */
export class UpdatePort implements BotPort {
  private readonly telegram: Telegram;
  readonly id: number;
  readonly username: string;

  constructor({ telegram, botInfo }: Context) {
    this.telegram = telegram;
    this.id = botInfo.id;
    this.username = botInfo.username;
  }

  call(method: string, payload: object, signal?: AbortSignal): Promise<unknown> {
    return callApi(this.telegram, method, payload, signal);
  }

  intercept(each: (method: string, payload: object) => object | undefined): void {
    // Telegraf makes a client for each update, so this reaches no other
    const telegram = this.telegram;
    const send = telegram.callApi.bind(telegram) as CallApi;
    const intercepted: CallApi = (method, payload, options) => {
      const sent = each(method, payload);
      return sent === undefined ? Promise.resolve(true) : send(method, sent, options);
    };
    telegram.callApi = intercepted as Telegram['callApi'];
  }
}

/** The port of a bot, for work without an update. */
export function botPort({ telegram }: TelegrafBot): BotPort {
  return {
    id: botIdOf(telegram.token),
    call: (method, payload, signal) => callApi(telegram, method, payload, signal),
  };
}

function callApi(
  telegram: TelegrafBot['telegram'],
  method: string,
  payload: object,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const options = signal === undefined ? undefined : { signal };
  return telegram.callApi(method as never, payload as never, options as never);
}
