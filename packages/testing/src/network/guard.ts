/** Keeps bots under test off the network: a request with the token of one reaches its fake Telegram, whichever client makes it. */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import http, {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { nowhere } from '../driver/bot-port.ts';
import { connectionTo } from './connection.ts';

/** A fake Telegram, as clients reach it that the driver has not made. */
export interface Fake {
  /** Answers a request that would have left the process. */
  answer(request: IncomingMessage, response: ServerResponse): unknown;
  /** Whether a request to this address may go out: it leads to the fake server itself. */
  passes(address: URL): boolean;
}

/** A request to Telegram that no fake answers. */
class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';

  constructor(host: string) {
    super(
      `Rejected a request to ${host}: nothing may leave the process while a bot is under test, and its token belongs to no bot under test. ` +
        'Pass the bot with this token to telegram().',
    );
  }
}

const fakes = new Map<string, Fake>();
/** Where fake Telegrams of this process listen. */
const listening = new Set<string>();
const current = new AsyncLocalStorage<{ readonly token: string; readonly fake: Fake }>();
let isInstalled = false;

/** Answers every request with this token from here on; a later fake replaces an earlier one of the same token. */
export function guard(token: string, fake: Fake): void {
  fakes.set(token, fake);
  if (isInstalled) return;
  isInstalled = true;
  install();
}

/**
 * Lets requests to a fake Telegram's own address pass, whichever token they have.
 *
 * @param origin - `http://127.0.0.1:<port>`
 * @returns how to take it back
 */
export function listens(origin: string): () => void {
  listening.add(origin);
  return () => void listening.delete(origin);
}

/** Runs a handler of a bot, so that its requests reach this fake even where other worlds use the same token. */
export function within<T>(token: string, fake: Fake, work: () => T): T {
  return current.run({ token, fake }, work);
}

function fakeFor(address: URL): Fake | undefined {
  if (address.origin === nowhere || listening.has(address.origin)) return undefined;
  const token = /\/bot([^/]+)\//.exec(address.pathname)?.[1]?.replace(/%3a/i, ':');
  if (token === undefined) return undefined;
  const own = current.getStore();
  const fake = own?.token === token ? own.fake : fakes.get(token);
  return fake?.passes(address) ? undefined : fake;
}

function isTelegram(host: string | undefined): boolean {
  return host !== undefined && /(?:^|\.)telegram\.org$/i.test(host);
}

/** Makes the socket of a request, or fails to. */
type CreateConnection = (
  options: unknown,
  done: (error: Error | null) => void,
) => Duplex | undefined;

/** The socket of a request that is kept in: to a fake, or to nobody. `undefined` for one that may go out. */
function socketFor(address: URL): CreateConnection | undefined {
  const fake = fakeFor(address);
  if (fake !== undefined) {
    // Bound here, where the context is still the caller's: interleave() and restart() distinguish handlers by it.
    const answer = AsyncResource.bind((request: IncomingMessage, response: ServerResponse) => {
      void fake.answer(request, response);
    });
    return () => connectionTo(server, (socket) => answers.set(socket, answer));
  }
  if (!isTelegram(address.hostname)) return undefined;
  return (_, done) => {
    done(new RefusedRequest(address.hostname));
    return undefined;
  };
}

const answers = new WeakMap<object, (request: IncomingMessage, response: ServerResponse) => void>();
/** Never listens: its connections are made in memory. */
const server = createServer((request, response) =>
  answers.get(request.socket)?.(request, response),
);

type Request = typeof http.request;
type Arguments = readonly [unknown, unknown?, unknown?];

/** Where a function that replaces one of Node has the one of Node; the same for every copy of this package. */
const replaced = Symbol.for('telefsm.replaced');

/**
 * Finds the function of Node behind one that another copy of this package has put in its place. Jest loads a copy for each test file of a
 * process: a request must not reach the worlds of the file before. The copy that was loaded last answers.
 */
function originalOf<F extends object>(found: F): F {
  const own: object = found;
  return Reflect.get(own, replaced) ?? found;
}

