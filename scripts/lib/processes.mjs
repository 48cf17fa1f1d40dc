/** Starts the tools of the workspace, without a shell and with the same Node everywhere. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, root } from './workspace.mjs';

/**
 * The command line of a tool among the root's dependencies.
 *
 * @param name - the dependency
 * @param program - its program, where that has another name
 */
export function tool(name, program = name.replace(/^@[^/]+\//, '')) {
  const { bin } = readJson(join('node_modules', name, 'package.json'));
  const file = typeof bin === 'string' ? bin : bin[program];
  const path = join(root, 'node_modules', name, file);
  return isNative(path) ? [path] : [process.execPath, path];
}

/** Whether a program runs by itself; pnpm's is no script. */
function isNative(path) {
  const start = readFileSync(path).subarray(0, 2).toString('latin1');
  return start === '\x7fE' || start === 'MZ' || start === '\xcf\xfa';
}

/**
 * Runs a command to its end and resolves with `{ status, output, ms }`, stdout and stderr together.
 *
 * @param command - the program and its arguments
 * @param options - `cwd` and `env` beside what is inherited
 */
export function run(command, { cwd = root, env = {} } = {}) {
  const [program, ...args] = command;
  const began = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.once('error', (error) => resolve({ status: 1, output: String(error), ms: 0 }));
    child.once('close', (status) =>
      resolve({ status: status ?? 1, output, ms: performance.now() - began }),
    );
  });
}
