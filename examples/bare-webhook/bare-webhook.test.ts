import { virtualClock } from '@telefsm/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { examples } from '../index.ts';
import { play } from '../lib/play.ts';
import { bots, makeBareBot } from './bots.ts';
import { type Stage, secret, stage } from './stage.ts';

const open: Stage[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function begin(
  name: string,
  clock = virtualClock(),
  onError?: (error: unknown) => void,
): Promise<Stage> {
  const begun = await stage(name, { clock, ...(onError && { onError }) });
  open.push(begun);
  return begun;
}

/** Knocks at a web hook from outside; gives the status of its answer. */
async function knock(url: string, body: unknown, headers: object = {}): Promise<number> {
  const request = { method: 'POST', headers: { ...headers }, body: JSON.stringify(body) };
  return (await fetch(url, request)).status;
}

const ours = { 'x-telegram-bot-api-secret-token': secret };

describe('an adapter without a framework', () => {
  it.each(Object.keys(bots))(
    'has the conversation of the example %s word for word',
    async (name) => {
      const clock = virtualClock();
      const { server } = await begin(name, clock);
      const script = examples[name]?.script ?? '';
      expect(await play(server, script, clock)).toBe(script);
    },
  );

  it('handles an update once that Telegram sends twice', async () => {
    const { server } = await begin('order');
    const anna = server.user('Anna');
    await anna.sends('/order');
    await server.redeliver();
    expect(server.calls.filter(({ method }) => method === 'sendMessage')).toHaveLength(1);
  });

  it('keeps both of two messages that come at once', async () => {
    const { server, url } = await begin('restaurant');
    const anna = server.user('Anna');
    await anna.sends('hi');
    await anna.sends('Yes');
    const [last] = server.updates.slice(-1);
    const dishes = ['Soup', 'Bread'].map((text, at) => ({
      ...last,
      update_id: 100 + at,
      message: { ...(last?.['message'] as object), text },
    }));
    expect(await Promise.all(dishes.map((each) => knock(url, each, ours)))).toEqual([200, 200]);
    anna.sees(/In your cart: (Soup, Bread|Bread, Soup)\./);
  });

  it('lets nobody in without the secret', async () => {
    const { server, machine, url } = await begin('order');
    const anna = server.user('Anna');
    const message = { message_id: 1, date: 1, from: anna.raw, chat: anna.raw, text: '/order' };
    const forged = { update_id: 7, message };
    expect(await knock(url, forged)).toBe(401);
    expect(await knock(url, forged, { 'x-telegram-bot-api-secret-token': `${secret}!` })).toBe(401);
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
  });

  it.each([undefined, '', 'no spaces here'])('does not start with the secret %o', (given) => {
    const options = { token: '1:bare', secret: given as string };
    expect(() => makeBareBot('order', options)).toThrow(/The webhook secret must be/);
  });

  it('refuses what is no update', async () => {
    const { url } = await begin('order');
    expect(await knock(url, 'hello', ours)).toBe(400);
    expect((await fetch(url)).status).toBe(405);
  });

  it('answers 500 when a message cannot be sent, so that the update comes again', async () => {
    const errors: unknown[] = [];
    const { server, url } = await begin('registration', virtualClock(), (error) =>
      errors.push(error),
    );
    const anna = server.user('Anna');
    await anna.sends('/cancel');
    server.fails('sendMessage', 'unreachable');
    const again = { ...server.updates[0], update_id: 100 };
    expect(await knock(url, again, ours)).toBe(500);
    expect(errors).toHaveLength(1);
    expect(await knock(url, again, ours)).toBe(200);
    anna.sees('There is nothing to cancel. /start begins.');
  });

  it('answers a button once, also when the machine has answered it because it had to wait', async () => {
    const clock = virtualClock();
    const { server, machine } = await begin('registration', clock);
    const anna = server.user('Anna');
    for (const text of ['/start', 'Anna', '30', 'Lisbon']) await anna.sends(text);
    const answers = () => server.calls.filter(({ method }) => method === 'answerCallbackQuery');
    let free = () => {};
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    const work = machine.at({ user: anna.id }).run(() => held);
    const tapped = anna.taps('Yes');
    while (answers().length === 0) await clock.advance('100ms');
    free();
    await Promise.all([work, tapped]);
    anna.sees('Thank you, Anna, you are registered.');
    expect(answers()).toHaveLength(1);
  });
});
