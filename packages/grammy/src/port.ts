/** grammY as a machine needs it, and how a machine calls the Bot API through it. */

import { botPort, type ClientCalls, type Framework, UpdatePort } from '@telefsm/core/adapter';
import { Api, Context, GrammyError, type Transformer } from 'grammy';

/** grammY's `Bot` of either major, by what is used of it. */
export interface GrammyBot {
  readonly token: string;
  readonly api: { readonly raw: object };
}

/** Calls a method of grammY's client. */
function send(
  { raw }: GrammyBot['api'],
  method: string,
  payload: object,
  signal?: object,
): Promise<never> {
  const call = Reflect.get(raw, method) as (...given: unknown[]) => Promise<never>;
  // grammY has bound the payload of a method without parameters; a function that a test has made by hand has another name
  const isBound = call.length === 1 && call.name === 'bound callApi';
  return isBound ? call(signal) : call(payload, signal);
}

const calls: ClientCalls<GrammyBot['api']> = {
  call: send,
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

/** Sends calls by requests: one in the response to a webhook would report the update as done before it is committed. */
const byRequests =
  (client: GrammyBot['api']): Transformer =>
  async (_previous, method, payload, signal) => {
    try {
      return { ok: true, result: await send(client, method, payload, signal) };
    } catch (error) {
      // the answer of Telegram, as transformers get it
      if (error instanceof GrammyError) return error;
      throw error;
    }
  };

/** grammY's own words. */
export const grammy: Framework<Context, GrammyBot> = {
  contexts: Context,
  properties: ['state', 'fsm'],
  portOf: ({ api, token }) => botPort(calls, api, token),
  updatePortOf({ api, me }) {
    const mayReply = Object(api).options?.canUseWebhookReply !== undefined;
    if (mayReply) api.config.use(byRequests(calls.copy(api)));
    return new UpdatePort(calls, api, me);
  },
  debug: async () => (await import('debug')).default,
};
