/** Other processes over the same server: `worker.ts`, bundled once, so that plain Node runs it. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { Answer, Job } from './worker.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
// Below the package, so that the bundle finds `pg` and `postgres`.
const output = fileURLToPath(
  new URL(`../node_modules/.cache/worker-${process.pid}`, import.meta.url),
);

/** A started process. */
export interface Worker {
  /** Its next message. */
  next(): Promise<Answer>;
  /** Tells it to begin. */
  go(): void;
  kill(): Promise<void>;
  /** Resolves when it has ended by itself. */
  ended(): Promise<void>;
}

/** Bundles the worker; `removeWorkers` takes it away again. */
export async function buildWorkers(): Promise<void> {
  await mkdir(output, { recursive: true });
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@telefsm/source', 'module', 'node'] },
    ssr: {
      noExternal: [/^@telefsm\//],
      external: ['pg', 'postgres'],
      resolve: { conditions: ['@telefsm/source', 'node'] },
    },
    build: { ssr: `${here}worker.ts`, outDir: output, emptyOutDir: true, target: 'node20' },
  });
}

/** Removes what {@link buildWorkers} made. */
export async function removeWorkers(): Promise<void> {
  await rm(output, { recursive: true, force: true });
}

/** Starts a process on a job. */
export function startWorker(job: Job): Worker {
  const child: ChildProcess = fork(`${output}/worker.js`, [JSON.stringify(job)]);
  const messages: Answer[] = [];
  const waiting: ((answer: Answer) => void)[] = [];
  child.on('message', (message) => {
    const take = waiting.shift();
    if (take === undefined) messages.push(message as Answer);
    else take(message as Answer);
  });
  return {
    next() {
      const message = messages.shift();
      if (message !== undefined) return Promise.resolve(message);
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        child.once('exit', (code) => reject(new Error(`The process ended with ${code}.`)));
      });
    },
    go() {
      child.send('go');
    },
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    async ended() {
      if (child.exitCode === null) await once(child, 'exit');
      if (child.exitCode !== 0) throw new Error(`The process ended with ${child.exitCode}.`);
    },
  };
}
