/** The demo of the bare web hook: the examples' conversations with a bot that knows no framework. */

import { virtualClock } from '@telefsm/testing';
import { examples } from '../index.ts';
import { play } from '../lib/play.ts';
import { bots } from './bots.ts';
import { stage } from './stage.ts';

/** Plays every conversation; fails when an answer differs. */
export async function demo(): Promise<void> {
  for (const name of Object.keys(bots)) {
    const clock = virtualClock();
    const { server, stop } = await stage(name, { clock });
    const script = examples[name]?.script ?? '';
    const transcript = await play(server, script, clock);
    await stop();
    console.log(`── ${name}\n${transcript}\n`);
    if (transcript !== script) throw new Error(`This was expected:\n${script}`);
  }
  console.log('No framework, and every answer was as expected.');
}
