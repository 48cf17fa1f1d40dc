/** The user's own module: what the command line works on. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FsmStorage } from '@telefsm/core';
import type { OperatedMachine } from '../conversations/operator.ts';
import { Rejected } from '../conversations/rejected.ts';
import type { CheckedMachine } from '../conversations/stored-check.ts';
import type { GraphOptions } from '../graph/machine-graph.ts';

/** The exports of a `telefsm.config.mjs`; a machine includes its storage. */
export interface CliConfig extends GraphOptions {
  /** The result of `fsm()` or `createMachine()`; not started. */
  readonly machine?: OperatedMachine & CheckedMachine & { stop?(): Promise<void> };
  /** Where conversations are kept, for work without a machine. */
  readonly storage?: FsmStorage;
}

const usualNames = [
  'telefsm.config.mjs',
  'telefsm.config.js',
  'telefsm.config.cjs',
  'telefsm.config.ts',
];

/**
 * Loads the module.
 *
 * @param path - the file, relative to `folder`; one of the usual names when left out
 * @throws Refused where there is none, or it exports neither a machine nor a storage, or something else by that name; what the module
 * throws passes
 */
export async function loadConfig(path: string | undefined, folder: string): Promise<CliConfig> {
  const names = path === undefined ? usualNames : [path];
  const file = names.map((name) => resolve(folder, name)).find((each) => existsSync(each));
  if (file === undefined) {
    throw new Rejected(
      `There is no ${names[0]} here. Write one that exports your machine (export { machine }), or name another file with --config.`,
    );
  }
  const loaded = (await import(pathToFileURL(file).href)) as CliConfig & {
    readonly default?: CliConfig;
  };
  const { machine, storage, moves } = { ...loaded.default, ...loaded };
  if (machine === undefined && storage === undefined) {
    throw new Rejected(`${file} exports neither \`machine\` nor \`storage\`.`);
  }
  const isMachine = machine === undefined || machine['~runtime'] !== undefined;
  const isStorage = storage === undefined || typeof storage?.acquire === 'function';
  if (!isMachine || !isStorage) {
    const [name, made] = isMachine
      ? ['storage', 'redisStorage(client) and its like']
      : ['machine', 'fsm() or createMachine()'];
    throw new Rejected(`The \`${name}\` of ${file} is none: export what ${made} gave.`);
  }
  return {
    ...(machine !== undefined && { machine }),
    ...(storage !== undefined && { storage }),
    ...(moves !== undefined && { moves }),
  };
}

/** @throws Refused without a machine */
export function machineIn({ machine }: CliConfig): NonNullable<CliConfig['machine']> {
  if (machine !== undefined) return machine;
  throw new Rejected(
    'This needs a machine: let the configuration export `machine`, not only `storage`.',
  );
}

/** Where the conversations are. */
export function storageIn({ machine, storage }: CliConfig): FsmStorage {
  return storage ?? (machine as OperatedMachine).storage;
}
