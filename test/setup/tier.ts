/** The settings that both tiers of tests share. */

import { availableParallelism } from 'node:os';
import type { ViteUserConfig } from 'vitest/config';
import { SlowestFiles } from './slowest-files.ts';

// Tests read the sources: no build first. Otherwise the conditions are Node's, since Node loads what is outside the workspace.
const conditions = ['@telefsm/source', 'node', 'development|production'];

const everywhere = '{packages/*/test,test,examples}/**';

/** Files that both tiers run, on other clients and drivers or with larger counts in the stress tier. */
const both = [
  'packages/storage-*/test/{contract,processes}.test.ts',
  'packages/storage-sqlite/test/storage.test.ts',
];

/** Tests of examples that need a Redis: `test/examples/on-redis.test.ts` runs them. */
const onRedis = ['examples/{redis-sessions,serverless,two-processes,vps}/*.test.ts'];

/**
 * Configures Vitest for one tier.
 *
 * @param name - `test` is `npm test` and has `*.test.ts`; `stress` is `npm run test:stress` and has `*.stress.test.ts`
 */
export function tier(name: 'test' | 'stress'): ViteUserConfig {
  const isStress = name === 'stress';
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: isStress ? [`${everywhere}/*.stress.test.ts`, ...both] : [`${everywhere}/*.test.ts`],
      exclude: [
        '**/node_modules/**',
        '**/dist/**',
        ...onRedis,
        ...(isStress ? [] : ['**/*.stress.test.ts']),
      ],
      provide: { tier: name },
      passWithNoTests: false,
      // A module is evaluated once per worker, not once per file. So a test file restores what it changes globally.
      pool: 'threads',
      isolate: false,
      // A busy CI machine may starve a server or a process once; a test that needs its second try is reported as flaky.
      retry: process.env['CI'] === undefined ? 0 : 1,
      restoreMocks: true,
      unstubEnvs: true,
      // Many files wait for servers and processes. Vitest's default would leave one worker on a machine with two cores.
      maxWorkers: availableParallelism() + 1,
      setupFiles: ['test/setup/seed.ts', 'test/setup/no-turns.ts'],
      globalSetup: ['test/setup/shared-servers.ts'],
      reporters: ['default', new SlowestFiles()],
      testTimeout: 60_000,
      hookTimeout: 300_000,
      coverage: {
        provider: 'v8',
        include: ['packages/*/src/**/*.ts'],
        reporter: ['text-summary', 'json-summary', 'lcov'],
        thresholds: { lines: 85, functions: 85, branches: 75, statements: 85 },
      },
    },
  };
}
