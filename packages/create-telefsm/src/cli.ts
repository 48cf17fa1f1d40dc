#!/usr/bin/env node
/** The program `create-telefsm`, started by `npm create telefsm@latest`. */

import { run } from './run.ts';

const { argv, stdin: input, stdout: output, env } = process;

run(argv.slice(2), {
  cwd: process.cwd(),
  isTerminal: input.isTTY === true && output.isTTY === true,
  agent: env['npm_config_user_agent'] ?? '',
  input,
  output,
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
