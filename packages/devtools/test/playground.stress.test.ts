import { createMachine } from '@telefsm/core/adapter';
import { botApiServer, location, photo, virtualClock } from '@telefsm/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { examples } from '../../../test/stories/index.ts';
import {
  type Playground,
  type PlaygroundBot,
  type PlaygroundBotOptions,
  playground,
} from '../src/index.ts';
import { barriers } from './barriers.ts';
import { openBrowser, picture } from './browser.ts';

let browser: Browser;
let opened: Playground;
let page: Page;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
afterEach(async () => {
  await page.close();
  await opened.stop();
});

async function open(example: string, framework = 'grammy') {
  opened = await playground({
    examples,
    openServer: botApiServer,
    makeClock: virtualClock,
    media: { photo: photo(), location: location(52.5, 13.4) },
    first: { example, framework },
  });
  page = await (await browser.newContext({ viewport: { width: 1440, height: 1000 } })).newPage();
  await page.goto(opened.url);
}

async function says(text: string) {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}
const taps = (label: string) =>
  page.getByRole('button', { name: label, exact: true }).last().click();
const sees = (text: string | RegExp) => page.getByRole('log').getByText(text).last().waitFor();
const state = (id: string) => page.locator('#record strong', { hasText: id }).first().waitFor();
const current = (name: string) => page.locator('.diagram .current', { hasText: name }).waitFor();

describe.each(['grammy', 'telegraf'])('the playground with a bot on %s', (framework) => {
  it('shows an order from both sides, over a crash, a redelivery and a timeout', async () => {
    await open('order', framework);
    await says('/order');
    await sees('What would you like to order?');
    await current('product');
    await taps('📱 Phone');
    await sees('How many of the phone?');
    await current('quantity');
    await state('order:quantity');
    await page.getByLabel('Data').getByText('"product": "phone"').waitFor();

    await page.getByRole('button', { name: 'Crash now' }).click();
    await page.getByText('It crashed once.').waitFor();
    await state('order:quantity');
    await says('2');
    await sees('Where should we deliver?');

    await page.getByRole('button', { name: 'Redeliver the last update' }).click();
    await sees('(the last update is redelivered)');
    await state('order:address');

    await page.getByRole('button', { name: 'Crash before the next answer' }).click();
    await page.getByText('It will crash before its next message.').waitFor();
    await says('Main street 1, 12345 Town');
    await page.getByText('It crashed 2 times.').waitFor();
    // the answer was kept before the crash, and the question that was lost is asked by the next process
    await sees(/Order summary/);
    await state('order:confirm');
    await picture(page, `playground-${framework}`);

    await page.getByRole('button', { name: '+ 15 min' }).click();
    await sees('⏰ Your order has expired. Send /order to start again.');
    await state('none');
  });
});

