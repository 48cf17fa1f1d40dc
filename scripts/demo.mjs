/** Runs the demo: `npm run demo`. */

import { withSources } from './lib/sources.mjs';

try {
  await withSources(async (load) => {
    const { main } = await load('/test/stories/demo/main.ts');
    await main(process.argv.slice(2));
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
