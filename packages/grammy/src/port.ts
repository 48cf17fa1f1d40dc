/** How a machine calls the Bot API through grammY. */

import { type BotPort, botIdOf } from '@telefsm/core/adapter';
import type { Api, Context } from 'grammy';

/** grammY's `Bot` of either major, by what is used of it. */
export interface GrammyBot {
  readonly token: string;
  readonly api: { readonly raw: object };
}

type RawMethod = (payload: object, signal?: AbortSignal) => Promise<unknown>;

/** The port of one update. A class, since one is made for every update: its members are on the prototype. */
export class UpdatePort implements BotPort {
  private readonly api: Api;
  readonly id: number;
  readonly username: string;

  constructor({ api, me }: Context) {
    this.api = api;
    this.id = me.id;
    this.username = me.username;
  }

  call(method: string, payload: object, signal?: AbortSignal): Promise<unknown> {
    return callRaw(this.api.raw, method, payload, signal);
  }

  intercept(each: (method: string, payload: object) => object | undefined): void {
    // grammY makes an Api for each update, so this reaches no other
    this.api.config.use((previous, method, payload, signal) => {
      const sent = each(method, payload ?? {});
      return sent === undefined
        ? Promise.resolve({ ok: true as const, result: true as never })
        : previous(method, sent as typeof payload, signal);
    });
  }
}

/** The port of a bot, for work without an update. */
export function botPort(bot: GrammyBot): BotPort {
  return {
    id: botIdOf(bot.token),
    call: (method, payload, signal) => callRaw(bot.api.raw, method, payload, signal),
  };
}

function callRaw(
  raw: object,
  method: string,
  payload: object,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const call = Reflect.get(raw, method) as RawMethod;
  return call(payload, signal);
}
