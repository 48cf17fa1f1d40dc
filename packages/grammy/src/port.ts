/** How a machine calls the Bot API through grammY. */

import { type BotPort, botPort, type ClientCalls, UpdatePort } from '@telefsm/core/adapter';
import type { Api, Context } from 'grammy';

/** grammY's `Bot` of either major, by what is used of it. */
export interface GrammyBot {
  readonly token: string;
  readonly api: { readonly raw: object };
}

type RawMethod = (payload: object, signal?: AbortSignal) => Promise<unknown>;

const calls: ClientCalls<GrammyBot['api']> = {
  call: ({ raw }, method, payload, signal) =>
    (Reflect.get(raw, method) as RawMethod)(payload, signal),
  intercept(api, each) {
    // grammY makes an Api for each update, so this reaches no other
    (api as Api).config.use((previous, method, payload, signal) => {
      const sent = each(method, payload ?? {});
      return sent === undefined
        ? Promise.resolve({ ok: true as const, result: true as never })
        : previous(method, sent as typeof payload, signal);
    });
  },
};

/** The port of one update. */
export const updatePortOf = ({ api, me }: Context): BotPort => new UpdatePort(calls, api, me);

/** The port of a bot, for work without an update. */
export const portOf = ({ api, token }: GrammyBot): BotPort => botPort(calls, api, token);
