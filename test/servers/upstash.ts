/** A server that speaks Upstash's REST protocol over HTTP in front of a real Redis. */

import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import { listenOnFreePort } from './ports.ts';
import { host } from './redis.ts';

/** A running REST server. */
export interface UpstashServer {
  /** For the client's `url`. */
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

/** Strings go as base64 if the client asks for it, as Upstash sends them. */
function encoded(answer: unknown, isBase64: boolean): unknown {
  if (Array.isArray(answer)) return answer.map((each) => encoded(each, isBase64));
  if (typeof answer !== 'string' || !isBase64 || answer === 'OK') return answer;
  return Buffer.from(answer).toString('base64');
}

/** Starts the server for one Redis. */
export async function startUpstash(redisUrl: string): Promise<UpstashServer> {
  const redis = new Redis(redisUrl);
  const token = 'secret';
  const run = async ([name = '', ...args]: readonly unknown[], isBase64: boolean) => {
    try {
      const answer = await redis.call(String(name), ...args.map(String));
      return { result: encoded(answer, isBase64) };
    } catch (error) {
      return { error: (error as Error).message };
    }
  };
  const server = createServer(async (request, response) => {
    const { authorization, 'upstash-encoding': encoding } = request.headers;
    const isBase64 = encoding === 'base64';
    const body = (await json(request)) as unknown[];
    const send = (status: number, answer: unknown) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer));
    if (authorization !== `Bearer ${token}`) return send(401, { error: 'Unauthorized' });
    if (request.url === '/pipeline') {
      return send(200, await Promise.all(body.map((each) => run(each as unknown[], isBase64))));
    }
    const answer = await run(body, isBase64);
    return send('error' in answer ? 400 : 200, answer);
  });
  const port = await listenOnFreePort(server);
  return {
    url: `http://${host}:${port}`,
    token,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      redis.disconnect();
    },
  };
}
