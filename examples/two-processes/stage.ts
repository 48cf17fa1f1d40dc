/** Several processes behind one bot: a Redis, the processes, and a balancer that hands them Telegram's updates in turn. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type BotApiServer, botApiServer } from '@telefsm/testing';
import { startRedis } from '../../test/servers/redis.ts';
import type { Framework } from '../lib/example.ts';
import { serve } from '../lib/serve.ts';
import type { Job, Ready } from './worker.ts';

/** A bot of several processes, at work. */
export interface Stage {
  readonly telegram: BotApiServer;
  /** Of each update, in the order of their arrival, which process answered it. */
  readonly takenBy: readonly number[];
  /** Ends a process at once, as a crash does; its updates go to the others. */
  kill(process: number): Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a process for each framework named, all of the same bot. */
export async function stage(
  example: Job['example'],
  frameworks: readonly Framework[],
): Promise<Stage> {
  const redis = await startRedis();
  const telegram = await botApiServer();
  const workers = await Promise.all(
    frameworks.map((framework) =>
      start({ example, framework, redis: redis.port, apiRoot: telegram.url }),
    ),
  );
  const takenBy: number[] = [];
  let turn = 0;

  /** Hands an update to the next process; to the one behind it where that is no more. */
  async function balance(body: string): Promise<Response> {
    for (const _ of workers) {
      const at = turn++ % workers.length;
      const { url } = workers[at] as (typeof workers)[0];
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
      if (answer === undefined) continue;
      takenBy.push(at);
      return new Response(null, { status: answer.status });
    }
    return new Response(null, { status: 502 });
  }
  const balancer = await serve(async (request) => balance(await request.text()));
  await fetch(`${telegram.url}/bot1:two-processes/setWebhook?url=${balancer.url}`);
  return {
    telegram,
    takenBy,
    kill: (at) => end(workers[at]?.process),
    async stop() {
      await telegram.stop();
      await balancer.stop();
      await Promise.all(workers.map((each) => end(each.process)));
      await redis.stop();
    },
  };
}

interface Worker extends Ready {
  readonly process: ChildProcess;
}

async function start(job: Job): Promise<Worker> {
  const script = fileURLToPath(new URL('./start.mjs', import.meta.url));
  const process = fork(script, [JSON.stringify(job)]);
  const failed = once(process, 'exit').then(([code]) => {
    throw new Error(`A worker ended with ${code} before it was ready.`);
  });
  const [ready] = await Promise.race([once(process, 'message'), failed]);
  failed.catch(() => {});
  return { process, url: (ready as Ready).url };
}

async function end(process: ChildProcess | undefined): Promise<void> {
  if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
  const ended = once(process, 'exit');
  process.kill('SIGKILL');
  await ended;
}
