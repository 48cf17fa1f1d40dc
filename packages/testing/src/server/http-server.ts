/** The Bot API over HTTP: addresses, tokens, answers (Bot API, Making requests). */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApiAnswer, answering, rejectionOf } from '../cloud/answer.ts';
import { adoptIdentity } from '../cloud/bot-identity.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { Payload } from '../cloud/raw.ts';
import { performCall } from '../methods/answer-call.ts';
import {
  listOf,
  numberOf,
  readParameters,
  textParameter,
  type Uploads,
} from '../methods/parameters.ts';
import { type Fake, guard, listens } from '../network/guard.ts';
import { answerRequest, type Endpoint } from './answer-request.ts';
import { watchRequests } from './under-way.ts';
import { type Connection, makeUpdateQueue, type UpdateQueue } from './update-queue.ts';
import { startWebhook, type WebhookSender } from './webhook-sender.ts';

/** A server that answers as api.telegram.org does. */
export interface HttpServer {
  /** The address for `apiRoot`. */
  readonly url: string;
  readonly queue: UpdateQueue;
  /** Does what the method `setWebhook` does. */
  setWebhook(payload: Payload): ApiAnswer;
  /** Begins the next process of the bot; from here on calls of the former are never answered. */
  nextLife(): Life;
  /** Stops listening and cuts every connection. */
  stop(): Promise<void>;
}

/** A process of the bot, as the server sees it. */
export interface Life {
  /** The address for its clients. */
  readonly apiRoot: string;
  /** Answers the clients that it makes by itself, with other addresses. */
  readonly fake: Fake;
}

/** Options of {@link openHttpServer}. */
export interface HttpServerOptions {
  readonly port: number;
  /** The only token that is let in; the first one that comes when left out. */
  readonly token: string | undefined;
}

/** Opens a server on the loopback interface. */
export async function openHttpServer(
  cloud: Cloud,
  options: HttpServerOptions,
): Promise<HttpServer> {
  const queue = makeUpdateQueue(cloud.clock, () => cloud.updateIds.upcoming());
  let token = options.token;
  let life = 0;
  let webhook: WebhookSender | undefined;
  if (token !== undefined) adoptIdentity(cloud, token);

  type Answering = (payload: Payload, connection: Connection) => ApiAnswer | Promise<ApiAnswer>;
  const transport: Readonly<Record<string, Answering>> = {
    getupdates: (payload, connection) =>
      webhook === undefined ? queue.poll(payload, connection) : rejectionOf(webhookActive),
    setwebhook: setWebhook,
    deletewebhook: (payload) => {
      leaveWebhook();
      if (payload['drop_pending_updates'] === true) queue.drop();
      return { ok: true, result: true };
    },
    getwebhookinfo: () => ({ ok: true, result: webhookInfo() }),
  };

  function setWebhook(payload: Payload): ApiAnswer {
    const url = textParameter(payload, 'url') ?? '';
    leaveWebhook();
    if (payload['drop_pending_updates'] === true) queue.drop();
    if (payload['allowed_updates'] !== undefined)
      queue.allow(listOf(payload, 'allowed_updates') as readonly string[]);
    if (url === '') return { ok: true, result: true };
    if (!/^https?:\/\/[^/]/.test(url)) {
      return rejectionOf({
        error_code: 400,
        description: 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
      });
    }
    const secret = textParameter(payload, 'secret_token');
    if (secret !== undefined && !/^[\w-]{1,256}$/.test(secret)) {
      return rejectionOf({
        error_code: 400,
        description: 'Bad Request: secret token contains unallowed characters',
      });
    }
    queue.release();
    const maxConnections = Math.min(Math.max(numberOf(payload, 'max_connections') ?? 40, 1), 100);
    webhook = startWebhook(
      { url, secret, maxConnections },
      {
        clock: cloud.clock,
        queue,
        reply: (method, body) => performCall(cloud, method, body.payload, body.uploads),
      },
    );
    return { ok: true, result: true };
  }

  function leaveWebhook(): void {
    webhook?.stop();
    webhook = undefined;
  }

  function webhookInfo(): Payload {
    const error = webhook?.lastError;
    return {
      url: webhook?.settings.url ?? '',
      has_custom_certificate: false,
      pending_update_count: queue.pending.length,
      ...(webhook === undefined ? {} : { max_connections: webhook.settings.maxConnections }),
      ...(error === undefined
        ? {}
        : { last_error_date: error.date, last_error_message: error.message }),
      ...(queue.allowed.length === 0 ? {} : { allowed_updates: queue.allowed }),
    };
  }

  const endpoint: Endpoint = {
    admits(given) {
      if (token === undefined) {
        token = given;
        adoptIdentity(cloud, token);
        guard(token, fakeOf(life));
      }
      return given === token;
    },
    answers: (prefix) => prefix === '' || prefix === `/${life}`,
    perform: call,
  };

  async function call(
    method: string,
    payload: Payload,
    uploads: Uploads,
    connection: Connection,
  ): Promise<ApiAnswer | 'cut'> {
    const own = transport[method.toLowerCase()];
    const scripted = cloud.failures.some((each) => each.method === method && each.times > 0);
    if (own === undefined || scripted) return performCall(cloud, method, payload, uploads);
    const parameters = answering(() => readParameters(payload));
    const answer = parameters.ok ? await own(parameters.result as Payload, connection) : parameters;
    if (own !== transport['getupdates']) cloud.calls.push({ method, payload, answer });
    return answer;
  }

  const server = createServer((request, response) => {
    if (isFromPage(request)) {
      response.writeHead(403).end('This server answers bots, not web pages.');
      return;
    }
    void answerRequest(cloud, endpoint, request, response);
  });
  const underWay = watchRequests(server);

  /** A server on this computer may be a proxy of the test itself: requests to it stay here anyway. */
  function fakeOf(mine: number): Fake {
    return {
      passes: ({ hostname }) => /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname),
      answer: (request, response) =>
        answerRequest(cloud, { ...endpoint, answers: () => mine === life }, request, response),
    };
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const unlisten = listens(url);
  if (token !== undefined) guard(token, fakeOf(life));
  return {
    url,
    queue,
    setWebhook,
    nextLife() {
      life += 1;
      underWay.cut();
      return { apiRoot: `${url}/${life}`, fake: fakeOf(life) };
    },
    async stop() {
      leaveWebhook();
      queue.drop();
      unlisten();
      const ended = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await ended;
    },
  };
}

/** Whether a browser sends it for a page, which could take a test's updates away. Clients of bots send none of these headers, and the right host. */
function isFromPage({ headers, socket }: IncomingMessage): boolean {
  const own = [`127.0.0.1:${socket.localPort}`, `localhost:${socket.localPort}`];
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'] ?? 'none';
  return origin !== undefined || site !== 'none' || !own.includes(host);
}

const webhookActive = {
  error_code: 409,
  description:
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
};
