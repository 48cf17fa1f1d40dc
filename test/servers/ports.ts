/** Free ports of this machine. */

import { randomInt } from 'node:crypto';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';

/** Lets a server listen on a free port of the loopback interface. */
export function listenOnFreePort(server: Server): Promise<number> {
  return listenOn(server, 0);
}

/** Ports that no system gives to outgoing connections: one of them could take a port before its server has started. */
const [first, last] = [12_000, 32_000];

/** Finds a port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    const port = await listenOn(server, randomInt(first, last)).catch(() => undefined);
    if (port === undefined) continue;
    await new Promise((closed) => server.close(closed));
    return port;
  }
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
