/** The Durable Object: keeps one shard of the conversations, and wakes itself for their deadlines. */

import type { Awaitable } from '@telefsm/core';
import type { Calls, Question, Shard } from './calls.ts';
import { Conversations } from './conversations.ts';
import type { ObjectState } from './platform.ts';
import { checkShards, prepareTables } from './schema.ts';

/** Expired conversations are deleted together, so many ms after the first of them, so that an idle bot wakes rarely. */
const tidyAfter = 3_600_000;
/** How long deadlines rest that a sweep left alone, in ms: those of a machine that it does not sweep. After a failure it begins with a second. */
const rest = { first: 1000, longest: 60_000 } as const;

const unswept =
  'A deadline was stored, but this class has no sweep(). Override it, or call machine.sweep() from a cron trigger.';

const names: ReadonlySet<string> = new Set<keyof Calls>([
  'acquire',
  'commit',
  'renew',
  'release',
  'handed',
  'peek',
  'due',
  'settled',
  'list',
]);

/**
 * A Durable Object class that keeps a part of the conversations. Export it, or a class that extends it, from your Worker.
 *
 * Override {@link ConversationShard.sweep} and deadlines fire by the object's alarm, with no request coming in.
 *
 * @example
 * ```ts
 * import { ConversationShard } from '@telefsm/storage-cloudflare';
 *
 * declare function makeMachine(env: object, within: ConversationShard): { sweep(): Promise<number> };
 *
 * export class Conversations extends ConversationShard<object> {
 *   override sweep() {
 *     return makeMachine(this.env, this).sweep();
 *   }
 * }
 * ```
 */
export class ConversationShard<out Env = unknown> {
  /** The object's state, as Cloudflare hands it in. */
  protected readonly ctx: ObjectState;
  /** The bindings of the Worker. */
  protected readonly env: Env;
  #conversations: Conversations | undefined;
  #shards: number | undefined;
  /** When the alarm rings; infinite for never, `undefined` until this instance has set it. */
  #alarmAt: number | undefined;
  /** How many sweeps have failed since one succeeded. */
  #failures = 0;
  /** Whether this instance may still warn that no alarm fires deadlines. */
  #mayWarn = true;

  constructor(ctx: ObjectState, env: Env) {
    this.ctx = ctx;
    this.env = env;
  }

  /**
   * Fires the deadlines that have passed: create your machine over `durableObjectStorage(namespace, { within: this })`, and call its `sweep()`.
   *
   * Called by the alarm. If it returns a number above zero, as `machine.sweep()` does, and deadlines are left, it is called again immediately by
   * another alarm. After an error it is called again, after 1 s at first and later after up to 60 s, for as long as it fails. Without this
   * method no alarm is set for deadlines, so sweep by a cron trigger. Each instance of the object then prints one warning to its log.
   */
  sweep?(): Awaitable<unknown>;

  /** Answers a storage. Only Workers that have a binding to the namespace reach it. */
  async fetch(request: { json(): Promise<unknown> }): Promise<Response> {
    try {
      const { shards, name, parameters } = (await request.json()) as Question;
      if (!names.has(name)) throw new TypeError(`Unknown statement "${name}".`);
      const given = parameters as Parameters<Calls[typeof name]>;
      return Response.json({ answer: await this.open(shards).call(name, ...given) });
    } catch (error) {
      return Response.json({ error: error instanceof Error ? error.message : `${error}` });
    }
  }

  /** Fires deadlines that have passed, deletes what has expired, and sets the next alarm. */
  async alarm(): Promise<void> {
    const began = Date.now();
    this.#alarmAt = Number.POSITIVE_INFINITY;
    let pause: number = rest.longest;
    try {
      this.#opened().tidy();
      // what a sweep left over, because it fires so many at most, is for another one: each alarm has limits of its own
      if (Number(await this.sweep?.()) > 0) pause = 0;
      this.#failures = 0;
    } catch (error) {
      pause = Math.min(pause, rest.first * 2 ** this.#failures++);
      // first of all: a database that failed may fail again below. It replaces Cloudflare's retries, which end after a few
      this.#ringAt(Date.now() + pause);
      // for Cloudflare's log
      throw error;
    } finally {
      const conversations = this.#opened();
      for (const what of ['due', 'expired'] as const) {
        const at = conversations.next(what, began);
        if (at !== undefined) this.#expect(what, at);
      }
      if (conversations.isDue(began)) this.#expect('due', Date.now() + pause);
    }
  }

  /**
   * The conversations of this object, without a request: what `durableObjectStorage(namespace, { within: this })` uses.
   *
   * @param shards - how many objects there are
   * @throws FsmError `INVALID_OPTION` for another number than before, `STORAGE_NEWER`
   */
  open(shards: number): Shard {
    const conversations = this.#opened();
    if (this.#shards !== shards) checkShards(this.ctx.storage, shards);
    this.#shards = shards;
    return { call: (name, ...parameters) => invoke(conversations, name, parameters) };
  }

  /** The identity of this object. */
  get id(): string {
    return this.ctx.id.toString();
  }

  #opened(): Conversations {
    if (this.#conversations !== undefined) return this.#conversations;
    prepareTables(this.ctx.storage);
    this.#conversations = new Conversations(this.ctx.storage, (what, at) => this.#expect(what, at));
    return this.#conversations;
  }

  /** Makes the alarm ring in time. In one step with the write, so both are kept or neither is. */
  #expect(what: 'due' | 'expired', at: number): void {
    if (what === 'due' && this.sweep === undefined) {
      const { console } = globalThis;
      if (this.#mayWarn) console.warn(unswept);
      this.#mayWarn = false;
      return;
    }
    // set anew by each instance, for the first of all
    const first = this.#alarmAt ?? this.#first();
    const rings = Math.ceil(Math.min(first, what === 'due' ? at : at + tidyAfter));
    if (this.#alarmAt !== undefined && rings >= this.#alarmAt) return;
    this.#ringAt(rings);
  }

  #ringAt(at: number): void {
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  #first(): number {
    const conversations = this.#opened();
    const due = this.sweep && conversations.next('due', 0);
    const expired = conversations.next('expired', 0);
    const never = Number.POSITIVE_INFINITY;
    return Math.min(due ?? never, expired === undefined ? never : expired + tidyAfter);
  }
}

function invoke<Name extends keyof Calls>(
  conversations: Conversations,
  name: Name,
  parameters: Parameters<Calls[Name]>,
): ReturnType<Calls[Name]> {
  const statements: {
    readonly [Each in keyof Calls]: (...given: Parameters<Calls[Each]>) => ReturnType<Calls[Each]>;
  } = conversations;
  return statements[name](...parameters);
}
