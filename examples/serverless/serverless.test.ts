import { memoryStorage } from '@telefsm/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeFunction as onGrammy } from './grammy.ts';
import { type Platform, type PlatformOptions, platform, post, secret } from './stage.ts';
import { makeFunction as onTelegraf } from './telegraf.ts';

const redis = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

const open: Platform[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

const ours = { 'x-telegram-bot-api-secret-token': secret };

describe.each([
  ['grammY', onGrammy],
  ['Telegraf', onTelegraf],
])('a serverless function on %s', (_, makeFunction) => {
  async function begin(options?: Pick<PlatformOptions, 'keptFor'>): Promise<Platform> {
    const begun = await platform(makeFunction, { redis, ...options });
    open.push(begun);
    return begun;
  }

  it('shares a conversation between its instances', async () => {
    const { telegram } = await begin();
    const anna = telegram.user('Anna');
    for (const text of ['hello', '/basket', 'tea', 'cake', '/pay', 'more']) await anna.sends(text);
    expect(telegram.transcript()).toBe(
      [
        'Anna: hello',
        'Bot: Send /basket to begin.',
        'Anna: /basket',
        'Bot: Your basket is open: write what you would like, /pay ends.',
        'Anna: tea',
        'Bot: In your basket: tea.',
        'Anna: cake',
        'Bot: In your basket: tea, cake.',
        'Anna: /pay',
        'Bot: Paid for 2. Thank you!',
        'Anna: more',
        'Bot: Send /basket to begin.',
      ].join('\n'),
    );
  });

  it('rejects a request without the secret', async () => {
    const { telegram, url } = await begin();
    const anna = telegram.user('Anna');
    await anna.sends('/basket');
    const forged = withText(telegram, 'a forged cake', 100);
    expect(await post(url, forged)).toBe(401);
    expect(await post(url, forged, { 'x-telegram-bot-api-secret-token': 'a guess' })).toBe(401);
    await anna.sends('tea');
    anna.sees('In your basket: tea.');
  });

  it.each([undefined, '', 'no spaces here'])('does not start with the secret %o', (given) => {
    const settings = { token: '1:function', storage: memoryStorage(), secret: given };
    expect(() => makeFunction(settings)).toThrow(/Set WEBHOOK_SECRET/);
  });

  it('handles a redelivered update once, on whichever instance it arrives', async () => {
    const { telegram, url } = await begin();
    const anna = telegram.user('Anna');
    await anna.sends('/basket');
    await anna.sends('tea');
    const again = telegram.updates.at(-1);
    expect(await post(url, again, ours)).toBe(200);
    expect(await post(url, again, ours)).toBe(200);
    await anna.sends('cake');
    anna.sees('In your basket: tea, cake.');
  });

  it('loses none of six simultaneous updates', async () => {
    const { telegram, url } = await begin();
    const anna = telegram.user('Anna');
    await anna.sends('/basket');
    const dishes = ['bread', 'butter', 'jam', 'salt', 'soup', 'wine'];
    const answers = dishes.map((dish, at) => post(url, withText(telegram, dish, 100 + at), ours));
    expect(await Promise.all(answers)).toEqual(dishes.map(() => 200));
    await anna.sends('/pay');
    anna.sees('Paid for 6. Thank you!');
  });

  it('answers 500 for a failed update, and handles its redelivery from the last commit', async () => {
    const { telegram, url } = await begin();
    const anna = telegram.user('Anna');
    await anna.sends('/basket');
    telegram.fails('sendMessage', { error_code: 500, description: 'Internal Server Error' });
    const tea = withText(telegram, 'tea', 100);
    expect(await post(url, tea, ours)).toBe(500);
    expect(await post(url, tea, ours)).toBe(200);
    anna.sees('In your basket: tea.');
  });

  it('fires a passed deadline on a schedule, without an update', async () => {
    const { telegram, url } = await begin({ keptFor: 1 });
    const anna = telegram.user('Anna');
    await anna.sends('/basket');
    // The deadline passes by the clock of Redis.
    await vi.waitFor(async () => {
      expect(await (await fetch(url)).text()).toBe('1 fired');
    });
    anna.sees('Your basket was left alone and has been emptied.');
    expect(await (await fetch(url)).text()).toBe('0 fired');
  });
});

/** The last update again, with another number and text. */
function withText({ updates }: Platform['telegram'], text: string, update_id: number): object {
  const last = updates.at(-1)?.['message'] as object;
  return { update_id, message: { ...last, entities: [], text } };
}
