/** Everything that changes a leased conversation, by the one script that writes, deletes, renews and releases. */

import type { CommitAnswer, LeaseHolder, Write } from '@telefsm/core/storage';
import type { Deadlines } from './deadlines.ts';
import { explained } from './faults.ts';
import type { Layout } from './layout.ts';
import type { RedisPort } from './port.ts';
import { runScript, script, withoutEmptyEnd } from './scripting.ts';
import { settleScript } from './scripts.ts';
import { encodeText } from './text.ts';
import type { RedisWarning } from './warnings.ts';

/** How long a commit waits for replicas, in ms. */
const replicasTake = 50;
/** A look of the index that is nearer than this is not relied on, in ms. */
const nearly = 1000;
/** For so many turns, the time at which the index looks is remembered; for the others the index is notified once more. */
const mostLooks = 10_000;

const settleText = script(settleScript);
const answers = ['rejected', 'done', 'already', 'done'] as const;
const refused = 0;
const notIndexed = 3;
/** The position of the argument that says whether the index has the deadline. */
const hasIndexed = 7;
const nothing: Partial<Write> = {};

/** The statements of the holder of a conversation. */
export interface Settling {
  commit(
    key: string,
    holder: LeaseHolder,
    next: Write | undefined,
    keep?: number,
  ): Promise<CommitAnswer>;
  renew(key: string, holder: LeaseHolder, lease: number): Promise<boolean>;
  release(key: string, holder: LeaseHolder): Promise<void>;
  /** The index will look at a conversation that this token has acquired in so many ms. */
  looksIn(token: string, ms: number): void;
}

/** Makes the statements of one storage. */
export function settlingOf(
  port: RedisPort,
  layout: Layout,
  deadlines: Deadlines,
  replicas: number,
  onWarning: (warning: RedisWarning) => void,
): Settling {
  /** When the index looks, by this process's steady clock and by token. A hint: the script decides. */
  const looks = new Map<string, number>();

  function finish<Answer>(
    key: string,
    args: string[],
    read: (answer: unknown) => Answer,
  ): Promise<Answer> {
    const name = layout.conversation(key);
    const full = withoutEmptyEnd(args);
    const isWrite = args[1] === 'w' || args[1] === 'd';
    return replicas > 0 && isWrite
      ? settleAndReplicate(name, full, read)
      : runScript(port, settleText, name, full, read);
  }

  async function settleAndReplicate<Answer>(
    name: string,
    args: readonly string[],
    read: (answer: unknown) => Answer,
  ): Promise<Answer> {
    let lack: Promise<string | undefined> | undefined;
    const answer = await runScript(port, settleText, name, args, read, () => {
      lack = lackOfReplicas(name);
    });
    const message = await lack;
    if (message !== undefined) onWarning({ code: 'FEW_REPLICAS', message });
    return answer;
  }

  /** Waits for replicas, and words what they lack. Never rejects: the commit is final, whatever becomes of the question. */
  async function lackOfReplicas(name: string): Promise<string | undefined> {
    try {
      const count = (await port.wait?.(name, replicas, replicasTake)) ?? 0;
      if (count >= replicas) return undefined;
      return `A commit reached ${count} of ${replicas} replicas in ${replicasTake} ms; a failover now would lose it.`;
    } catch (cause) {
      const error = explained(cause, name);
      const reason = error instanceof Error ? error.message : String(error);
      return `It is unknown whether a commit reached ${replicas} replicas: ${reason}`;
    }
  }

  /** Commits a deadline, and sees to it that the index looks at it in time. */
  async function write(
    key: string,
    token: string,
    args: string[],
    deadlineIn: number,
  ): Promise<number> {
    const look = looks.get(token);
    const ahead = look === undefined ? 0 : look - performance.now();
    if (ahead >= nearly && ahead <= deadlineIn) {
      const answer = await finish(key, args, Number);
      if (answer === notIndexed) await deadlines.wake(key, deadlineIn);
      return answer;
    }
    // In this order on one connection: an index that looks in vain is harmless, one that never looks is not.
    const woken = deadlines.wake(key, deadlineIn);
    args[hasIndexed] = '1';
    // its failure counts only beside a commit that was kept
    woken.catch(() => {});
    const answer = await finish(key, args, Number);
    if (answer) await woken;
    looksIn(token, deadlineIn);
    return answer;
  }

  function looksIn(token: string, ms: number): void {
    looks.set(token, performance.now() + ms);
    if (looks.size > mostLooks) looks.delete(looks.keys().next().value as string);
  }

  return {
    looksIn,

    commit(key, { token, fence }, next, keep) {
      const { text = '', state, ttl, deadlineIn } = next ?? nothing;
      const args = [
        token,
        next === undefined ? 'd' : 'w',
        String(fence),
        encodeText(text),
        encodeText(state ?? ''),
        numberText(ttl),
        numberText(deadlineIn),
        '',
        numberText(keep),
      ];
      const answered = (answer: unknown) => {
        if (keep === undefined) looks.delete(token);
        return answers[Number(answer)] ?? 'rejected';
      };
      return deadlineIn === undefined
        ? finish(key, args, answered)
        : write(key, token, args, deadlineIn).then(answered);
    },

    renew(key, { token, fence }, lease) {
      const args = [token, '+', String(fence), '', '', '', '', '', String(lease)];
      return finish(key, args, (answer) => Number(answer) !== refused);
    },

    release(key, { token, fence }) {
      looks.delete(token);
      return finish(key, [token, '-', String(fence)], () => undefined);
    },
  };
}

function numberText(number: number | undefined): string {
  return number === undefined ? '' : String(number);
}
