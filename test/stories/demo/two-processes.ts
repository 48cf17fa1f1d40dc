/** The demo of two processes: a whole group votes at once. */

import { stage } from '../../../examples/two-processes/stage.ts';
import { startRedis } from '../../servers/redis.ts';
import type { Framework } from '../example.ts';

/** Runs it; fails if an answer or a vote is lost. */
export async function demo(framework: Framework): Promise<void> {
  const name = framework === 'grammy' ? 'grammY' : 'Telegraf';
  // The processes run the sources of this repository, which need not be built.
  process.env['NODE_OPTIONS'] = '--conditions=@telefsm/source';
  const redis = await startRedis();
  const { telegram, takenBy, stop } = await stage([name, name], redis.url);
  try {
    const voters = Array.from({ length: 20 }, (_, at) => telegram.user(`Voter${at}`));
    const group = telegram.group('Friends', voters);
    const [first] = voters.map((each) => each.in(group));
    await first?.sends('/poll Pizza?');
    await Promise.all(voters.map((each, at) => each.in(group).taps(at < 13 ? 'Yes' : 'No')));
    await first?.sends('/close');
    const result = first?.last.text;
    const shares = [0, 1].map((at) => takenBy.filter((each) => each === at).length);
    console.log(
      `Twenty members of a group vote at once; the processes handle ${shares.join(' and ')} updates.`,
    );
    console.log(`Bot: ${result}`);
    if (result !== 'Result: Pizza? Yes: 13, no: 7.') throw new Error('A vote was lost.');
    console.log('No vote was lost.');
  } finally {
    await stop();
    await redis.stop();
  }
}
