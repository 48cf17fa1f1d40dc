/** Starts a worker in a process of its own, from the sources: `fork('start.mjs', [job])`. */

import { withSources } from '../../scripts/lib/sources.mjs';

await withSources(async (load) => {
  const { work } = await load('/examples/two-processes/worker.ts');
  await work(JSON.parse(process.argv[2]));
});
