#!/usr/bin/env node
/** The program `telefsm`. */

import { runCommandLine } from './cli/run.ts';
import { printable } from './cli/terminal.ts';

const { argv, stdin: input, stdout: output, stderr: error } = process;

// a database client of the user's module may keep the process open: the result is all that was wanted
runCommandLine(argv.slice(2), process.cwd(), { input, output, error }).then(
  (code) => process.exit(code),
  (failure: unknown) => {
    error.write(`${printable(String(failure))}\n`);
    process.exit(3);
  },
);
