import { virtualClock } from '@telefsm/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { examples } from '../index.ts';
import { play } from '../lib/play.ts';
import { type Stage, stage } from './stage.ts';

const open: Stage[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function begin(...args: Parameters<typeof stage>): Promise<Stage> {
  const begun = await stage(...args);
  open.push(begun);
  return begun;
}

describe.each([
  ['grammy', 'grammy'],
  ['telegraf', 'telegraf'],
  ['grammy', 'telegraf'],
] as const)('a bot of two processes, on %s and on %s', (...frameworks) => {
  it('counts every vote of those that come at once', async () => {
    const { telegram, takenBy } = await begin('group-poll', frameworks);
    const voters = Array.from({ length: 10 }, (_, at) => telegram.user(`Voter${at}`));
    const group = telegram.group('Friends', voters);
    const [first] = voters.map((each) => each.in(group));
    await first?.sends('/poll Pizza?');
    const votes = voters.map((voter, at) => voter.in(group).taps(at < 7 ? 'Yes' : 'No'));
    await Promise.all(votes);
    await first?.sends('/close');
    first?.sees('Result: Pizza? Yes: 7, no: 3.');
    expect(new Set(takenBy)).toEqual(new Set([0, 1]));
  });
});

describe('a bot of two processes', () => {
  it('has one conversation, whichever process an update reaches', async () => {
    const { telegram, takenBy } = await begin('registration', ['grammy', 'telegraf']);
    const script = examples['registration']?.script ?? '';
    expect(await play(telegram, script, virtualClock())).toBe(script);
    expect(takenBy).toEqual(telegram.updates.map((_, at) => at % 2));
  });

  it('goes on when one of them dies', async () => {
    const { telegram, kill, takenBy } = await begin('registration', ['grammy', 'grammy']);
    const anna = telegram.user('Anna');
    await anna.sends('/start');
    await anna.sends('Anna');
    await kill(0);
    await anna.sends('30');
    await anna.sends('Lisbon');
    anna.sees('Anna, 30, from Lisbon. Is that right?');
    expect(takenBy).toEqual([0, 1, 1, 1]);
  });
});
