/** What the two tiers of tests share: `*.test.ts` belongs to `npm test`, `*.stress.test.ts` to `npm run test:stress`. */

import { availableParallelism } from 'node:os';
import type { ViteUserConfig } from 'vitest/config';
import { SlowestFiles } from './slowest-files.ts';

// Tests read the sources: no build first.
const conditions = ['@telefsm/source', 'module', 'node', 'development|production'];

/**
 * Configures Vitest for one tier.
 *
 * @param include - globs of its test files
 * @param exclude - globs of the other tier's files
 */
export function tier(include: readonly string[], exclude: readonly string[]): ViteUserConfig {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include: [...include],
      exclude: ['**/node_modules/**', '**/dist/**', ...exclude],
      passWithNoTests: false,
      // A module is evaluated once per worker, not once per file. So a test file restores what it changes globally.
      pool: 'threads',
      isolate: false,
      restoreMocks: true,
      unstubEnvs: true,
      // Many files wait for servers and processes. Vitest's default would leave one worker on a machine with two cores.
      maxWorkers: availableParallelism() + 1,
      setupFiles: ['test/setup/seed.ts'],
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
