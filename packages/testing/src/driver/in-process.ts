/** The transport in process: updates are handed over, calls are answered without a network. */

import type { RawUpdate } from '@telefsm/core';
import type { Cloud } from '../cloud/cloud.ts';
import { nextTurn, untilIdle } from '../event-loop.ts';
import { performCall } from '../methods/answer-call.ts';
import { type Fake, guard, within } from '../network/guard.ts';
import { answerRequest } from '../server/answer-request.ts';
import type { BotPort, Perform } from './bot-port.ts';
import { gate } from './interleave.ts';
import type { Transport, Waiting } from './transport.ts';

/** Connects a bot of this process. */
export function inProcess(cloud: Cloud, first: BotPort): Transport {
  const unfinished = new Map<RawUpdate, Waiting>();
  let life = bring(cloud, first);

  /** Ends the waiting of an action, unless the process has died meanwhile: then the next one takes the update over. */
  async function run(update: RawUpdate): Promise<void> {
    const { port, handle, idle, lives } = life;
    let end: (waiting: Waiting) => void = ({ resolve }) => resolve();
    try {
      await handle(structuredClone(update)).catch((error) => port.report(error));
    } catch (error) {
      end = ({ reject }) => reject(error);
    }
    await idle();
    const waiting = unfinished.get(update);
    if (!lives() || waiting === undefined) return;
    unfinished.delete(update);
    end(waiting);
  }

  return {
    // A copy, so that an update delivered twice at once is waited for twice.
    deliver: (update) =>
      new Promise((resolve, reject) => {
        const copy = { ...update };
        unfinished.set(copy, { resolve, reject });
        void run(copy);
      }),
    async restart(make) {
      life.end();
      await nextTurn();
      life = bring(cloud, make());
      const again = [...unfinished.keys()];
      for (const update of again) void run(update);
      await untilIdle(() => again.every((update) => !unfinished.has(update)));
    },
    async stop() {
      life.end();
    },
  };
}

/** A process that the bot runs in. */
interface Life {
  readonly port: BotPort;
  /** Passes an update, with every client of the process kept off the network. */
  handle(update: RawUpdate): Promise<void>;
  lives(): boolean;
  end(): void;
  /** Waits for calls that the bot has made without awaiting them. */
  idle(): Promise<void>;
}

function bring(cloud: Cloud, port: BotPort): Life {
  let lives = true;
  let underWay = 0;
  if (port.info === undefined) port.introduce(cloud.me);
  const perform: Perform = async (method, payload, uploads) => {
    underWay += 1;
    try {
      await gate(method);
      await nextTurn();
      if (!lives) await new Promise(() => {}); // nothing answers a process that is no more
      return await performCall(cloud, method, payload, uploads);
    } finally {
      underWay -= 1;
    }
  };
  port.attach(perform);
  const endpoint = {
    admits: (token: string) => token === port.token,
    answers: () => true,
    perform,
  };
  const fake: Fake = {
    passes: () => false,
    answer: (request, response) => answerRequest(cloud, endpoint, request, response),
  };
  guard(port.token, fake);
  return {
    port,
    handle: (update) => within(port.token, fake, () => port.handle(update)),
    lives: () => lives,
    end() {
      lives = false;
    },
    async idle() {
      await nextTurn();
      await untilIdle(() => underWay === 0);
    },
  };
}
