/** The demo of two processes: says which process took which update, then lets a whole group vote at once. */

import { virtualClock } from '@telefsm/testing';
import { examples } from '../index.ts';
import type { Framework } from '../lib/example.ts';
import { play } from '../lib/play.ts';
import { stage } from './stage.ts';

/** Runs it; fails when an answer or a vote is lost. */
export async function demo(framework: Framework): Promise<void> {
  await oneConversation(framework);
  await manyVotes(framework);
}

async function oneConversation(framework: Framework): Promise<void> {
  const { telegram, takenBy, stop } = await stage('registration', [framework, framework]);
  try {
    const script = examples['registration']?.script ?? '';
    const transcript = await play(telegram, script, virtualClock());
    let update = 0;
    for (const line of transcript.split('\n')) {
      const who = line.startsWith('Bot') ? '' : `process ${(takenBy[update++] ?? 0) + 1}`;
      console.log(`${who.padEnd(11)}${line}`);
    }
    if (transcript !== script) throw new Error(`\nThis was expected:\n${script}`);
    console.log('\nTwo processes took the updates in turn, and every answer was as expected.\n');
  } finally {
    await stop();
  }
}

async function manyVotes(framework: Framework): Promise<void> {
  const { telegram, takenBy, stop } = await stage('group-poll', [framework, framework]);
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
      `Twenty members of a group vote at once; the processes take ${shares.join(' and ')} updates.`,
    );
    console.log(`Bot: ${result}`);
    if (result !== 'Result: Pizza? Yes: 13, no: 7.') throw new Error('A vote was lost.');
    console.log('No vote was lost.');
  } finally {
    await stop();
  }
}
