/** Other processes over the same file: `worker.ts`, bundled once, so that plain Node runs it. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { Answer, Job } from './worker.ts';

// Below the package, so that the bundle finds the driver.
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
}

/** Bundles the worker. */
export async function buildWorker(into: string = output): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@telefsm/source', 'module', 'node'] },
    ssr: { noExternal: [/^@telefsm\//], resolve: { conditions: ['@telefsm/source', 'node'] } },
    build: {
      ssr: fileURLToPath(new URL('worker.ts', import.meta.url)),
      outDir: into,
      emptyOutDir: true,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'worker.mjs' } },
    },
  });
  return `${into}/worker.mjs`;
}

/** Removes what {@link buildWorker} made. */
export async function removeWorker(): Promise<void> {
  await rm(output, { recursive: true, force: true });
}

/** Starts a process on a job. */
export function startWorker(
  job: Job,
  script: string = `${output}/worker.mjs`,
  execArgv: string[] = [],
): Worker {
  // A package manager may have told where else to look for modules.
  const env = { ...process.env, NODE_PATH: '' };
  const child: ChildProcess = fork(script, [JSON.stringify(job)], { execArgv, env });
  const messages: Answer[] = [];
  const waiting: ((answer: Answer) => void)[] = [];
  child.on('message', (message: Answer) => {
    const take = waiting.shift();
    if (take === undefined) messages.push(message);
    else take(message);
  });
  return {
    async next() {
      const message = messages.shift();
      if (message !== undefined) return message;
      const ended = once(child, 'exit').then(([code]) => {
        throw new Error(`A worker ended (${code}) without the answer that was waited for.`);
      });
      const answer = new Promise<Answer>((resolve) => waiting.push(resolve));
      return Promise.race([answer, ended]);
    },
    go: () => void child.send('go'),
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
