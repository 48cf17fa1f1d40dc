/** Runs a handler of fetch requests on Node, as platforms for functions do. */

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What serverless platforms, Deno, Bun and edge workers call for each request. */
export type FetchHandler = (request: Request) => Promise<Response>;

/** A server that listens. */
export interface Served {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Listens on a free port of the loopback interface; a handler that throws is answered with 500, so that Telegram sends the update again. */
export async function serve(handler: FetchHandler): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    answerTo(handler, incoming)
      .then(async (response) => {
        outgoing.writeHead(response.status, Object.fromEntries(response.headers));
        outgoing.end(Buffer.from(await response.arrayBuffer()));
      })
      .catch(() => void outgoing.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerTo(handler: FetchHandler, incoming: IncomingMessage): Promise<Response> {
  const { method = 'GET', url = '/', headers } = incoming;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const single = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  const body = method === 'GET' ? null : Buffer.concat(chunks);
  const request = new Request(new URL(url, 'http://127.0.0.1'), {
    method,
    headers: Object.fromEntries(single),
    body,
  });
  return handler(request);
}
