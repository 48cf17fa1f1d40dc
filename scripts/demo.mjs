/** Runs the demo: `npm run demo`. */

import { withSource } from './lib/sources.mjs';

try {
  await withSource('/examples/demo/main.ts', ({ main }) => main(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
