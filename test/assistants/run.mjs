/** Prints the table that stands in docs/comparison.md: `node test/assistants/run.mjs`. It needs `redis-server`, and takes some minutes. */

import { withSources } from '../../scripts/lib/sources.mjs';

await withSources(async (load) => {
  const { startRedis } = await load('/test/servers/redis.ts');
  const { compare, tableOf } = await load('/test/assistants/table.ts');
  const redis = await startRedis();
  try {
    const cells = await compare(redis.port, ({ situation, candidate, outcome }) =>
      console.error(`${situation.name}, ${candidate.name}: ${JSON.stringify(outcome)}`),
    );
    console.log(tableOf(cells));
  } finally {
    await redis.stop();
  }
});
