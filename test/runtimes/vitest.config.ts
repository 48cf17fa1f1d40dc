/** Runs the packed packages where bots run; `npm run test:runtimes` starts it. */

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.runtimes.ts'],
    globalSetup: ['./install.ts'],
    // Every case is a process of its own; more at once than cores only slow each other down.
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
