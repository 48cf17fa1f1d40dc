/** The wire between a bot and the Bot API: every call passes here, is noted, and can be cut as a crash of the bot would. */

import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call of the bot, answered. */
export interface WireCall {
  readonly method: string;
  readonly payload: { readonly [name: string]: unknown };
  readonly ok: boolean;
  readonly result: unknown;
  readonly description: string | undefined;
}

/** A wire. */
export interface Wire {
  /** Gives the address for the next process of the bot; the former's calls never arrive any more. */
  nextLife(): Promise<string>;
  /** Calls back instead of letting the next message or answer of the bot through. */
  cutAtNext(cut: () => void): void;
  /** Whether the next message or answer will be cut. */
  readonly isArmed: boolean;
  stop(): Promise<void>;
}

/** Methods that send messages. */
const speaking = /^(?:send|edit|answer|delete(?!Webhook))/;

/** Opens a wire to a server; only the bot with this token is let through. */
export function openWire(target: string, token: string, onCall: (call: WireCall) => void): Wire {
  let server: Server | undefined;
  let cut: (() => void) | undefined;

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '/', socket } = incoming;
    if (!url.startsWith(`/bot${token}/`) && !url.startsWith(`/file/bot${token}/`)) {
      response.writeHead(401).end();
      return;
    }
    const body = await bytesOf(incoming);
    const method = url.slice(url.lastIndexOf('/') + 1).replace(/\?.*$/, '');
    if (cut !== undefined && speaking.test(method)) {
      const crash = cut;
      cut = undefined;
      socket.destroy();
      crash();
      return;
    }
    const { host: _, connection: __, ...headers } = incoming.headers;
    const onward = request(`${target}${url}`, { method: incoming.method ?? 'POST', headers });
    // a poll that nobody waits for any more must not take updates
    response.on('close', () => onward.destroy());
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      onward.on('response', resolve).on('error', reject);
    });
    onward.end(body);
    const answer = await answered;
    const text = await bytesOf(answer);
    const type = { 'content-type': 'application/json' };
    response.writeHead(answer.statusCode ?? 500, type).end(text);
    if (method !== 'getUpdates') onCall(callOf(method, incoming, body, text));
  }

  function close(): Promise<unknown> | undefined {
    const ended = server && new Promise((resolve) => server?.close(resolve));
    server?.closeAllConnections();
    return ended;
  }

  return {
    async nextLife() {
      cut = undefined;
      void close();
      // a port of its own: not every framework keeps a path in the address
      const next = createServer((incoming, response) => {
        pass(incoming, response).catch(() => incoming.socket.destroy());
      });
      server = next;
      await new Promise<void>((resolve, reject) => {
        next.once('error', reject);
        next.listen(0, '127.0.0.1', resolve);
      });
      return `http://127.0.0.1:${(next.address() as AddressInfo).port}`;
    },
    cutAtNext(crash) {
      cut = crash;
    },
    get isArmed() {
      return cut !== undefined;
    },
    async stop() {
      await close();
    },
  };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function callOf(method: string, { headers }: IncomingMessage, sent: Buffer, got: Buffer): WireCall {
  const isJson = /\bjson\b/.test(headers['content-type'] ?? '');
  const payload = isJson ? (objectIn(sent) ?? {}) : {};
  const { ok, result, description } = objectIn(got) ?? {};
  return {
    method,
    payload,
    ok: ok === true,
    result,
    description: description === undefined ? undefined : String(description),
  };
}

function objectIn(bytes: Buffer): { readonly [name: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null
      ? (value as { [name: string]: unknown })
      : undefined;
  } catch {
    return undefined;
  }
}
