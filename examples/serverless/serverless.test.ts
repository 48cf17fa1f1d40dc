import { memoryStorage } from '@telefsm/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { frameworks } from '../lib/example.ts';
import { makeFunction as onGrammy } from './grammy.ts';
import { type Platform, platform, secret, tell } from './stage.ts';
import { makeFunction as onTelegraf } from './telegraf.ts';

const makers = { grammy: onGrammy, telegraf: onTelegraf };

const open: Platform[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

const ours = { 'x-telegram-bot-api-secret-token': secret };

describe.each(frameworks)('a serverless function on %s', (framework) => {
  async function begin(options?: Parameters<typeof platform>[1]): Promise<Platform> {
    const begun = await platform(framework, options);
    open.push(begun);
    return begun;
  }

  it('remembers in one instance what another was told', async () => {
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

  it('answers nobody who does not know the secret', async () => {
    const { telegram, url } = await begin();
    const anna = telegram.user('Anna');
    await anna.sends('/basket');
    const forged = withText(telegram, 'a forged cake', 100);
    expect(await tell(url, forged)).toBe(401);
    expect(await tell(url, forged, { 'x-telegram-bot-api-secret-token': 'a guess' })).toBe(401);
    await anna.sends('tea');
    anna.sees('In your basket: tea.');
  });

  it.each([undefined, '', 'no spaces here'])('does not start with the secret %o', (given) => {
    const settings = { token: '1:function', storage: memoryStorage(), secret: given };
    expect(() => makers[framework](settings)).toThrow(/Set WEBHOOK_SECRET/);
  });

  it('handles an update once, whichever instance it comes to again', async () => {
    const { telegram, url } = await begin();
    const anna = telegram.user('Anna');
    await anna.sends('/basket');
    await anna.sends('tea');
    const again = telegram.updates.at(-1);
    expect(await tell(url, again, ours)).toBe(200);
    expect(await tell(url, again, ours)).toBe(200);
    await anna.sends('cake');
    anna.sees('In your basket: tea, cake.');
  });

  it('loses none of many updates that come at once', async () => {
    const { telegram, url } = await begin();
    const anna = telegram.user('Anna');
    await anna.sends('/basket');
    const dishes = ['bread', 'butter', 'jam', 'salt', 'soup', 'wine'];
    const answers = dishes.map((dish, at) => tell(url, withText(telegram, dish, 100 + at), ours));
    expect(await Promise.all(answers)).toEqual(dishes.map(() => 200));
    await anna.sends('/pay');
    anna.sees('Paid for 6. Thank you!');
  });

  it('lets a failed update come again, and takes it up from the last commit', async () => {
    const { telegram, url } = await begin();
    const anna = telegram.user('Anna');
    await anna.sends('/basket');
    telegram.fails('sendMessage', { error_code: 500, description: 'Internal Server Error' });
    const tea = withText(telegram, 'tea', 100);
    expect(await tell(url, tea, ours)).toBe(500);
    expect(await tell(url, tea, ours)).toBe(200);
    anna.sees('In your basket: tea.');
  });

  it('lets its schedule fire what has passed, with no user there', async () => {
    const { telegram, url } = await begin({ keptFor: 1 });
    const anna = telegram.user('Anna');
    await anna.sends('/basket');
    // by the clock of Redis a millisecond has to pass
    await vi.waitFor(async () => {
      expect(await (await fetch(url)).text()).toBe('1 fired');
    });
    anna.sees('Your basket was left alone and has been emptied.');
    expect(await (await fetch(url)).text()).toBe('0 fired');
  });
});

/** The last update once more, as another with a text of its own. */
function withText({ updates }: Platform['telegram'], text: string, update_id: number): object {
  const last = updates.at(-1)?.['message'] as object;
  return { update_id, message: { ...last, entities: [], text } };
}
