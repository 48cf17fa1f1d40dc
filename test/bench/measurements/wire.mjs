/** The cost of one update on a shared storage: commands, round trips, bytes, time in the server. */

import { countWire, postgresStatements, redisClients, redisCommands } from '../wire.mjs';
import { formLength } from '../workload/programs.mjs';
import { firstUser } from '../workload/updates.mjs';
import { checkForm, fillIn } from './forms.mjs';

/** @param {import('../child.mjs').Bench} bench */
export async function measure(bench) {
  const { storage, redisPort, postgresUrl, forms = 100 } = bench.job;
  const isRedis = storage === 'redis';
  const counts = isRedis
    ? countWire(redisPort, redisCommands)
    : countWire(Number(new URL(postgresUrl).port), postgresStatements);
  const running = await bench.start({ program: 'form' });
  await checkForm(bench, running);
  const server = isRedis ? (await redisClients(redisPort))() : undefined;
  await server?.config('RESETSTAT');
  counts.isOn = true;
  await fillIn(bench, running, [firstUser, firstUser + forms], 1);
  counts.isOn = false;
  const busy = server && (await busyTime(server));
  await running.close?.();
  server?.disconnect();
  const updates = forms * formLength;
  return {
    commands: counts.commands / updates,
    roundTrips: counts.roundTrips / updates,
    bytesOut: counts.bytesOut / updates,
    bytesIn: counts.bytesIn / updates,
    ...(server && { serverMicroseconds: busy / updates }),
  };
}

/** Microseconds that the server has spent on reading and writing sessions. */
async function busyTime(server) {
  let inScripts = 0;
  let plain = 0;
  for (const line of (await server.info('commandstats')).split('\r\n')) {
    const [, name, time] = /^cmdstat_(\w+):calls=\d+,usec=(\d+)/.exec(line) ?? [];
    if (/^eval/.test(name)) inScripts += Number(time);
    else if (/^(?:get|set|del)$/.test(name)) plain += Number(time);
  }
  // what a script calls is counted a second time by itself
  return inScripts > 0 ? inScripts : plain;
}
