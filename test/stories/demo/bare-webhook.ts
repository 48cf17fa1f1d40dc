/** The demo of the bare webhook: the conversations of other examples with bots that use no framework. */

import { virtualClock } from '@telefsm/testing';
import { stage } from '../../../examples/bare-webhook/stage.ts';
import { bots, makeBareBot } from '../bare/bots.ts';
import { examples } from '../index.ts';
import { play } from '../play.ts';

/** Plays every conversation; fails if an answer differs. */
export async function demo(): Promise<void> {
  for (const name of Object.keys(bots)) {
    const clock = virtualClock();
    const { server, stop } = await stage((options) => makeBareBot(name, options), { clock });
    const script = examples[name]?.script ?? '';
    const transcript = await play(server, script, clock);
    await stop();
    console.log(`── ${name}\n${transcript}\n`);
    if (transcript !== script) throw new Error(`This was expected:\n${script}`);
  }
  console.log('No framework, and every answer was as expected.');
}
