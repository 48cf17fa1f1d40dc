/** grammY as a machine needs it, and how a machine calls the Bot API through it. */

import { botPort, type ClientCalls, type Framework, UpdatePort } from '@telefsm/core/adapter';
import debug from 'debug';
import { Api, Context, type Transformer } from 'grammy';

/** grammY's `Bot` of either major, by what is used of it. */
export interface GrammyBot {
  readonly token: string;
  readonly api: { readonly raw: object };
}

type RawMethod = (payload: object, signal?: AbortSignal) => Promise<unknown>;

const calls: ClientCalls<GrammyBot['api']> = {
  call: ({ raw }, method, payload, signal) =>
    (Reflect.get(raw, method) as RawMethod)(payload, signal),
  // of an update, for which grammY makes an Api of its own
  intercept({ config }: Api, each) {
    config.use((previous, method, payload, signal) => {
      const sent = each(method, payload ?? {});
      return sent === undefined
        ? Promise.resolve({ ok: true as const, result: true as never })
        : previous(method, sent as typeof payload, signal);
    });
  },
  copy(api: Api) {
    // a context that a test has made by hand may have no Api, or half of one
    const transformers: Transformer[] | undefined = Object(api).config?.installedTransformers?.();
    if (transformers === undefined) return api;
    const copy = new Api(api.token, api.options);
    copy.config.use(...transformers);
    return copy;
  },
};

/** grammY's own words. */
export const grammy: Framework<Context, GrammyBot> = {
  contexts: Context,
  properties: ['state', 'fsm'],
  portOf: ({ api, token }) => botPort(calls, api, token),
  updatePortOf: ({ api, me }) => new UpdatePort(calls, api, me),
  debug,
};
