/** Two processes of the bot on this machine, behind a balancer that hands them the updates of a fake Telegram in turn. */

import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type BotApiServer, botApiServer } from '@telefsm/testing';
import { serve } from 'srvx';

const secret = 'only-Telegram-has-it';
const programs = { grammY: 'main.ts', Telegraf: 'main-telegraf.ts' } as const;

/** A framework that this example has a program for. */
export type Framework = keyof typeof programs;

/** A running bot of several processes. */
export interface Stage {
  readonly telegram: BotApiServer;
  /** The process that answered each update, in the order of arrival. */
  readonly takenBy: readonly number[];
  /** The address of each process. */
  readonly urls: readonly string[];
  /** Kills a process, as a crash does; its updates go to the others. */
  kill(process: number): Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a process for each framework named, all of the same bot. */
export async function stage(frameworks: readonly Framework[], redis: string): Promise<Stage> {
  const telegram = await botApiServer();
  const env = {
    ...process.env,
    BOT_TOKEN: '1:two-processes',
    BOT_API: telegram.url,
    WEBHOOK_SECRET: secret,
    REDIS_URL: redis,
    REDIS_PREFIX: randomUUID(),
    PORT: '0',
  };
  const workers = await Promise.all(frameworks.map((framework) => start(framework, env)));
  const takenBy: number[] = [];
  let turn = 0;

  /** Forwards an update to the next process, or to the one after it if that process has died. */
  async function balance(request: Request): Promise<Response> {
    const { headers } = request;
    const body = await request.text();
    for (const _ of workers) {
      const at = turn++ % workers.length;
      const { url } = workers[at] as Worker;
      const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
      if (answer === undefined) continue;
      takenBy.push(at);
      return new Response(null, { status: answer.status });
    }
    return new Response(null, { status: 502 });
  }
  const options = { hostname: '127.0.0.1', port: 0, silent: true, gracefulShutdown: false };
  const balancer = serve({ ...options, fetch: balance });
  await balancer.ready();
  await fetch(`${telegram.url}/bot1:two-processes/setWebhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: balancer.url, secret_token: secret }),
  });
  return {
    telegram,
    takenBy,
    urls: workers.map(({ url }) => url),
    kill: (at) => end(workers[at]?.process),
    async stop() {
      await telegram.stop();
      await balancer.close(true);
      await Promise.all(workers.map((each) => end(each.process)));
    },
  };
}

/** A process of the bot that listens. */
export interface Worker {
  readonly process: ChildProcess;
  readonly url: string;
}

/** Starts a process; it listens when done. */
export async function start(framework: Framework, env: NodeJS.ProcessEnv): Promise<Worker> {
  const cwd = import.meta.dirname;
  const options = { cwd, env, execArgv: ['--import', 'tsx'], silent: true };
  const process = fork(programs[framework], options);
  let output = '';
  process.stderr?.on('data', (text) => {
    output += text;
  });
  const failed = once(process, 'exit').then(([code]) => {
    throw new Error(`A process ended with ${code} before it was ready.\n${output}`);
  });
  const [ready] = await Promise.race([once(process, 'message'), failed]);
  failed.catch(() => {});
  return { process, url: (ready as { readonly url: string }).url };
}

async function end(process: ChildProcess | undefined): Promise<void> {
  if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
  const ended = once(process, 'exit');
  process.kill('SIGKILL');
  await ended;
}
