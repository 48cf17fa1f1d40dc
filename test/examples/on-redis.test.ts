/**
 * The tests of the examples that need a Redis, on the Redis of this run, or start processes. Their processes run the sources of this repository: a copy of an
 * example runs the published packages instead.
 */

import { afterAll } from 'vitest';
import { sharedRedis } from '../servers/shared.ts';

const { REDIS_URL, NODE_OPTIONS } = process.env;
process.env['REDIS_URL'] = (await sharedRedis()).url;
process.env['NODE_OPTIONS'] = '--conditions=@telefsm/source';
afterAll(() => {
  for (const [name, value] of Object.entries({ REDIS_URL, NODE_OPTIONS })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

await import('../../examples/redis-sessions/redis-sessions.test.ts');
await import('../../examples/serverless/serverless.test.ts');
await import('../../examples/serverless/platforms.test.ts');
await import('../../examples/two-processes/two-processes.test.ts');
await import('../../examples/vps/vps.test.ts');