function install(): void {
  const plain = originalOf(http.request);
  for (const [module, scheme] of [
    [http, 'http:'],
    [https, 'https:'],
  ] as const) {
    const open: Request = originalOf(module.request);
    const request = (...given: Arguments): ClientRequest => {
      const { address, options, listener } = readArguments(given, scheme);
      const socket = address === undefined ? undefined : socketFor(address);
      if (socket === undefined) return open(...(given as Parameters<Request>));
      const { agent: _, ...rest } = options;
      return plain({ ...rest, protocol: 'http:', createConnection: socket as never }, listener);
    };
    const get = (...given: Arguments): ClientRequest => {
      const made = request(...given);
      made.end();
      return made;
    };
    Object.assign(module, { request: Object.assign(request, { [replaced]: open }), get });
  }
  // For those who import { request } from 'node:https'.
  syncBuiltinESMExports();
  guardFetch();
  guardSockets();
}

interface ReadArguments {
  readonly address: URL | undefined;
  readonly options: RequestOptions;
  readonly listener: ((response: IncomingMessage) => void) | undefined;
}

/** Reads the arguments of `request()` in all their forms: an address or none, options or none, a listener or none. */
function readArguments(given: Arguments, scheme: string): ReadArguments {
  const [first, ...others] = given;
  const hasAddress = typeof first === 'string' || first instanceof URL;
  const found = (hasAddress ? others : given).find((each) => typeof each === 'object') as
    | RequestOptions
    | undefined;
  const listener = given.find((each) => typeof each === 'function') as ReadArguments['listener'];
  const base = hasAddress && URL.canParse(String(first)) ? new URL(String(first)) : undefined;
  const options: RequestOptions = {
    ...(base === undefined
      ? {}
      : { hostname: base.hostname, port: base.port, path: `${base.pathname}${base.search}` }),
    ...found,
  };
  const host = options.hostname ?? options.host ?? 'localhost';
  const port = options.port ? `:${options.port}` : '';
  const text = `${options.protocol ?? base?.protocol ?? scheme}//${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}${host.includes(':') ? '' : port}${options.path ?? '/'}`;
  return { address: URL.canParse(text) ? new URL(text) : undefined, options, listener };
}

/** Sends what `fetch` would send through `request()`, where it is answered. */
function guardFetch(): void {
  const open = originalOf(globalThis.fetch);
  const guarded: typeof open = async (input, init) => {
    const asked = new Request(input, init);
    const address = new URL(asked.url);
    if (socketFor(address) === undefined) return open(input, init);
    const body = Buffer.from(await asked.arrayBuffer());
    const options = {
      method: asked.method,
      headers: { ...Object.fromEntries(asked.headers), 'content-length': String(body.length) },
      signal: asked.signal,
    };
    return new Promise<Response>((resolve, reject) => {
      const failed = (cause: unknown): void => reject(new TypeError('fetch failed', { cause }));
      const request = http.request(address.href.replace(/^https:/, 'http:'), options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', failed);
        answer.on('end', () => {
          const type = answer.headers['content-type'] ?? 'application/octet-stream';
          const headers = { 'content-type': type };
          resolve(
            new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 500, headers }),
          );
        });
      });
      request.on('error', failed);
      request.end(body);
    });
  };
  globalThis.fetch = Object.assign(guarded, { [replaced]: open });
}

/** The last door: clients that use neither `request()` nor `fetch` open sockets all the same. */
function guardSockets(): void {
  const connect = originalOf(net.Socket.prototype.connect);
  const guarded = function (this: net.Socket, ...given: unknown[]) {
    const [first, second] = (Array.isArray(given[0]) ? given[0] : given) as readonly unknown[];
    const host =
      typeof first === 'object' ? (first as { host?: string } | null)?.host : String(second);
    if (!isTelegram(host)) return connect.apply(this, given as never);
    process.nextTick(() => this.destroy(new RefusedRequest(String(host))));
    return this;
  } as typeof connect;
  net.Socket.prototype.connect = Object.assign(guarded, { [replaced]: connect });
}
