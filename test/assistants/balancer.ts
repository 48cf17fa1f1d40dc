/** A load balancer between Telegram and the processes of a bot: it sends each process an update in turn. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Shares the requests of a webhook out. */
export interface Balancer {
  readonly url: string;
  /** Where requests go, in turn; with none they fail, and Telegram repeats them. */
  ports: readonly number[];
  /** How many answers are lost from now on: the bot has them handled, and Telegram does not know. */
  lostAnswers: number;
  close(): Promise<void>;
}

/** Opens a balancer on a free port. */
export async function balancer(): Promise<Balancer> {
  let turn = 0;
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const port = made.ports[turn++ % Math.max(made.ports.length, 1)];
    const isLost = made.lostAnswers > 0;
    if (isLost) made.lostAnswers--;
    try {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
      if (isLost) response.socket?.destroy();
      else response.writeHead(answer.status).end();
    } catch {
      // the process has died
      response.writeHead(502).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made: Balancer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ports: [],
    lostAnswers: 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return made;
}
