/** Where the CPU time of a while goes, by V8's profiler: shares by whose code runs. */

import { Session } from 'node:inspector/promises';

/** Whose code a file is, first match first; what has no file is V8 itself or the operating system. */
const owners = [
  ['telefsm', /\/packages\/[^/]+\/dist\//],
  ['framework', /\/node_modules\/(?:grammy|@grammyjs\/[^/]+|telegraf)\//],
  ['driver', /\/node_modules\//],
  ['Node', /^node:/],
  ['bench', /^file:/],
];

/** Begins to note samples. @returns what ends it, and gives shares that sum up to 1 */
export async function startProfile() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return sharesOf(profile);
  };
}

function sharesOf({ nodes, samples, timeDeltas }) {
  const owner = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]));
  const sums = {};
  let all = 0;
  for (const [at, id] of samples.entries()) {
    const own = owner.get(id);
    if (own === undefined) continue;
    sums[own] = (sums[own] ?? 0) + timeDeltas[at];
    all += timeDeltas[at];
  }
  return Object.fromEntries(Object.entries(sums).map(([own, sum]) => [own, sum / all]));
}

function ownerOf({ url, functionName }) {
  if (functionName === '(idle)') return undefined;
  if (functionName === '(garbage collector)') return 'garbage';
  return owners.find(([, pattern]) => pattern.test(url))?.[0] ?? 'native';
}
