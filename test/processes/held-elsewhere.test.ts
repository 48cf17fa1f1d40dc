/** A conversation that another process holds: buttons, checkouts and policies work as within one process. */

import { createMachine } from '@telefsm/core/adapter';
import { afterAll, describe, expect, it } from 'vitest';
import { virtualClock } from '../../packages/testing/src/virtual-clock.ts';
import { updateOf } from './counting-bot.ts';
import { open } from './engines.ts';
import { engineOf, engines } from './servers.ts';
import { removeBots, stageOfEach } from './stage.ts';

afterAll(removeBots);

const from = { id: 1, is_bot: false, first_name: 'Ann' };
const chat = { id: 1, type: 'private' };
const pressed = {
  update_id: 10,
  callback_query: {
    id: 'q',
    from,
    chat_instance: 'i',
    data: 'x',
    message: { message_id: 1, date: 1, chat },
  },
};
const checkout = {
  update_id: 11,
  pre_checkout_query: { id: 'p', from, currency: 'XTR', total_amount: 1, invoice_payload: 'x' },
};
const text = updateOf({ id: 12, chat: 1, text: 'add' });

describe.each(engines)('on $name', ({ start }) => {
  const on = engineOf(start);
  const log = stageOfEach();

  /** A handler of another process that ends when the test says so, and a bot in this one, whose time the test moves. */
  async function contended(waiting: object) {
    const address = on.engine.newAddress();
    const other = await log.stage.start({ name: 'other', address });
    other.tell({ stopAt: 'held' });
    other.tell({ handle: [{ id: 1, chat: 1, text: 'wait' }] });
    expect(await other.next()).toEqual({ at: 'held' });

    const { storage, close } = open(address);
    const clock = virtualClock();
    let busy = 0;
    const watched = {
      ...storage,
      async acquire(...args: Parameters<typeof storage.acquire>) {
        const answer = await storage.acquire(...args);
        if ('busy' in answer) busy++;
        return answer;
      },
    };
    const machine = createMachine({ storage: watched, clock, waiting, unknownState: 'keep' });
    const sentTexts: string[] = [];
    const bot = {
      id: 1,
      async call(method: string, payload: object) {
        const { ok }: { readonly ok?: boolean } = payload;
        sentTexts.push(ok === undefined ? method : `${method} ${ok}`);
        return { message_id: 1 };
      },
    };
    /** Lets the storage answer, then a little time pass, until it is so; gives how much time has passed, in ms. */
    const pass = async (isSo: () => boolean) => {
      const start = clock.monotonic();
      while (!isSo()) {
        await new Promise((resolve) => setImmediate(resolve));
        if (busy > 0) await clock.advance(10);
      }
      return clock.monotonic() - start;
    };
    return {
      sentTexts,
      pass,
      handle: (update: object) =>
        machine.handle(update as typeof text, bot, () => void sentTexts.push('handled')),
      async release() {
        sentTexts.push('released');
        other.tell({ goOn: true });
        await other.next();
      },
      async end() {
        await other.leave();
        await machine.stop();
        await close();
      },
    };
  }

  it('a button is answered after a second, and handled when the other process has ended', async () => {
    const { sentTexts, pass, handle, release, end } = await contended({});
    let isDone = false;
    const handled = handle(pressed).then(() => {
      isDone = true;
    });
    const passed = await pass(() => sentTexts.length > 0);
    expect(sentTexts).toEqual(['answerCallbackQuery']);
    expect(passed).toBeGreaterThanOrEqual(1000);
    expect(passed).toBeLessThanOrEqual(1020);
    await release();
    await pass(() => isDone);
    await handled;
    expect(sentTexts).toEqual(['answerCallbackQuery', 'released', 'handled']);
    await end();
  });

  it('a checkout is declined after eight seconds', async () => {
    const { sentTexts, pass, handle, release, end } = await contended({});
    let isDone = false;
    const handled = handle(checkout).then(
      () => {
        isDone = true;
      },
      () => {
        isDone = true;
      },
    );
    const passed = await pass(() => sentTexts.length > 0);
    expect(sentTexts).toEqual(['answerPreCheckoutQuery false']);
    expect(passed).toBeGreaterThanOrEqual(8000);
    expect(passed).toBeLessThanOrEqual(8020);
    await release();
    await pass(() => isDone);
    await handled;
    expect(sentTexts[0]).toBe('answerPreCheckoutQuery false');
    expect(sentTexts).not.toContain('answerPreCheckoutQuery true');
    await end();
  });

  it.each([
    ['reject', ['BUSY']],
    ['drop', ['done']],
    ['busy', ['sendMessage', 'done']],
  ] as const)('the policy %s applies at once', async (policy, expected) => {
    const { sentTexts, handle, release, end } = await contended({ policy });
    await handle(text).then(
      () => sentTexts.push('done'),
      ({ code }) => sentTexts.push(code),
    );
    expect(sentTexts).toEqual(expected);
    await release();
    await end();
  });
});