describe('the playground', () => {
  it('opens every example on both frameworks, in private and in the group', async () => {
    await open('order');
    const origin = new URL(opened.url).origin;
    const headers = { authorization: `Bearer ${opened.token}` };
    for (const [example, { bots }] of Object.entries(examples)) {
      for (const framework of Object.keys(bots)) {
        const body = new URLSearchParams({ example, framework });
        const answer = await fetch(`${origin}/do/open`, { method: 'POST', headers, body });
        expect(answer.status).toBe(200);
        for (const place of ['private', 'group']) {
          const shown = await fetch(`${origin}/?place=${place}`, { headers });
          expect(shown.status).toBe(200);
          expect(await shown.text()).toContain(`<title>${example} · telefsm playground</title>`);
        }
      }
    }
  });

  it('draws the buttons of a shop, and shows its view, its session and its message', async () => {
    await open('shop');
    await says('/start');
    await sees('Welcome! In your cart: 0 €');
    await taps('🍵 Tea');
    await taps('tea no. 1, 3 €');
    await taps('Add to cart');
    await taps('« Menu');
    await sees('Welcome! In your cart: 3 €');
    await page.locator('#record').getByText('Message 2 in chat').waitFor();
    await page.getByLabel('Session').getByText('"cart"').waitFor();
    const labels = () => page.locator('.diagram .label').allTextContents();
    await expect
      .poll(labels)
      .toEqual(
        expect.arrayContaining([
          '🛒 Cart',
          'an item of products',
          'Add to cart',
          '« Menu',
          '/start',
        ]),
      );
    await page.locator('.diagram .place', { hasText: 'counter count' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture(page, 'playground-shop');
  });

  it('takes random presses of two devices, also on old messages and over crashes, and shows what is stored', async () => {
    await open('shop');
    await says('/start');
    await sees('Welcome! In your cart: 0 €');
    const other = await page.context().newPage();
    // this device sees edits late
    await other.route('**/events', (route) => route.abort());
    await other.goto(new URL(opened.url).origin);
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const pressAny = (device: Page) =>
      device.evaluate((at) => {
        const buttons = document.querySelectorAll<HTMLButtonElement>('.keys button');
        buttons[at % Math.max(1, buttons.length)]?.click();
      }, random(1000));
    for (let round = 0; round < 40; round++) {
      await Promise.all([pressAny(page), pressAny(other)]);
      if (round % 7 === 3) await other.goto(new URL(opened.url).origin);
      if (round % 10 === 5) await says('/start');
      if (round % 13 === 6) await page.getByRole('button', { name: 'Redeliver' }).click();
      if (round % 20 === 9) await page.getByRole('button', { name: 'Crash now' }).click();
    }
    await says('/start');
    await sees('Welcome!');
    await page.locator('#record').getByText('up to date').waitFor();
    expect(await page.locator('[role=alert]').count()).toBe(0);
    const failures = await page.getByRole('log').getByText('failed').allTextContents();
    // another device may have taken the buttons of an old message first
    expect(failures.filter((text) => !text.includes('message is not modified'))).toEqual([]);
    await other.close();
  });

  it('needs its token', async () => {
    await open('order');
    const { origin } = new URL(opened.url);
    expect((await fetch(origin)).status).toBe(401);
    const body = new URLSearchParams({ when: 'now' });
    expect((await fetch(`${origin}/do/crash`, { method: 'POST', body })).status).toBe(401);
  });

  it('advances the time by a day, and deadlines fire', async () => {
    await open('order');
    await says('/order');
    await sees('What would you like to order?');
    await page.getByRole('button', { name: '+ 1 day' }).click();
    await sees('⏰ Your order has expired. Send /order to start again.');
    await page.getByText('(1440 min later)').waitFor();
  });

  it('stops also while a handler never ends', async () => {
    await open('order');
    await opened.stop();
    const machine = createMachine({ states: [] });
    const hanging = {
      about: 'never ends',
      bots: {
        none: ({ clock }: PlaygroundBotOptions): PlaygroundBot => ({
          machine,
          run: async () => {},
          stop: () => new Promise((resolve) => void clock.setTimeout(resolve, 25_000)),
        }),
      },
    };
    opened = await playground({
      examples: { hanging },
      openServer: botApiServer,
      makeClock: virtualClock,
    });
    await opened.stop();
  });

  it('has several users, whose conversations are apart', async () => {
    await open('order');
    await says('/order');
    await sees('What would you like to order?');
    await page.getByLabel('User').selectOption('Boris');
    await page.locator('.phone strong', { hasText: 'Boris' }).waitFor();
    expect(await page.locator('.bubble').count()).toBe(0);
    await state('none');
    await page.getByLabel('User').selectOption('Anna');
    await sees('What would you like to order?');
  });

  it('has a group and media', async () => {
    await open('support');
    await says('/support');
    await page.locator('.bubble').nth(1).waitFor();
    await page.getByRole('button', { name: 'photo' }).click();
    await page.locator('.bubble .media', { hasText: '[photo]' }).waitFor();
    await page.locator('select[name=place]').selectOption('group');
    await page.waitForURL(/place=group/);
    await says('/support');
    await sees(/support/);
  });

  it('changes the example and the framework', async () => {
    await open('registration');
    await page.getByLabel('Example').selectOption('restaurant');
    await page.getByText('three nodes that lead to each other').waitFor();
    await page.getByLabel('Framework').selectOption('telegraf');
    await says('hello');
    await sees(/Are you hungry\?/);
    await current('start');
  });

  it('has no barriers that can be looked for, and fits a phone', async () => {
    await open('order');
    await says('/order');
    await sees('What would you like to order?');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await barriers(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
    await picture(page, 'playground-phone');
    // the same phone at twice the size
    await page.setViewportSize({ width: 195, height: 400 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(195);
  });

  it('announces only new messages of the chat', async () => {
    await open('order');
    await says('/order');
    await sees('What would you like to order?');
    const read = page.getByRole('log').evaluate(
      (log) =>
        new Promise<string[]>((resolve) => {
          const texts: string[] = [];
          new MutationObserver((changes) => {
            for (const { addedNodes } of changes)
              for (const node of addedNodes) texts.push(node.textContent ?? '');
            if (log.textContent?.includes('How many')) resolve(texts);
          }).observe(log, { childList: true });
        }),
    );
    await taps('📱 Phone');
    await sees('How many of the phone?');
    expect((await read).join('\n')).not.toContain('What would you like to order?');
  });

  it('keeps the focus in the chat when the pressed button goes', async () => {
    await open('order');
    await says('/order');
    await page.getByRole('button', { name: '📱 Phone' }).press('Enter');
    await sees('How many of the phone?');
    const focused = () => page.evaluate(() => document.activeElement?.closest('.phone') !== null);
    expect(await focused()).toBe(true);
  });

  it('lets one choose by keyboard before it changes the page', async () => {
    await open('order');
    const example = page.getByLabel('Example');
    await example.focus();
    await page.keyboard.type('restaurant');
    expect(await example.inputValue()).toBe('restaurant');
    await page.getByText('three nodes that lead to each other').waitFor({ state: 'detached' });
    for (const key of ['Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
    await page.getByText('three nodes that lead to each other').waitFor();
  });
});
