import { afterEach, describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';
import { type Framework, type Stage, stage } from './stage.ts';

const redis = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
const open: Stage[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function begin(...frameworks: readonly Framework[]): Promise<Stage> {
  const begun = await stage(frameworks, redis);
  open.push(begun);
  return begun;
}

describe.each([
  ['grammY', 'grammY'],
  ['Telegraf', 'Telegraf'],
  ['grammY', 'Telegraf'],
] as const)('a bot of two processes, on %s and on %s', (...frameworks) => {
  it('counts every vote when ten arrive at once', async () => {
    const { telegram, takenBy } = await begin(...frameworks);
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
  it('has one conversation, whichever process handles an update', async () => {
    const { telegram, takenBy } = await begin('grammY', 'Telegraf');
    const anna = telegram.user('Anna');
    await anna.sends('/poll Tea?');
    await anna.taps('Yes');
    await anna.taps('No');
    await anna.sends('/close');
    anna.sees('Result: Tea? Yes: 0, no: 1.');
    expect(takenBy).toEqual([0, 1, 0, 1]);
  });

  it('continues on the other process when one is killed', async () => {
    const { telegram, kill, takenBy } = await begin('grammY', 'grammY');
    const anna = telegram.user('Anna');
    await anna.sends('/poll Tea?');
    await anna.taps('No');
    await kill(0);
    await anna.taps('Yes');
    await anna.sends('/close');
    anna.sees('Result: Tea? Yes: 1, no: 0.');
    expect(takenBy).toEqual([0, 1, 1, 1]);
  });

  it('rejects a request without the secret in every process', async () => {
    const { telegram, urls } = await begin('grammY', 'Telegraf');
    const anna = telegram.user('Anna');
    const message = { message_id: 1, date: 1, from: anna.raw, chat: anna.raw, text: '/poll Tea?' };
    const body = JSON.stringify({ update_id: 7, message });
    for (const url of urls) {
      const headers = { 'content-type': 'application/json' };
      expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(401);
    }
    expect(telegram.calls.filter(({ method }) => method === 'sendMessage')).toEqual([]);
  });

  it.each([undefined, '', 'no spaces here'])('does not start with the secret %o', (secret) => {
    expect(() => readSettings({ BOT_TOKEN: '1:test', WEBHOOK_SECRET: secret })).toThrow(
      /Set WEBHOOK_SECRET/,
    );
  });
});
