/** Deadlines: one sorted set per bucket lists the conversations to look at; the conversation itself decides whether it is due. */

import type { Layout } from './layout.ts';
import type { RedisPort } from './port.ts';
import { runScript, script } from './scripting.ts';
import { claimScript, lookScript, unclaimScript, wakeScript } from './scripts.ts';
import { decodeText, encodeText } from './text.ts';

/** The deadline indexes of one storage. */
export interface Deadlines {
  /**
   * Sees to it that the index looks at a conversation in `ms` ms at the latest.
   *
   * @throws Error of the kind `unknown`, whatever the reason. The commit beside it may be kept, so it must be sent again.
   */
  wake(key: string, ms: number): Promise<unknown>;
  due(limit: number, claim: number, prefix: string): Promise<readonly string[]>;
  settled(key: string): Promise<void>;
}

interface Claim {
  readonly score: string;
  /** When this process may delete it, by its own steady clock. */
  readonly until: number;
}

interface Look {
  readonly leased: boolean;
  readonly due: boolean;
  /** The score that the index should contain; empty for none. */
  readonly score: string;
}

const claimEntries = script(claimScript);
const look = script(lookScript);
const unclaim = script(unclaimScript);

/** How many entries of one index a call looks at, at most, for those of a prefix. */
const mostLooked = 1000;

/** Makes the deadline part of a storage. */
export function deadlinesOf(port: RedisPort, layout: Layout): Deadlines {
  const claims = new Map<string, Claim>();
  /** Where the next look at an index begins, by index and prefix. */
  const skips = new Map<string, number>();
  let turn = 0;

  async function claimFrom(
    index: string,
    limit: number,
    claim: number,
    prefix: string,
  ): Promise<string[]> {
    const position = `${index} ${prefix}`;
    const most = prefix === '' ? limit : Math.max(limit, mostLooked);
    const args = [limit, claim, encodeText(prefix), skips.get(position) ?? 0, most].map(String);
    const answer = await runScript(port, claimEntries, index, args);
    const [score, members, skip] = answer as readonly [string, readonly string[], number];
    if (Number(skip) > 0) skips.set(position, Number(skip));
    else skips.delete(position);
    const until = performance.now() + claim;
    return members.map((member) => {
      const key = decodeText(member);
      claims.set(key, { score, until });
      return key;
    });
  }

  async function lookAt(key: string): Promise<Look> {
    const answer = await runScript(port, look, layout.conversation(key), []);
    const [held, due, score] = answer as readonly [number, number, string];
    return { leased: Number(held) === 1, due: Number(due) === 1, score: String(score) };
  }

  /** The index may look too early; then it is corrected here, and nobody is notified. */
  async function isDue(key: string): Promise<boolean> {
    const found = await lookAt(key);
    if (!found.due) await endClaim(key, found);
    return found.due;
  }

  async function endClaim(key: string, found: Look): Promise<void> {
    const claim = claims.get(key);
    claims.delete(key);
    // The lease's owner may be about to write another deadline: then the claim expires by itself.
    if (claim === undefined || found.leased) return;
    const args = [encodeText(key), claim.score, found.score];
    await runScript(port, unclaim, layout.index(key), args);
  }

  function forgetLapsed(): void {
    const now = performance.now();
    for (const [key, { until }] of claims) if (until <= now) claims.delete(key);
  }

  return {
    // By its text, never by its hash: it must not be executed after the commit that it was sent before.
    wake: (key, ms) => {
      const index = layout.index(key);
      const args = [wakeScript, '1', index, encodeText(key), String(ms)];
      return port.send(index, 'eval', args).catch((cause) => {
        throw new Error('Not indexed.', { cause });
      });
    },

    async due(limit, claim, prefix) {
      forgetLapsed();
      const keys = new Set<string>();
      // Another index is asked first each time, so that none starves behind a small limit.
      const first = turn++ % layout.indexes.length;
      let unasked = [...layout.indexes.slice(first), ...layout.indexes.slice(0, first)];
      let failure: PromiseRejectedResult | undefined;
      while (unasked.length > 0 && keys.size < limit) {
        const left = limit - keys.size;
        const share = Math.max(1, Math.floor(left / unasked.length));
        const asked = unasked.slice(0, left);
        const answers = await Promise.allSettled(
          asked.map((index) => claimFrom(index, share, claim, prefix)),
        );
        const found = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : []));
        failure ??= answers.find((answer) => answer.status === 'rejected');
        const unfinished = asked.filter((_, index) => found[index]?.length === share);
        unasked = [...unasked.slice(asked.length), ...unfinished];
        const claimed = found.flat();
        const due = await Promise.all(claimed.map(isDue));
        claimed.forEach((key, index) => {
          if (due[index]) keys.add(key);
        });
      }
      // One primary that is down must not keep the deadlines of the others from being met.
      if (failure !== undefined && keys.size === 0) throw failure.reason;
      return [...keys];
    },

    async settled(key) {
      if (!claims.has(key)) {
        const index = layout.index(key);
        const present = await port.send(index, 'zscore', [index, encodeText(key)]);
        // Only claims have a fraction.
        if (present === null || Number.isInteger(Number(present))) return;
        claims.set(key, { score: String(present), until: 0 });
      }
      await endClaim(key, await lookAt(key));
    },
  };
}
