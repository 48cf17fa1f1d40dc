/** The demo of the Worker: an order, and another one that its user forgets. */

import { stage } from './stage.ts';

/** Runs it; fails when the order is wrong, or its deadline does not fire. */
export async function demo(): Promise<void> {
  const { telegram, stop } = await stage(1);
  try {
    const anna = telegram.user('Anna');
    for (const text of ['/order', 'Soup', '1 Main Street']) await anna.sends(text);
    if (anna.last.text !== 'Soup is on its way to 1 Main Street.')
      throw new Error('The order is wrong.');
    await anna.sends('/order');
    for (let waited = 0; !anna.last.text?.startsWith('You have been away'); waited += 50) {
      if (waited > 10_000) throw new Error('The alarm did not fire.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    console.log(telegram.transcript());
    console.log('\nThe last message came from an alarm: no request had come in.');
  } finally {
    await stop();
  }
}
