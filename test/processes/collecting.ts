/** Messages that come together, at two processes of which one is killed again and again. */

import fc from 'fast-check';
import { expect } from 'vitest';
import { bundle, type Program, type TestProcess } from '../servers/processes.ts';
import { until } from '../servers/until.ts';
import type { CollectingJob, CollectingSaid, Delivery } from './collecting-bot.ts';
import { open } from './engines.ts';
import type { RunningEngine } from './servers.ts';

const program: { built?: Promise<Program> } = {};

/** Removes the bundle of the bot. */
export async function removeCollectingBots(): Promise<void> {
  const { built } = program;
  delete program.built;
  await (await built)?.remove();
}

/** The fate of one message of a conversation. */
interface Step {
  /** Which process gets it. */
  readonly to: 0 | 1;
  /** Whether the other one gets it too. */
  readonly twice: boolean;
  /** Whether the process is killed with the message in its hands. */
  readonly killed: boolean;
  /** Ms until the next message. */
  readonly pause: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  to: fc.constantFrom(0, 1),
  twice: fc.boolean(),
  killed: fc.integer({ min: 0, max: 4 }).map((chance) => chance === 0),
  pause: fc.constantFrom(0, 0, 0, 30, 250),
});

interface Slot {
  process: TestProcess<CollectingSaid, Delivery>;
  readonly waiting: Map<number, (message: CollectingSaid | undefined) => void>;
}

/**
 * Asserts that each message is answered in exactly one turn, in order.
 *
 * @param runs - conversations, one after the other
 */
export async function expectOneTurnEach(engine: RunningEngine, runs: number): Promise<void> {
  program.built ??= bundle(new URL('./collecting-bot.ts', import.meta.url));
  const { start } = await program.built;
  const address = engine.newAddress();
  const job: CollectingJob = { address, quiet: 100 };
  const startOne = async (): Promise<Slot> => {
    const waiting: Slot['waiting'] = new Map();
    let ready = () => {};
    const isReady = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const process = start<CollectingSaid, Delivery>(job, {
      onMessage(said) {
        if ('ready' in (said as CollectingSaid)) return ready();
        waiting.get((said as Delivery).id)?.(said as CollectingSaid);
      },
    });
    await isReady;
    return { process, waiting };
  };
  const slots: [Slot, Slot] = [await startOne(), await startOne()];
  const { storage, close } = open(address);
  let chats = 0;
  let ids = 0;

  /** Gives a message to a process until it has handled it, as Telegram does. */
  const deliver = async (chat: number, id: number, { to, killed }: Step): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      const slot = slots[to];
      const answer = new Promise<CollectingSaid | undefined>((resolve) => {
        slot.waiting.set(id, resolve);
      });
      slot.process.tell({ chat, id });
      if (killed && attempt === 0) {
        await slot.process.kill();
        for (const resolve of slot.waiting.values()) resolve(undefined);
        slots[to] = await startOne();
      }
      const said = await answer;
      slot.waiting.delete(id);
      if (said !== undefined && !('failed' in said && said.failed !== undefined)) return;
    }
  };
  const turnsOf = async (chat: number): Promise<readonly (readonly number[])[]> => {
    const stored = await storage.peek(`telefsm:b1:c${chat}:u${chat}`);
    const text = stored?.text ?? '{}';
    const found = /"turns":(\[\[.*?\]\])/.exec(text)?.[1];
    return found === undefined ? [] : (JSON.parse(found) as number[][]);
  };

  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
        const chat = ++chats;
        // opens the conversation
        await deliver(chat, ++ids, { to: 0, twice: false, killed: false, pause: 0 });
        const sent: number[] = [];
        for (const each of steps) {
          const id = ++ids;
          sent.push(id);
          const other = { ...each, to: each.to === 0 ? 1 : 0, killed: false } as const;
          const copies = each.twice
            ? [deliver(chat, id, each), deliver(chat, id, other)]
            : [deliver(chat, id, each)];
          await Promise.all(copies);
          if (each.pause > 0) await new Promise((resolve) => setTimeout(resolve, each.pause));
        }
        await until(async () => (await turnsOf(chat)).flat().length >= sent.length);
        expect((await turnsOf(chat)).flat()).toEqual(sent);
      }),
      { seed: 20_261_129, numRuns: runs, endOnFailure: true },
    );
    // nothing is answered once more by whoever was late
    for (let chat = 1; chat <= chats; chat++) {
      const flat = (await turnsOf(chat)).flat();
      expect(new Set(flat).size).toBe(flat.length);
    }
  } finally {
    for (const { process } of slots) await process.kill();
    await close();
  }
}
