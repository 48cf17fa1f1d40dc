/** The demo of serverless functions: a basket that two instances fill, a stranger at the door, an update that comes twice. */

import type { Framework } from '../lib/example.ts';
import { platform, secret, tell } from './stage.ts';

/** Runs it; fails when the basket does not hold what it should. */
export async function demo(framework: Framework): Promise<void> {
  const { telegram, url, stop } = await platform(framework);
  try {
    const anna = telegram.user('Anna');
    for (const text of ['/basket', 'tea', 'cake']) await anna.sends(text);
    const last = telegram.updates.at(-1);
    const stranger = await tell(url, last);
    const again = await tell(url, last, { 'x-telegram-bot-api-secret-token': secret });
    await anna.sends('/pay');
    console.log(telegram.transcript());
    console.log(
      `\nThe same update without the secret was answered ${stranger}, and with it ${again}.`,
    );
    if (anna.last.text !== 'Paid for 2. Thank you!') throw new Error('The basket is wrong.');
    console.log('Each call went to another instance, and the basket held each thing once.');
  } finally {
    await stop();
  }
}
