/** The `package.json` of a new project. */

import { readFileSync } from 'node:fs';
import type { ProjectChoices } from './choices.ts';

/** The packages that each storage needs beside core. */
const storagePackages: Readonly<Record<ProjectChoices['storage'], readonly string[]>> = {
  memory: [],
  sqlite: ['@telefsm/storage-sqlite', 'libsql'],
  redis: ['@telefsm/storage-redis', 'ioredis'],
  postgres: ['@telefsm/storage-postgres', 'pg'],
  mysql: ['@telefsm/storage-mysql', 'mysql2'],
};

/** The dependency of tsx with an install script. It works without; package managers warn or fail if nobody has decided about one. */
export const skippedBuild = 'esbuild';

const scripts = {
  ts: {
    dev: 'node --env-file-if-exists=.env --import tsx --watch src/main.ts',
    test: 'node --import tsx --test test/bot.test.ts',
    types: 'tsc --noEmit',
    build: 'tsc',
    start: 'node --env-file-if-exists=.env dist/src/main.js',
  },
  js: {
    dev: 'node --env-file-if-exists=.env --watch src/main.js',
    test: 'node --test test/bot.test.js',
    types: 'tsc --project jsconfig.json',
    start: 'node --env-file-if-exists=.env src/main.js',
  },
} as const;

interface OwnManifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * Makes the `package.json` of a project. The packages have the versions that create-telefsm was tested with.
 *
 * @param name - the name of the package
 */
export function manifestOf(name: string, { framework, storage, language }: ProjectChoices): object {
  const own: OwnManifest = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  const versioned = (names: readonly string[]) =>
    Object.fromEntries(
      names.toSorted().map((each) => {
        const version = own.devDependencies[each];
        if (version === undefined) throw new Error(`create-telefsm has no version of "${each}".`);
        return [each, /^\d/.test(version) ? `^${version}` : version];
      }),
    );
  return {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=20.19.0' },
    scripts: scripts[language],
    dependencies: versioned([framework, `@telefsm/${framework}`, ...storagePackages[storage]]),
    devDependencies: versioned([
      '@telefsm/testing',
      '@types/node',
      'typescript',
      ...(language === 'ts' ? ['tsx'] : []),
      ...(storage === 'postgres' ? ['@types/pg'] : []),
    ]),
    ...(language === 'ts' && { allowScripts: { [skippedBuild]: false } }),
  };
}
