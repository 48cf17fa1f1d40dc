/** The demo of serverless functions: a basket that two instances fill, a forged call, and a redelivered update. */

import { makeFunction as onGrammy } from '../../../examples/serverless/grammy.ts';
import { platform, post, secret } from '../../../examples/serverless/stage.ts';
import { makeFunction as onTelegraf } from '../../../examples/serverless/telegraf.ts';
import { startRedis } from '../../servers/redis.ts';
import type { Framework } from '../example.ts';

/** Runs it; fails if the basket is wrong. */
export async function demo(framework: Framework): Promise<void> {
  const redis = await startRedis();
  const makeFunction = { grammy: onGrammy, telegraf: onTelegraf }[framework];
  const options = { redis: redis.url };
  const { telegram, url, stop } = await platform(makeFunction, options);
  try {
    const anna = telegram.user('Anna');
    for (const text of ['/basket', 'tea', 'cake']) await anna.sends(text);
    const last = telegram.updates.at(-1);
    const forged = await post(url, last);
    const again = await post(url, last, { 'x-telegram-bot-api-secret-token': secret });
    await anna.sends('/pay');
    console.log(telegram.transcript());
    console.log(
      `\nThe same update without the secret was answered ${forged}, and with it ${again}.`,
    );
    if (anna.last.text !== 'Paid for 2. Thank you!') throw new Error('The basket is wrong.');
    console.log('Each call went to another instance, and the basket has each item once.');
  } finally {
    await stop();
    await redis.stop();
  }
}
