/** The lease: everything that changes a conversation, by the one script that lets go, goes on, writes and deletes. */

import type { StoredText } from '@telefsm/core';
import type { CommitAnswer, Lease, Write } from '@telefsm/core/storage';
import type { RedisPort } from './clients.ts';
import type { Deadlines } from './deadlines.ts';
import type { Layout } from './layout.ts';
import { runScript, script, withoutEmptyEnd } from './scripting.ts';
import { settleScript } from './scripts.ts';
import { encodeText } from './text.ts';
import type { RedisWarning } from './warnings.ts';

/**
 * Makes the lease of one conversation.
 *
 * @param length - how long it lasts, in ms
 * @param indexedIn - in how many ms the deadline index will look at the conversation
 */
export type MakeLease = (
  key: string,
  token: string,
  length: number,
  record?: StoredText,
  indexedIn?: number,
) => Lease;

/** How long a commit waits for replicas, in ms. */
const replicasTake = 50;
/** A look of the index that is nearer than this is not relied on, in ms. */
const nearly = 1000;

const settleText = script(settleScript);
const answers = ['refused', 'done', 'already', 'done'] as const;
const refused = 0;
const indexUntold = 3;

/** What the leases of one storage share. */
interface Shared {
  readonly port: RedisPort;
  readonly layout: Layout;
  readonly deadlines: Deadlines;
  readonly replicas: number;
  readonly onWarning: (warning: RedisWarning) => void;
}

/** Prepares leases of one storage. */
export function leasesOf(
  port: RedisPort,
  layout: Layout,
  deadlines: Deadlines,
  replicas: number,
  onWarning: (warning: RedisWarning) => void,
): MakeLease {
  const shared: Shared = { port, layout, deadlines, replicas, onWarning };
  return (key, token, length, record, indexedIn) =>
    new RedisLease(shared, key, token, length, record, indexedIn);
}

/** A class, since one is made for every update: its methods stand on the prototype. */
class RedisLease implements Lease {
  readonly record: StoredText | undefined;
  readonly #shared: Shared;
  readonly #key: string;
  readonly #length: number;
  #token: string;
  /** Which token each kept one has spent, for calls that are repeated. */
  #spent: Map<string, string> | undefined;
  /** When the index looks, by this process's steady clock. */
  #look: number | undefined;

  constructor(
    shared: Shared,
    key: string,
    token: string,
    length: number,
    record: StoredText | undefined,
    indexedIn: number | undefined,
  ) {
    this.record = record;
    this.#shared = shared;
    this.#key = key;
    this.#token = token;
    this.#length = length;
    this.#look = indexedIn === undefined ? undefined : performance.now() + indexedIn;
  }

  async commit(
    next: Write | undefined,
    options?: { readonly keep?: string },
  ): Promise<CommitAnswer> {
    const keep = options?.keep;
    const from = keep === undefined ? this.#token : (this.#spent?.get(keep) ?? this.#token);
    const held = keep === undefined ? ['', ''] : [keep, String(this.#length)];
    const answer = Number(
      await (next === undefined
        ? this.#settle([from, 'd', '', '', ...held])
        : this.#write(next, [
            from,
            'w',
            encodeText(next.text),
            encodeText(next.state ?? ''),
            ...held,
          ])),
    );
    if (keep !== undefined && answer !== refused) {
      this.#spent ??= new Map();
      this.#spent.set(keep, from);
      this.#token = keep;
    }
    return answers[answer] ?? 'refused';
  }

  async renew(ms: number): Promise<boolean> {
    const token = this.#token;
    return Number(await this.#settle([token, '-', '', '', token, String(ms)])) !== refused;
  }

  async release(): Promise<void> {
    await this.#settle([this.#token, '-']);
  }

  #write({ ttl, deadlineIn }: Write, args: string[]): Promise<unknown> {
    args.push(ttl === undefined ? '' : String(ttl));
    const look = this.#look;
    // If the answer is lost, the same commit tells the index again.
    this.#look = undefined;
    if (deadlineIn === undefined) return this.#settle(args);
    args.push(String(deadlineIn));
    return this.#writeDue(deadlineIn, args, look);
  }

  async #writeDue(
    deadlineIn: number,
    args: readonly string[],
    look: number | undefined,
  ): Promise<unknown> {
    const { deadlines } = this.#shared;
    const ahead = look === undefined ? 0 : look - performance.now();
    if (ahead >= nearly && ahead <= deadlineIn) {
      const answer = await this.#settle(args);
      if (Number(answer) === indexUntold) await deadlines.wake(this.#key, deadlineIn);
      else this.#look = look;
      return answer;
    }
    // In this order on one connection: an index that looks in vain is harmless, one that never looks is not.
    const woken = deadlines.wake(this.#key, deadlineIn);
    const [answer] = await Promise.all([this.#settle([...args, '1']), woken]);
    this.#look = performance.now() + deadlineIn;
    return answer;
  }

  #settle(args: readonly string[]): Promise<unknown> {
    const { port, layout, replicas } = this.#shared;
    const name = layout.conversation(this.#key);
    const full = withoutEmptyEnd(args);
    if (replicas > 0 && args[1] !== '-') return this.#settleAndReplicate(name, full);
    return runScript(port, settleText, name, full);
  }

  async #settleAndReplicate(name: string, args: readonly string[]): Promise<unknown> {
    const { port, replicas, onWarning } = this.#shared;
    let reached = Promise.resolve(0);
    const answer = await runScript(port, settleText, name, args, () => {
      // The commit stands, whatever becomes of the question.
      reached = port.wait(name, replicas, replicasTake).catch(() => 0);
    });
    const count = await reached;
    if (count < replicas) {
      const message = `A commit had reached ${count} of ${replicas} replicas after ${replicasTake} ms; a failover now would lose it.`;
      onWarning({ code: 'FEW_REPLICAS', message });
    }
    return answer;
  }
}
