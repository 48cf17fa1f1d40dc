import { defineConfig } from 'vitest/config';

const conditions = ['@telefsm/source', 'module', 'node', 'development|production'];

/** The tests that belong to `npm run check`: exact counts, and the packed packages in the hands of bot authors. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    root: import.meta.dirname,
    include: ['*.check.mjs'],
    passWithNoTests: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
