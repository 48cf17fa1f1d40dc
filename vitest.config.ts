import { existsSync, readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Tests and type tests read the sources: no build first.
const conditions = ['@telefsm/source', 'module', 'node', 'development|production'];

const packages = readdirSync('packages').filter((name) => existsSync(`packages/${name}/test`));
const projects = [
  ...packages.map((name) => ({ name, root: `packages/${name}`, include: ['test/**/*.test.ts'] })),
  { name: 'across', root: 'test', include: ['**/*.test.ts'] },
  { name: 'examples', root: 'examples', include: ['**/*.test.ts'] },
];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    passWithNoTests: false,
    testTimeout: 60_000,
    hookTimeout: 300_000,
    projects: projects.map((project) => ({ extends: true as const, test: project })),
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'lcov'],
      thresholds: { lines: 85, functions: 85, branches: 75, statements: 85 },
    },
  },
});
