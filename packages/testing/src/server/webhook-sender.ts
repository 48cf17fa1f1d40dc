/**
 * Sending updates to a webhook, with Telegram's own rules of order and repetition (as read in tdlib/telegram-bot-api, WebhookActor.cpp).
 *
 * Updates stand in lanes: messages of a chat in one, presses of a user in another, every other type apart. The next update of a lane is sent only when the
 * former has been answered with 2xx. A request is cut after 60 s. A failed one is repeated at once, then after 2, 4, 8 … s, until the update expires.
 */
import type { Clock, RawUpdate } from '@telefsm/core';
import type { Payload } from '../cloud/raw.ts';
import { type RequestBody, readBody } from './request-body.ts';
import type { Pending, UpdateQueue } from './update-queue.ts';

/** What `setWebhook` has set. */
export interface WebhookSettings {
  readonly url: string;
  readonly secret: string | undefined;
  readonly maxConnections: number;
}

/** A webhook at work. */
export interface WebhookSender {
  readonly settings: WebhookSettings;
  /** The last failure, for `getWebhookInfo`. */
  readonly lastError: { readonly date: number; readonly message: string } | undefined;
  /** Sends nothing more and cuts what is under way. */
  stop(): void;
}

/** Ports of {@link startWebhook} to the rest of the server. */
export interface WebhookPorts {
  readonly clock: Clock;
  readonly queue: UpdateQueue;
  /** Carries out the call in the body of a webhook's answer. */
  reply(method: string, body: RequestBody): Promise<unknown>;
}

const cutAfter = 60_000;
const longestWait = 60_000;

/** Sends everything in the queue to a webhook, now and from here on. */
export function startWebhook(
  settings: WebhookSettings,
  { clock, queue, reply }: WebhookPorts,
): WebhookSender {
  const underWay = new Map<Pending, AbortController>();
  let stopped = false;
  let lastError: WebhookSender['lastError'];

  function pump(): void {
    if (stopped) return;
    for (const entry of queue.pending) {
      if (entry.expires <= clock.now() && !underWay.has(entry)) queue.confirm(entry);
    }
    const taken = new Set<string>();
    for (const entry of queue.pending) {
      const lane = laneOf(entry);
      if (taken.has(lane)) continue;
      taken.add(lane);
      if (
        underWay.has(entry) ||
        entry.wakes > clock.now() ||
        underWay.size >= settings.maxConnections
      )
        continue;
      void send(entry);
    }
  }

  async function send(entry: Pending): Promise<void> {
    const abort = new AbortController();
    underWay.set(entry, abort);
    const timer = clock.setTimeout(() => abort.abort(), cutAfter);
    const failure = await attempt(entry.update, abort.signal);
    clock.clearTimeout(timer);
    underWay.delete(entry);
    if (stopped) return;
    if (failure === undefined) queue.confirm(entry);
    else again(entry, failure);
    pump();
  }

  /** Tries once; gives back what went wrong. */
  async function attempt(update: RawUpdate, signal: AbortSignal): Promise<Failed | undefined> {
    try {
      const response = await fetch(settings.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(settings.secret === undefined
            ? {}
            : { 'x-telegram-bot-api-secret-token': settings.secret }),
        },
        body: JSON.stringify(update),
        redirect: 'manual',
        signal,
      });
      const body = Buffer.from(await response.arrayBuffer());
      if (!response.ok) {
        const after = Number(response.headers.get('retry-after') ?? Number.NaN);
        const message = `Wrong response from the webhook: ${response.status} ${response.statusText}`;
        return { message, ...(after > 0 ? { after: after * 1000 } : {}) };
      }
      await answerWith(response.headers.get('content-type') ?? undefined, body);
      return undefined;
    } catch (error) {
      if (signal.aborted) return { message: 'Read timeout expired' };
      return { message: String((error as Error).cause ?? error) };
    }
  }

  async function answerWith(contentType: string | undefined, body: Buffer): Promise<void> {
    let read: RequestBody;
    try {
      read = readBody(contentType, body);
    } catch {
      return; // whatever is no call counts as a plain answer
    }
    const { method, ...payload } = read.payload as Payload & { readonly method?: unknown };
    if (typeof method === 'string') await reply(method, { payload, uploads: read.uploads });
  }

  function again(entry: Pending, { message, after }: Failed): void {
    entry.failures += 1;
    lastError = { date: Math.floor(clock.now() / 1000), message };
    const wait =
      after ?? (entry.failures === 1 ? 0 : Math.min(1000 * 2 ** (entry.failures - 1), longestWait));
    entry.wakes = clock.now() + wait;
    if (wait > 0) clock.setTimeout(pump, Math.min(wait, Math.max(entry.expires - clock.now(), 0)));
  }

  queue.onPush = pump;
  pump();
  return {
    settings,
    get lastError() {
      return lastError;
    },
    stop() {
      stopped = true;
      queue.onPush = undefined;
      for (const abort of underWay.values()) abort.abort();
    },
  };
}

interface Failed {
  readonly message: string;
  /** What the webhook asked for by `Retry-After`, in ms. */
  readonly after?: number;
}

const messages = /^(?:edited_)?(?:message|channel_post|business_message)$/;

function laneOf({ update, type }: Pending): string {
  const body = (update[type] ?? {}) as {
    readonly chat?: { readonly id?: unknown };
    readonly from?: { readonly id?: unknown };
    readonly user?: { readonly id?: unknown };
    readonly id?: unknown;
  };
  if (messages.test(type)) return `message ${String(body.chat?.id)}`;
  if (type === 'callback_query') return `callback ${String(body.from?.id)}`;
  return `${type} ${String(body.chat?.id ?? body.from?.id ?? body.user?.id ?? body.id)}`;
}
