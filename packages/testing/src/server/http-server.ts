/** The Bot API over HTTP: addresses, tokens, answers (Bot API, Making requests). */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApiAnswer, answering, refusalOf } from '../cloud/answer.ts';
import { takeIdentity } from '../cloud/bot-identity.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { Payload } from '../cloud/raw.ts';
import { performCall } from '../methods/answer-call.ts';
import { listOf, numberOf, readParameters, textOf } from '../methods/parameters.ts';
import { type RequestBody, readBody } from './request-body.ts';
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
  /** The address for the next process of the bot; from here on the former's calls are never answered. */
  nextLife(): string;
  /** Stops listening and cuts every connection. */
  stop(): Promise<void>;
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
  if (token !== undefined) takeIdentity(cloud, token);

  type Answering = (payload: Payload, connection: Connection) => ApiAnswer | Promise<ApiAnswer>;
  const transport: Readonly<Record<string, Answering>> = {
    getupdates: (payload, connection) =>
      webhook === undefined ? queue.poll(payload, connection) : refusalOf(webhookActive),
    setwebhook: setWebhook,
    deletewebhook: (payload) => {
      leaveWebhook();
      if (payload['drop_pending_updates'] === true) queue.drop();
      return { ok: true, result: true };
    },
    getwebhookinfo: () => ({ ok: true, result: webhookInfo() }),
  };

  function setWebhook(payload: Payload): ApiAnswer {
    const url = textOf(payload, 'url') ?? '';
    leaveWebhook();
    if (payload['drop_pending_updates'] === true) queue.drop();
    if (payload['allowed_updates'] !== undefined)
      queue.allow(listOf(payload, 'allowed_updates') as readonly string[]);
    if (url === '') return { ok: true, result: true };
    if (!/^https?:\/\/[^/]/.test(url)) {
      return refusalOf({
        error_code: 400,
        description: 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
      });
    }
    const secret = textOf(payload, 'secret_token');
    if (secret !== undefined && !/^[\w-]{1,256}$/.test(secret)) {
      return refusalOf({
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

  async function answerRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? '/', 'http://localhost');
    const route = /^(?:\/(\d+))?\/(file\/)?bot([^/]+)(?:\/test)?\/(.+)$/.exec(address.pathname);
    const body = await collect(request);
    if (route === null) {
      send(response, refusalOf({ error_code: 404 }));
      return;
    }
    const [, from, file, given, rest] = route as unknown as [
      string,
      string?,
      string?,
      string?,
      string?,
    ];
    if (from !== undefined && Number(from) !== life) return; // nothing answers a process that is no more
    if (token === undefined) {
      token = given as string;
      takeIdentity(cloud, token);
    }
    if (given !== token || file !== undefined) {
      if (given !== token) send(response, refusalOf({ error_code: 401 }));
      else sendFile(cloud, response, rest as string);
      return;
    }
    const answer = await call(request, address, rest as string, body, response);
    if (answer === 'cut') request.socket.destroy();
    else send(response, answer);
  }

  async function call(
    request: IncomingMessage,
    address: URL,
    method: string,
    body: Buffer,
    connection: Connection,
  ): Promise<ApiAnswer | 'cut'> {
    let read: RequestBody;
    try {
      read = readBody(request.headers['content-type'], body);
    } catch {
      return refusalOf({
        error_code: 400,
        description: "Bad Request: can't parse the request body",
      });
    }
    const payload = { ...Object.fromEntries(address.searchParams), ...read.payload };
    const own = transport[method.toLowerCase()];
    const scripted = cloud.failures.some((each) => each.method === method && each.times > 0);
    if (own === undefined || scripted) return performCall(cloud, method, payload, read.uploads);
    const parameters = answering(() => readParameters(payload));
    const answer = parameters.ok ? await own(parameters.result as Payload, connection) : parameters;
    if (own !== transport['getupdates']) cloud.calls.push({ method, payload, answer });
    return answer;
  }

  const server = createServer((request, response) => {
    answerRequest(request, response).catch((error: unknown) => {
      if (!response.headersSent)
        response.writeHead(500, String(error).replace(/[^\x20-\x7e]/g, ' ')).end();
    });
  });
  const underWay = watchRequests(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    queue,
    setWebhook,
    nextLife() {
      life += 1;
      underWay.cut();
      return `${url}/${life}`;
    },
    async stop() {
      leaveWebhook();
      queue.drop();
      const ended = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await ended;
    },
  };
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, answer: ApiAnswer): void {
  const status = answer.ok ? 200 : answer.error_code;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

function sendFile(cloud: Cloud, response: ServerResponse, path: string): void {
  const file = [...cloud.files.values()].find(({ file_path }) => file_path === path);
  if (file === undefined) send(response, refusalOf({ error_code: 404 }));
  else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file.bytes);
}

const webhookActive = {
  error_code: 409,
  description:
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
};
