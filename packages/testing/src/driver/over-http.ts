/** The transport by HTTP: the bot polls the fake Bot API server, or is called by it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FsmError, type RawUpdate } from '@telefsm/core';
import type { Cloud } from '../cloud/cloud.ts';
import { untilIdle } from '../event-loop.ts';
import { guard, within } from '../network/guard.ts';
import { type HttpServer, openHttpServer } from '../server/http-server.ts';
import { type UnderWay, watchRequests } from '../server/under-way.ts';
import { updateTypes } from '../update-types.ts';
import type { BotPort } from './bot-port.ts';
import type { Transport, Waiting } from './transport.ts';

/** A webhook handler of one's own, such as grammY's `webhookCallback(bot, 'http')`. */
export interface WebhookUnderTest {
  /** Answers requests to `/`. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => unknown;
  /** The secret that it expects: `secret_token` of `setWebhook`. Omit it only for a handler that checks none. */
  readonly secret?: string;
}

interface Delivery extends Waiting {
  started: boolean;
  isEnding: boolean;
}

/** An action after the bot has stopped polling: no update reaches it any more. */
class PollingEnded extends Error {
  override readonly name = 'PollingEnded';

  constructor(cloud: Cloud, update: RawUpdate | undefined, error: unknown) {
    const type = Object.keys(update ?? {}).find((key) => key !== 'update_id');
    const at =
      update === undefined
        ? ''
        : ` at update ${cloud.updateIds.nameOf(update.update_id)} (${type})`;
    const why = error === undefined ? '' : `: ${error instanceof Error ? error.message : error}`;
    super(
      `The bot has stopped polling${at}${why}. Updates no longer reach it, as in real life. Handle the error with bot.catch(), or start the next process with restart().`,
      { cause: error },
    );
  }
}

const ownSecret = 'a-secret-of-the-driver';

/** Connects a bot by HTTP; servers are opened at the first delivery. */
export function overHttp(
  cloud: Cloud,
  first: BotPort,
  via: 'polling' | 'webhook',
  webhook: WebhookUnderTest | undefined,
): Transport {
  if (webhook?.secret !== undefined && !/^[\w-]{1,256}$/.test(webhook.secret)) {
    throw new FsmError('INVALID_OPTION', {
      option: 'webhook.secret',
      expected: '1 to 256 letters, digits, _ and -, as `secret_token` of setWebhook',
      found:
        webhook.secret === ''
          ? 'empty, as of an environment variable that is not set'
          : 'other characters',
    });
  }
  const deliveries = new Map<number, Delivery>();
  let opening: Promise<HttpServer> | undefined;
  let port = first;
  let life = 0;
  let ended: Promise<void> = Promise.resolve();
  let answer: (request: IncomingMessage, response: ServerResponse) => unknown = () => {};
  let hook: Server | undefined;
  let requests: UnderWay | undefined;
  let stopped: PollingEnded | undefined;

  async function open(): Promise<HttpServer> {
    const server = await openHttpServer(cloud, { port: 0, token: undefined });
    if (via === 'webhook') {
      hook = await listen((request, response) => answer(request, response));
      requests = watchRequests(hook);
      const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
      const secret = webhook === undefined ? ownSecret : webhook.secret;
      server.setWebhook({
        url,
        allowed_updates: updateTypes,
        ...(secret === undefined ? {} : { secret_token: secret }),
      });
    }
    connect(server);
    return server;
  }

  function connect(server: HttpServer): void {
    const mine = ++life;
    const bot = port;
    const { apiRoot, fake } = server.nextLife();
    bot.reach(apiRoot);
    guard(bot.token, fake);
    // A poller asks who it is, a webhook may not.
    if (via === 'webhook' && bot.info === undefined) bot.introduce(cloud.me);
    bot.intercept(via, async (update, handle) => {
      const delivery = deliveries.get(update.update_id);
      if (delivery !== undefined && mine === life) delivery.started = true;
      const finish = async (end: (waiting: Waiting) => void): Promise<void> => {
        if (delivery !== undefined) delivery.isEnding = true;
        await untilIdle(); // calls that the bot made without awaiting them
        if (delivery === undefined || mine !== life) return;
        deliveries.delete(update.update_id);
        end(delivery);
      };
      try {
        await within(bot.token, fake, handle);
        void finish(({ resolve }) => resolve());
      } catch (error) {
        const own = bot.ownError(error);
        void finish(({ reject }) => reject(own));
        if (mine === life && via === 'polling') stopped = new PollingEnded(cloud, update, own);
        throw error; // a webhook is called again, a poller stops: as the framework does it
      }
    });
    if (via === 'webhook') answer = webhook?.handler ?? bot.webhook('/', ownSecret);
    else {
      const end = (error?: unknown): void => {
        if (mine !== life) return;
        stopped ??= new PollingEnded(cloud, undefined, error);
        for (const [id, { isEnding, reject }] of deliveries) {
          if (isEnding) continue;
          deliveries.delete(id);
          reject(stopped);
        }
      };
      ended = bot.poll(updateTypes).then(() => end(), end);
    }
  }

  return {
    async deliver(update, again) {
      opening ??= open();
      const server = await opening;
      await new Promise<void>((resolve, reject) => {
        const delivery: Delivery = { resolve, reject, started: false, isEnding: false };
        deliveries.set(update.update_id, delivery);
        if (stopped !== undefined) {
          deliveries.delete(update.update_id);
          reject(stopped);
        }
        // Off the queue without having reached the bot: expired, or of a type that it does not request.
        void server.queue.push(update, again).then(() => {
          if (!delivery.started) resolve();
        });
      });
    },
    async restart(make) {
      opening ??= open();
      const server = await opening;
      const old = port;
      port = make();
      stopped = undefined;
      for (const delivery of deliveries.values()) {
        Object.assign(delivery, { started: false, isEnding: false });
      }
      connect(server);
      // Calls of the crashed process go to an address that never answers.
      if (via === 'polling') void old.stopPolling().catch(() => {});
      else requests?.cut();
    },
    async stop() {
      if (opening === undefined) return;
      const server = await opening;
      if (via === 'polling') await port.stopPolling();
      await ended;
      life += 1;
      await server.stop();
      if (hook !== undefined) await close(hook);
    },
  };
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<Server> {
  const server = createServer((request, response) => {
    Promise.resolve()
      .then(() => answer(request, response))
      .catch(() => {
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function close(server: Server): Promise<void> {
  const ended = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await ended;
}
