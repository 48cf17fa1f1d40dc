/** A guarded page for one person: on the loopback interface, behind a token, deaf to other origins and to forged hosts. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FsmError } from '@telefsm/core';
import { Rejected } from '../conversations/rejected.ts';
import { type Html, html, serialize } from './html.ts';
import { cookiesOf, formOf, Turned } from './request.ts';

/** Options of every guarded page. */
export interface WebOptions {
  /** Where to listen; any free port when left out. */
  readonly port?: number;
  /** On which interface. Default `"127.0.0.1"`: this computer only. */
  readonly host?: string;
  /** The token that opens the page. Random by default. */
  readonly token?: string;
  /** Names under which a proxy in front of it is called, as `name` or `name:port`. */
  readonly allowedHosts?: readonly string[];
}

/** A page that is served. */
export interface Web {
  /** The address that opens the page, token included: for one person's eyes. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Stops listening and cuts every connection. */
  stop(): Promise<void>;
}

/** One request that was let in. */
export interface WebRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query: URLSearchParams;
  /** The fields of a form, or the members of a JSON object. */
  readonly form: ReadonlyMap<string, string>;
}

/** An answer. */
export type WebAnswer =
  | { readonly page: Html; readonly status?: number }
  | { readonly json: unknown; readonly status?: number }
  | { readonly text: string; readonly type: string }
  | { readonly see: string }
  | 'events';

/** A served page as its owner drives it. */
export interface OpenWeb extends Web {
  /** Notifies open pages of a change. */
  changed(): void;
}

/** Ms between two notices of changes. */
const pause = 150;
/** Ms between two signs of life, for proxies that cut silent connections. */
const heartbeat = 20_000;

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  // with `no-referrer`, a browser would send no origin with a form
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * Serves a page.
 *
 * @throws FsmError `INVALID_OPTION` for a token that is empty or that no cookie can carry; Error of Node where the port is taken
 */
export async function openWeb(
  {
    port = 0,
    host = '127.0.0.1',
    token = randomBytes(24).toString('base64url'),
    allowedHosts = [],
  }: WebOptions,
  answer: (request: WebRequest) => Promise<WebAnswer> | WebAnswer,
): Promise<OpenWeb> {
  requireToken(token);
  const listeners = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | undefined;

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => fail(request, response, error));
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const own = guardHost(request);
    const { pathname: path, searchParams: query } = addressOf(request);
    if (isOpenedBy(query.get('token'))) {
      query.delete('token');
      const rest = query.size === 0 ? path : `${path}?${query}`;
      // strict: no other page's link or form carries it along
      const cookie = `${cookieName()}=${token}; HttpOnly; SameSite=Strict; Path=/`;
      // one slash: an address with two would lead to another host
      response
        .writeHead(303, {
          ...headers,
          location: `/${rest.replace(/^[/\\]+/, '')}`,
          'set-cookie': cookie,
        })
        .end();
      return;
    }
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const cookie = cookiesOf(request).get(cookieName());
    if (!isOpenedBy(bearer) && !isOpenedBy(cookie))
      throw new Turned(401, 'Open the address with its token, as the program printed it.');
    guardOrigin(request, own, bearer === undefined);
    const { method } = request;
    if (method !== 'GET' && method !== 'POST')
      throw new Turned(405, 'Only GET and POST are answered.');
    const form = method === 'POST' ? await formOf(request) : new Map<string, string>();
    const made = await answer({ method, path, query, form });
    if (made === 'events') listen(response);
    else send(response, made);
  }

  function guardHost(request: IncomingMessage): string {
    const own = request.headers.host ?? '';
    const { port: bound } = server.address() as AddressInfo;
    const names = ['127.0.0.1', 'localhost', '[::1]', host.includes(':') ? `[${host}]` : host];
    if (names.some((name) => own === `${name}:${bound}`) || allowedHosts.includes(own)) return own;
    throw new Turned(403, 'This page answers under its own name only.');
  }

  /** A request with a cookie that changes something must come from this very page. */
  function guardOrigin(request: IncomingMessage, own: string, byCookie: boolean): void {
    const { origin } = request.headers;
    const site = request.headers['sec-fetch-site'];
    const foreign =
      origin !== undefined && origin !== `http://${own}` && origin !== `https://${own}`;
    const crossed = site !== undefined && site !== 'same-origin' && site !== 'none';
    const blind = byCookie && request.method === 'POST' && origin === undefined;
    if (foreign || crossed || blind) throw new Turned(403, 'This page answers to itself only.');
  }

  function isOpenedBy(given: string | null | undefined): boolean {
    if (given === null || given === undefined) return false;
    return timingSafeEqual(digest(given), digest(token));
  }

  /** Another one for each port: cookies of one host know no ports. */
  function cookieName(): string {
    return `telefsm-${(server.address() as AddressInfo).port}`;
  }

  function listen(response: ServerResponse): void {
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
    response.write('event: changed\ndata: {}\n\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
  }

  await started(server, port, host);
  const alive = setInterval(() => {
    for (const listener of listeners) listener.write(': alive\n\n');
  }, heartbeat).unref();
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/?token=${encodeURIComponent(token)}`,
    port: bound,
    token,
    changed() {
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const listener of listeners) listener.write('event: changed\ndata: {}\n\n');
      }, pause).unref();
    },
    async stop() {
      clearInterval(alive);
      clearTimeout(timer);
      const ended = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await ended;
    },
  };
}

/** An empty one, as of a variable that is not set, would open the page to everybody. */
function requireToken(token: string): void {
  if (/^[\w.~+/=-]+$/.test(token)) return;
  throw new FsmError('INVALID_OPTION', {
    option: 'token',
    expected: 'at least one letter, digit or one of - . _ ~ + / =, and nothing else',
    found: token === '' ? 'empty' : 'a text with other characters',
  });
}

function addressOf({ url = '/' }: IncomingMessage): URL {
  if (URL.canParse(url, 'http://page')) return new URL(url, 'http://page');
  throw new Turned(400, 'Invalid address.');
}

function started(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

function send(response: ServerResponse, answer: Exclude<WebAnswer, 'events'>): void {
  if ('see' in answer) response.writeHead(303, { ...headers, location: answer.see }).end();
  else if ('json' in answer) {
    const type = 'application/json; charset=utf-8';
    response
      .writeHead(answer.status ?? 200, { ...headers, 'content-type': type })
      .end(JSON.stringify(answer.json));
  } else if ('page' in answer) {
    const type = 'text/html; charset=utf-8';
    response
      .writeHead(answer.status ?? 200, { ...headers, 'content-type': type })
      .end(serialize(answer.page));
  } else {
    response
      .writeHead(200, { ...headers, 'content-type': `${answer.type}; charset=utf-8` })
      .end(answer.text);
  }
}

function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = error instanceof Turned ? error.status : error instanceof Rejected ? 422 : 500;
  const message = error instanceof Error ? error.message : String(error);
  if (request.url?.startsWith('/api/')) send(response, { json: { error: message }, status });
  else {
    const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${status}</title><link rel="stylesheet" href="/style.css"></head><body><main><h1>${status}</h1><p>${message}</p><p><a href="/">Back to the start</a></p></main></body></html>`;
    send(response, { page, status });
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
