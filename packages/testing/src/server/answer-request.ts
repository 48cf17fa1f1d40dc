/** One request to the Bot API over HTTP: its address, its body, its answer (Bot API, Making requests). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiAnswer, rejectionOf } from '../cloud/answer.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { Payload } from '../cloud/raw.ts';
import type { Uploads } from '../methods/parameters.ts';
import { readBody } from './request-body.ts';
import type { Connection } from './update-queue.ts';

/** The endpoints of the server. */
export interface Endpoint {
  /** Whether the bot with this token is let in. */
  admits(token: string): boolean;
  /** Whether a request below this path is answered at all; nothing answers a process that is no more. */
  answers(prefix: string): boolean;
  /** Carries out a call. */
  perform(
    method: string,
    payload: Payload,
    uploads: Uploads,
    connection: Connection,
  ): Promise<ApiAnswer | 'cut'>;
}

const unreadable = {
  error_code: 400,
  description: "Bad Request: can't parse the request body",
};

/** Answers a request as api.telegram.org does. */
export async function answerRequest(
  cloud: Cloud,
  endpoint: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const address = new URL(request.url ?? '/', 'http://localhost');
    const route = /^(.*?)\/(file\/)?bot([^/]+)(?:\/test)?\/(.+)$/.exec(address.pathname);
    const body = await collect(request);
    if (route === null) return send(response, rejectionOf({ error_code: 404 }));
    const [, prefix = '', file, token = '', rest = ''] = route;
    if (!endpoint.answers(prefix)) return;
    if (!endpoint.admits(token.replace(/%3a/i, ':')))
      return send(response, rejectionOf({ error_code: 401 }));
    if (file !== undefined) return sendFile(cloud, response, rest);
    const read = await readBody(request.headers['content-type'], body).catch(() => undefined);
    if (read === undefined) return send(response, rejectionOf(unreadable));
    const payload = { ...Object.fromEntries(address.searchParams), ...read.payload };
    const answer = await endpoint.perform(rest, payload, read.uploads, response);
    if (answer === 'cut') request.socket.destroy();
    else send(response, answer);
  } catch (error) {
    if (!response.headersSent)
      response.writeHead(500, String(error).replace(/[^\x20-\x7e]/g, ' ')).end();
  }
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
  if (file === undefined) send(response, rejectionOf({ error_code: 404 }));
  else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file.bytes);
}
