import { virtualClock } from '@telefsm/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { makeBot } from './bot.ts';
import { type Stage, type StageOptions, secret, stage } from './stage.ts';

const open: Stage[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});

async function begin(options: Partial<StageOptions> = {}): Promise<Stage> {
  const begun = await stage(makeBot, { clock: virtualClock(), ...options });
  open.push(begun);
  return begun;
}

/** Posts to a webhook, as an attacker does, and returns the status of the answer. */
async function post(url: string, body: unknown, headers: object = {}): Promise<number> {
  const request = { method: 'POST', headers: { ...headers }, body: JSON.stringify(body) };
  return (await fetch(url, request)).status;
}

const ours = { 'x-telegram-bot-api-secret-token': secret };

describe('a bot without a framework', () => {
  it('keeps a list by plain handlers', async () => {
    const { server } = await begin();
    const anna = server.user('Anna');
    for (const text of ['hello', '/list', 'tea', 'cake', '/done']) await anna.sends(text);
    await anna.taps('Yes');
    expect(server.transcript()).toBe(
      [
        'Anna: hello',
        'Bot: Send /list or /feedback.',
        'Anna: /list',
        'Bot: Write what you need, then /done.',
        'Anna: tea',
        'Bot: On your list: tea.',
        'Anna: cake',
        'Bot: On your list: tea, cake.',
        'Anna: /done',
        'Bot: Order tea, cake? [Yes] [No]',
        'Anna taps [Yes]',
        'Bot: Ordered 2.',
      ].join('\n'),
    );
  });

  it('runs a flow', async () => {
    const { server } = await begin();
    const anna = server.user('Anna');
    await anna.sends('/feedback');
    await anna.taps('👍');
    await anna.taps('Skip');
    anna.sees('Thank you! You rated us "good".');
  });

  it('handles a redelivered update once', async () => {
    const { server } = await begin();
    const anna = server.user('Anna');
    await anna.sends('/feedback');
    await server.redeliver();
    expect(server.calls.filter(({ method }) => method === 'sendMessage')).toHaveLength(1);
  });

  it('keeps both of two simultaneous messages', async () => {
    const { server, url } = await begin();
    const anna = server.user('Anna');
    await anna.sends('/list');
    const [last] = server.updates.slice(-1);
    const items = ['soup', 'bread'].map((text, at) => ({
      update_id: 100 + at,
      message: { ...(last?.['message'] as object), entities: [], text },
    }));
    expect(await Promise.all(items.map((each) => post(url, each, ours)))).toEqual([200, 200]);
    anna.sees(/On your list: (soup, bread|bread, soup)\./);
  });

  it('rejects a request without the secret', async () => {
    const { server, machine, url } = await begin();
    const anna = server.user('Anna');
    const message = { message_id: 1, date: 1, from: anna.raw, chat: anna.raw, text: '/feedback' };
    const forged = { update_id: 7, message };
    expect(await post(url, forged)).toBe(401);
    expect(await post(url, forged, { 'x-telegram-bot-api-secret-token': `${secret}!` })).toBe(401);
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
  });

  it.each(['', 'no spaces here'])('does not start with the secret %o', (given) => {
    expect(() => makeBot({ token: '1:bare', secret: given })).toThrow(/The webhook secret must be/);
  });

  it('answers 400 or 405 if a request is not an update', async () => {
    const { url } = await begin();
    expect(await post(url, 'hello', ours)).toBe(400);
    expect((await fetch(url)).status).toBe(405);
  });

  it('answers 500 if a message cannot be sent, and handles the redelivery', async () => {
    const errors: unknown[] = [];
    const { server, url } = await begin({ onError: (error) => errors.push(error) });
    const anna = server.user('Anna');
    await anna.sends('/cancel');
    server.fails('sendMessage', 'unreachable');
    const again = { ...server.updates[0], update_id: 100 };
    expect(await post(url, again, ours)).toBe(500);
    expect(errors).toHaveLength(1);
    expect(await post(url, again, ours)).toBe(200);
    anna.sees('There is nothing to cancel. Send /list.');
  });

  it('answers a button once, even if telefsm has answered it because it had to wait', async () => {
    const clock = virtualClock();
    const { server, machine } = await begin({ clock });
    const anna = server.user('Anna');
    for (const text of ['/list', 'tea', '/done']) await anna.sends(text);
    const answers = () => server.calls.filter(({ method }) => method === 'answerCallbackQuery');
    let free = () => {};
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    const turn = machine.at({ user: anna.id }).run(() => held);
    const tapped = anna.taps('Yes');
    while (answers().length === 0) await clock.advance('100ms');
    free();
    await Promise.all([turn, tapped]);
    anna.sees('Ordered 1.');
    expect(answers()).toHaveLength(1);
  });
});
