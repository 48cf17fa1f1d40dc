/** A Bot API for these tests: writes down what a bot sends, and answers when it is told to. */

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnFreePort } from '../../../test/servers/ports.ts';

/** A Bot API at work. */
export interface BotApi {
  readonly url: string;
  /** The next text that the bot sends; `answer` ends its call. */
  next(): Promise<{ readonly text: string; answer(): void }>;
  /** How many sweeps fail before one succeeds. */
  fail(sweeps: number): void;
  /** Resolves when the next sweep begins. */
  swept(): Promise<void>;
  close(): void;
}

/** Starts it. */
export async function startBotApi(): Promise<BotApi> {
  const sent: { readonly text: string; answer(): void }[] = [];
  const waiting: ((each: (typeof sent)[number]) => void)[] = [];
  const sweeps: (() => void)[] = [];
  let failing = 0;
  const server = createServer(async (request, response) => {
    if (request.url === '/alarm') {
      for (const resolve of sweeps.splice(0)) resolve();
      response.writeHead(failing-- > 0 ? 503 : 200).end();
      return;
    }
    const { chat_id: id, text: sentText } = JSON.parse(await text(request));
    const result = { message_id: 1, date: 0, chat: { id, type: 'private' }, text: sentText };
    const each = {
      text: sentText,
      answer() {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ ok: true, result }));
      },
    };
    const take = waiting.shift();
    if (take === undefined) sent.push(each);
    else take(each);
  });
  const port = await listenOnFreePort(server);
  return {
    url: `http://127.0.0.1:${port}`,
    async next() {
      return sent.shift() ?? new Promise((resolve) => waiting.push(resolve));
    },
    fail(times) {
      failing = times;
    },
    swept: () => new Promise((resolve) => sweeps.push(resolve)),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
