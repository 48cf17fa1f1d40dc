/** Other processes of a test: a TypeScript file bundled once, so that plain Node runs it, and messages to and from it. */

import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** A bundled file. */
export interface Program {
  /** The path of the module that Node runs. */
  readonly path: string;
  /** Starts a process on a job, which it finds in `process.argv[2]` as JSON. */
  start<Said, Told = 'go'>(job: object, options?: StartOptions): TestProcess<Said, Told>;
  /** Takes the bundle away. */
  remove(): Promise<void>;
}

/** How a process is started. */
export interface StartOptions {
  /** Options of Node itself. */
  readonly execArgv?: readonly string[];
  /** Hears each message as it comes; without it they wait for `next`. */
  readonly onMessage?: (said: unknown) => void;
}

/** A started process. */
export interface TestProcess<Said, Told = 'go'> {
  readonly pid: number;
  /** Its next message; fails if it ends instead. */
  next(): Promise<Said>;
  tell(message: Told): void;
  /** Halts it, or lets it go on. */
  pause(on: boolean): void;
  /** Ends it at once; resolves when it has gone. */
  kill(): Promise<void>;
  /** Resolves when it has ended by itself; fails if that was an error. */
  ended(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Bundles a file together with the sources of this repository that it imports.
 *
 * @param script - URL of the file, in a folder of a package: the bundle lies below that package's `node_modules`, so that it finds drivers
 * @param into - another folder for the bundle
 */
export async function bundle(script: URL, into?: string): Promise<Program> {
  const file = fileURLToPath(script);
  const name = `${basename(file, '.ts')}-${randomUUID()}`;
  const folder = into ?? fileURLToPath(new URL(`../node_modules/.cache/${name}`, script));
  await mkdir(folder, { recursive: true });
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@telefsm/source', 'module', 'node'] },
    ssr: {
      noExternal: [/^@telefsm\//],
      // bundled, their requests fail: the AbortSignal of Node is not the one that they bring along; and there must be one copy of them
      external: ['grammy', 'telegraf', 'telegraf/scenes', 'telegraf/session', 'telegraf/filters'],
      resolve: { conditions: ['@telefsm/source', 'node'] },
    },
    build: {
      ssr: file,
      outDir: folder,
      emptyOutDir: true,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'program.mjs' } },
    },
  });
  const path = join(folder, 'program.mjs');
  return {
    path,
    start: (job, options) => startProcess(path, job, options),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function startProcess<Said, Told>(
  path: string,
  job: object,
  { execArgv = [], onMessage }: StartOptions = {},
): TestProcess<Said, Told> {
  // a package manager may have told where else to look for modules
  const env = { ...process.env, NODE_PATH: '' };
  const child = fork(path, [JSON.stringify(job)], { execArgv: [...execArgv], env });
  running.add(child);
  const exit = once(child, 'exit').finally(() => running.delete(child));
  exit.catch(() => {});
  // the last messages may come after the exit, but never after the channel has closed
  const drained = once(child, 'disconnect').catch(() => {});
  const messages: Said[] = [];
  const waiting: ((said: Said) => void)[] = [];
  child.on('message', (message) => {
    if (onMessage !== undefined) return onMessage(message);
    const take = waiting.shift();
    if (take === undefined) messages.push(message as Said);
    else take(message as Said);
  });
  return {
    pid: child.pid ?? 0,
    async next() {
      const message = messages.shift();
      if (message !== undefined) return message;
      const said = new Promise<Said>((resolve) => waiting.push(resolve));
      const ended = Promise.all([exit, drained]).then(([[code, signal]]) => {
        throw new Error(`The process ended (${code ?? signal}) without the message waited for.`);
      });
      return Promise.race([said, ended]);
    },
    // one that has just been killed hears nothing any more
    tell: (message) => void child.send(message as unknown as object, () => {}),
    pause: (on) => void child.kill(on ? 'SIGSTOP' : 'SIGCONT'),
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    async ended() {
      const [code, signal] = await exit;
      if (code !== 0) throw new Error(`The process ended with ${code ?? signal}.`);
    },
  };
}
