/** Starts a script on a runtime, and waits for its end. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Runtime } from './runtimes.ts';

/** The exit code and the output of a finished process. */
export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** The absolute path of a runtime's binary. */
export function binaryOf({ install: [name], binary }: Runtime): string {
  return join(inject('tools'), 'node_modules', name, binary);
}

/** Where a script runs, and with which variables beside those of this process. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Runs a script of the app's folder on a runtime. */
export function runOn(
  runtime: Runtime,
  script: string,
  args: readonly string[] = [],
  { cwd = inject('app'), env }: RunOptions = {},
): Promise<Finished> {
  return start(binaryOf(runtime), [...runtime.args, script, ...args], cwd, { env });
}

/** The addresses of the servers of this run. */
function servers(): Readonly<Record<string, string>> {
  return {
    REDIS_URL: inject('redis'),
    POSTGRES_URL: inject('postgres'),
    MARIADB_URL: inject('mariadb'),
  };
}

/** Runs a command, whose failure is an answer too. A command that hangs is killed after so many ms. */
export function start(
  command: string,
  args: readonly string[],
  cwd: string,
  { timeout = 280_000, env: more }: { timeout?: number } & Pick<RunOptions, 'env'> = {},
): Promise<Finished> {
  // The variables of pnpm and Vitest would lead to the workspace's packages.
  const { NODE_PATH: _, NODE_OPTIONS: __, NODE_ENV: ___, VITEST: ____, ...own } = process.env;
  const env = { ...own, ...servers(), NO_COLOR: '1', ...more };
  const options = { cwd, env, timeout, maxBuffer: 64 << 20 };
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}
