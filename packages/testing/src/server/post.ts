/** One HTTP request to a webhook that can be cut off. */
import { Agent, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as SecureAgent } from 'node:https';

/** The answer of a webhook. */
export interface Posted {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** A request under way. */
export interface Posting {
  /** Rejects when the connection fails or is cut. */
  readonly answer: Promise<Posted>;
  cut(): void;
}

/** Connections to one webhook, kept open between requests. */
export interface Poster {
  post(headers: Readonly<Record<string, string>>, body: string): Posting;
  close(): void;
}

/** Makes requests to one address. */
export function makePoster(url: string): Poster {
  const secure = url.startsWith('https:');
  const agent = secure ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  const open = secure ? requestHttps : requestHttp;
  return {
    post(headers, body) {
      const request = open(url, {
        method: 'POST',
        agent,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      });
      const answer = new Promise<Posted>((resolve, reject) => {
        request.on('error', reject);
        request.on('response', (response) => {
          read(response).then(resolve, reject);
        });
      });
      request.end(body);
      return { answer, cut: () => void request.destroy() };
    },
    close: () => agent.destroy(),
  };
}

async function read(response: IncomingMessage): Promise<Posted> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    headers: response.headers,
    body: Buffer.concat(chunks),
  };
}
