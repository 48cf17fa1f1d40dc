/** The lease: everything that changes a conversation, by the one script that lets go, goes on, writes and deletes. */

import type { CommitAnswer, Lease, StoredText, Write } from '@telefsm/core';
import type { RedisPort } from './clients.ts';
import type { Deadlines } from './deadlines.ts';
import type { Layout } from './layout.ts';
import { runScript, script } from './scripting.ts';
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

/** Prepares leases of one storage. */
export function leasesOf(
  port: RedisPort,
  layout: Layout,
  deadlines: Deadlines,
  replicas: number,
  onWarning: (warning: RedisWarning) => void,
): MakeLease {
  async function settleAndReplicate(name: string, args: readonly string[]): Promise<number> {
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
    return Number(answer);
  }

  return (key, first, length, record, indexedIn) => {
    const name = layout.conversation(key);
    let token = first;
    /** Which token each kept one has spent, for calls that are repeated. */
    const spent = new Map<string, string>();
    /** When the index looks, by this process's steady clock. */
    let look = indexedIn === undefined ? undefined : performance.now() + indexedIn;

    async function settle(
      from: string,
      keep: string,
      ms: number,
      [op = '-', text = '', state = '', ttl = '', deadline = '', told = '']: readonly string[],
    ): Promise<number> {
      const where = [layout.channels, port.cluster ? '1' : ''];
      const args = [from, keep, String(ms), op, text, state, ttl, deadline, told, ...where];
      if (replicas > 0 && op !== '-') return settleAndReplicate(name, args);
      return Number(await runScript(port, settleText, name, args));
    }

    async function write(from: string, keep: string, next: Write): Promise<number> {
      const { text, state, ttl, deadlineIn } = next;
      const lengths = [ttl, deadlineIn].map((ms) => (ms === undefined ? '' : String(ms)));
      const record = ['w', encodeText(text), encodeText(state ?? ''), ...lengths];
      const known = look;
      // If the answer is lost, the same commit tells the index again.
      look = undefined;
      if (deadlineIn === undefined) return settle(from, keep, length, record);

      const ahead = known === undefined ? 0 : known - performance.now();
      if (ahead >= nearly && ahead <= deadlineIn) {
        const answer = await settle(from, keep, length, record);
        if (answer === indexUntold) await deadlines.wake(key, deadlineIn);
        else look = known;
        return answer;
      }
      // In this order on one connection: an index that looks in vain is harmless, one that never looks is not.
      const woken = deadlines.wake(key, deadlineIn);
      const [answer] = await Promise.all([settle(from, keep, length, [...record, '1']), woken]);
      look = performance.now() + deadlineIn;
      return answer;
    }

    return {
      record,
      async commit(next, { keep } = {}): Promise<CommitAnswer> {
        const from = keep === undefined ? token : (spent.get(keep) ?? token);
        const answer = next
          ? await write(from, keep ?? '', next)
          : await settle(from, keep ?? '', length, ['d']);
        if (keep !== undefined && answer !== refused) {
          spent.set(keep, from);
          token = keep;
        }
        return answers[answer] ?? 'refused';
      },
      renew: async (ms) => (await settle(token, token, ms, [])) !== refused,
      release: async () => void (await settle(token, '', 0, [])),
    };
  };
}
