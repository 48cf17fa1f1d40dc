/**
 * Sending updates to a webhook, with Telegram's own rules of order and repetition (as read in tdlib/telegram-bot-api, WebhookActor.cpp).
 *
 * Updates are in lanes: messages of a chat in one, presses of a user in another, every other type apart. The next update of a lane is sent only when the
 * former has been answered with 2xx. A request is cut after 60 s. A failed one is repeated immediately, then after 2, 4, 8 … s, until the update expires.
 */
import type { Clock } from '@telefsm/core';
import type { Payload } from '../cloud/raw.ts';
import { makePoster, type Posting } from './post.ts';
import { type RequestBody, readBody } from './request-body.ts';
import type { Pending, UpdateQueue } from './update-queue.ts';

/** The settings of `setWebhook`. */
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
  const headers = {
    'content-type': 'application/json',
    ...(settings.secret === undefined
      ? {}
      : { 'x-telegram-bot-api-secret-token': settings.secret }),
  };
  const lanes = new Map<string, Lane>();
  const underWay = new Set<Posting>();
  const poster = makePoster(settings.url);
  let stopped = false;
  let lastError: WebhookSender['lastError'];

  function enqueue(entry: Pending): void {
    const name = laneOf(entry);
    const lane = lanes.get(name) ?? { name, waiting: [], failures: 0, busy: false };
    lanes.set(name, lane);
    lane.waiting.push(entry);
    sendNext(lane);
  }

  /** Sends the first of a lane, unless one is under way there or no connection is free. */
  function sendNext(lane: Lane): void {
    if (stopped || lane.busy) return;
    while ((lane.waiting[0]?.expires ?? Number.POSITIVE_INFINITY) <= clock.now()) drop(lane);
    const entry = lane.waiting[0];
    if (entry === undefined) lanes.delete(lane.name);
    else if (underWay.size < settings.maxConnections) void send(lane, entry);
  }

  function drop(lane: Lane): void {
    const entry = lane.waiting.shift();
    lane.failures = 0;
    if (entry !== undefined) queue.confirm(entry);
  }

  async function send(lane: Lane, entry: Pending): Promise<void> {
    const posting = poster.post(headers, JSON.stringify(entry.update));
    let late = false;
    const timer = clock.setTimeout(() => {
      late = true;
      posting.cut();
    }, cutAfter);
    lane.busy = true;
    underWay.add(posting);
    const failure = await outcome(posting);
    clock.clearTimeout(timer);
    underWay.delete(posting);
    if (stopped) return;
    if (failure === undefined) drop(lane);
    const failed = late && failure !== undefined ? { message: 'Read timeout expired' } : failure;
    const wait = failed === undefined ? 0 : waitAfter(lane, entry, failed);
    const go = (): void => {
      lane.busy = false;
      sendNext(lane);
    };
    if (wait > 0) clock.setTimeout(go, wait);
    else go();
    // A connection has become free: lanes that found none get their turn.
    for (const other of lanes.values()) {
      if (underWay.size >= settings.maxConnections) break;
      sendNext(other);
    }
  }

  /** Waits for the answer; gives back what went wrong. */
  async function outcome({ answer }: Posting): Promise<Failed | undefined> {
    try {
      const { status, reason, headers, body } = await answer;
      if (status < 200 || status > 299) {
        const after = Number(headers['retry-after'] ?? Number.NaN);
        const message = `Wrong response from the webhook: ${status} ${reason}`;
        return { message, ...(after > 0 ? { after: after * 1000 } : {}) };
      }
      await answerWith(headers['content-type'] as string | undefined, body);
      return undefined;
    } catch (error) {
      return { message: (error as Error).message };
    }
  }

  async function answerWith(contentType: string | undefined, body: Buffer): Promise<void> {
    let read: RequestBody;
    try {
      read = await readBody(contentType, body);
    } catch {
      return; // whatever is no call counts as a plain answer
    }
    const { method, ...payload } = read.payload as Payload & { readonly method?: unknown };
    if (typeof method === 'string') await reply(method, { payload, uploads: read.uploads });
  }

  /** How long a lane waits before its first update is sent again, in ms; never longer than that update lives. */
  function waitAfter(lane: Lane, entry: Pending, { message, after }: Failed): number {
    lane.failures += 1;
    lastError = { date: Math.floor(clock.now() / 1000), message };
    const doubling =
      lane.failures === 1 ? 0 : Math.min(1000 * 2 ** (lane.failures - 1), longestWait);
    return Math.max(Math.min(after ?? doubling, entry.expires - clock.now()), 0);
  }

  queue.onPush = enqueue;
  for (const entry of queue.pending) enqueue(entry);
  return {
    settings,
    get lastError() {
      return lastError;
    },
    stop() {
      stopped = true;
      queue.onPush = undefined;
      for (const posting of underWay) posting.cut();
      poster.close();
    },
  };
}

/** Updates that must be answered one after the other. */
interface Lane {
  readonly name: string;
  readonly waiting: Pending[];
  /** How often its first update has failed. */
  failures: number;
  /** Whether its first update is under way, or waits to be sent again. */
  busy: boolean;
}

interface Failed {
  readonly message: string;
  /** The delay of the webhook's `Retry-After`, in ms. */
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
