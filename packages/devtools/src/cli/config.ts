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
  /** The id of the bot whose conversations are checked and listed, if several bots share the storage. */
  readonly bot?: number;
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
 * @throws Rejected if the file is missing, or exports neither a machine nor a storage; what the module throws passes
 */
export async function loadConfig(path: string | undefined, folder: string): Promise<CliConfig> {
  const names = path === undefined ? usualNames : [path];
  const file = names.map((name) => resolve(folder, name)).find((each) => existsSync(each));
  if (file === undefined) {
    throw new Rejected(
      `${names[0]} was not found in ${folder}. Create it with \`export { machine }\`, or pass another file with --config.`,
    );
  }
  const loaded = (await import(pathToFileURL(file).href).catch(explained)) as CliConfig & {
    readonly default?: CliConfig;
  };
  const { machine, storage, bot, moves } = { ...loaded.default, ...loaded };
  if (machine === undefined && storage === undefined) {
    throw new Rejected(
      `${file} exports neither \`machine\` nor \`storage\`. Export what fsm() returned as \`machine\`.`,
    );
  }
  const isMachine = machine === undefined || machine['~runtime'] !== undefined;
  const isStorage = storage === undefined || typeof storage?.acquire === 'function';
  if (!isMachine || !isStorage) {
    const [name, made] = isMachine
      ? ['storage', 'redisStorage(client) or of another storage']
      : ['machine', 'fsm() or createMachine()'];
    throw new Rejected(
      `The \`${name}\` that ${file} exports is not a ${name}. Export the result of ${made}.`,
    );
  }
  return {
    ...(machine !== undefined && { machine }),
    ...(storage !== undefined && { storage }),
    // a file may export its Bot under that name: that is no id
    ...(bot !== undefined && Number.isSafeInteger(bot) && { bot }),
    ...(moves !== undefined && { moves }),
  };
}

/** @throws Rejected for TypeScript that this Node cannot load, otherwise the error itself */
function explained(error: unknown): never {
  const [, file] = /ERR_UNKNOWN_FILE_EXTENSION.*"\.[cm]?tsx?" for (.+)/.exec(String(error)) ?? [];
  if (file === undefined) throw error;
  throw new Rejected(
    `Node ${process.versions.node} cannot load ${file}. Pass a loader of TypeScript: NODE_OPTIONS="--import tsx" npx telefsm … Node 22.18 and newer load .ts files themselves.`,
  );
}

/** @throws Rejected without a machine */
export function machineIn({ machine }: CliConfig): NonNullable<CliConfig['machine']> {
  if (machine !== undefined) return machine;
  throw new Rejected(
    'This command needs a machine. Export `machine` from the configuration, not only `storage`.',
  );
}

/** Where the conversations are. */
export function storageIn({ machine, storage }: CliConfig): FsmStorage {
  return storage ?? (machine as OperatedMachine).storage;
}
