/** The service behind grammY's free sessions, as far as its adapter uses it, with its limits: 64 characters a key, 16 KiB a session. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { host } from './redis.ts';

/** A running service. */
export interface FreeSessions {
  /** For the adapter's `rootUrl`. */
  readonly url: string;
  close(): Promise<void>;
}

const longestKey = 64;
const largestSession = 16 * 1024;

/** Starts the service on a free port, with nothing in it. */
export async function startFreeSessions(): Promise<FreeSessions> {
  const sessions = new Map<string, string>();
  const answer = (method: string, path: string, body: string): [status: number, text: string] => {
    if (path === '/login') return [200, JSON.stringify({ token: 'jwt' })];
    if (path === '/sessions') return [200, JSON.stringify([...sessions.keys()])];
    const key = decodeURIComponent(path.slice('/session/'.length));
    const tooLong = key.length > longestKey || Buffer.byteLength(body) > largestSession;
    if (tooLong) return [400, JSON.stringify({ error: 'Key or session too long' })];
    if (method === 'POST') sessions.set(key, body);
    if (method === 'DELETE') sessions.delete(key);
    const found = sessions.get(key);
    if (method === 'GET') return found === undefined ? [404, ''] : [200, found];
    return [200, ''];
  };
  const server = createServer(async (request, response) => {
    const [status, found] = answer(request.method ?? '', request.url ?? '', await text(request));
    response.writeHead(status).end(found);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
