import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureCommand } from '../../test/servers/install.ts';
import { serve } from '../site/serve.mjs';

const artifacts = fileURLToPath(new URL('../../test/artifacts/', import.meta.url));
const screens = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844, hasTouch: true },
};
const pages = [
  { name: 'home', path: '' },
  { name: 'quick-start', path: 'quick-start-grammy.html' },
  { name: 'turns', path: 'guide-turns.html' },
  { name: 'flows', path: 'guide-flows.html' },
  { name: 'strategies', path: 'guide-strategies.html' },
  { name: 'storages', path: 'guide-storages.html' },
  { name: 'example', path: 'examples/order.html' },
  { name: 'performance', path: 'performance.html' },
  { name: 'architecture', path: 'architecture.html' },
  { name: 'api', path: 'api/@telefsm/core/functions/flow.html' },
  { name: 'api-options', path: 'api/@telefsm/core/interfaces/MachineOptions.html' },
];

let site;
let browser;
beforeAll(async () => {
  site = await serve({ base: process.env['DOCS_BASE'] ?? '/' });
  browser = await chromium.launch({
    executablePath: await ensureCommand('chromium', 'chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  await mkdir(artifacts, { recursive: true });
});
afterAll(async () => {
  await browser.close();
  await site.stop();
});

let page;
const troubles = [];
afterEach(async () => {
  await page.context().close();
  expect(troubles.splice(0)).toEqual([]);
});

/** Opens a page of the site, and notes errors and requests that leave it. */
async function open(path, screen, colorScheme = 'light') {
  const { hasTouch = false, ...viewport } = screen;
  const context = await browser.newContext({ viewport, hasTouch, isMobile: hasTouch, colorScheme });
  page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(site.url))
      troubles.push(`a request to ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) troubles.push(`${response.status()} for ${response.url()}`);
  });
  await page.goto(`${site.url}${path}`, { waitUntil: 'networkidle' });
}

const picture = (name) =>
  page.screenshot({ path: `${artifacts}docs-${name}.png`, fullPage: true, animations: 'disabled' });

/** How many pixels the page is wider than the screen. */
const overhang = () =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** How many diagrams of the page have been drawn, of how many. */
async function diagrams() {
  const places = await page.locator('figure.diagram').count();
  if (places > 0)
    await page
      .locator('figure.diagram svg')
      .nth(places - 1)
      .waitFor();
  return {
    places,
    drawn: await page
      .locator('figure.diagram svg .node, figure.diagram svg .statediagram-state')
      .count(),
  };
}

for (const [screen, size] of Object.entries(screens))
  describe(`the site on a ${screen}`, () => {
    it.each(pages)('shows $name without scrolling sideways', async ({ name, path }) => {
      await open(path, size);
      await page.locator('h1').first().waitFor();
      await diagrams();
      await picture(`${name}-${screen}`);
      expect(await overhang()).toBe(0);
    });

    it('finds the recipe for "cancel"', async () => {
      await open('', size);
      await page.getByRole('button', { name: 'Search' }).first().click();
      await page.getByPlaceholder('Search').fill('cancel');
      const found = page.locator('.VPLocalSearchBox .result');
      await found.first().waitFor();
      await page.screenshot({ path: `${artifacts}docs-search-${screen}.png` });
      const titles = await found.allInnerTexts();
      expect(titles.slice(0, 5).join('\n')).toContain('A global cancel');
      await found.filter({ hasText: 'A global cancel' }).first().click();
      await page.waitForURL('**/recipes.html#a-global-cancel');
    });
  });

describe('the site', () => {
  it('leads from the home page to both quick starts', async () => {
    for (const framework of ['grammY', 'Telegraf']) {
      await open('', screens.desktop);
      await page.getByRole('link', { name: `Start with ${framework}` }).click();
      await page.getByRole('heading', { level: 1, name: `Quick start: ${framework}` }).waitFor();
      if (framework === 'grammY') await page.context().close();
    }
  });

  it.each(['light', 'dark'])('draws the diagrams of a guide in %s colors', async (scheme) => {
    await open('guide-turns.html', screens.desktop, scheme);
    const { places, drawn } = await diagrams();
    expect(places).toBeGreaterThan(0);
    expect(drawn).toBeGreaterThan(places);
    await picture(`diagram-${scheme}`);
  });

  it('has the menu of all pages on a phone', async () => {
    await open('guide-states.html', screens.phone);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.locator('.VPSidebar').getByRole('link', { name: 'A global cancel' }).waitFor();
    await page.screenshot({ path: `${artifacts}docs-menu-phone.png` });
  });

  it('shows an error page for a page that does not exist', async () => {
    await open('', screens.desktop);
    const response = await page.request.get(`${site.url}nowhere.html`);
    expect(response.status()).toBe(404);
    expect(await response.text()).toContain('404');
  });
});

const says = async (text) => {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
};
const sees = (text) => page.getByRole('log', { name: 'Chat' }).getByText(text).last().waitFor();
const isAt = (step) => page.locator('.playground .current', { hasText: step }).waitFor();

for (const [screen, size] of Object.entries(screens))
  describe(`the playground of the home page on a ${screen}`, () => {
    it('moves the diagram with a typed conversation, without a network', async () => {
      await open('', size);
      await sees('Which tea?');
      await page.context().setOffline(true);
      await isAt('tea');
      await page.getByRole('button', { name: 'Green' }).last().click();
      await sees('How many cups of green tea?');
      await isAt('cups');
      await says('many');
      await sees('A number, please.');
      await says('3');
      await sees('A note for the kitchen?');
      await isAt('note');
      await page.getByRole('region', { name: 'Data' }).getByText('"cups": 3').waitFor();
      await says('/back');
      await isAt('cups');
      await says('2');
      await page.getByRole('button', { name: 'Skip', exact: true }).last().click();
      await sees('Your order: 2 × green tea.');
      await page.locator('.playground p', { hasText: 'State none' }).waitFor();
      expect(await page.locator('.playground .current').count()).toBe(0);
      await picture(`playground-${screen}`);
      expect(await overhang()).toBe(0);
    });
  });

describe('the playground of the home page', () => {
  it('is used with the keyboard alone', async () => {
    await open('', screens.desktop);
    await sees('Which tea?');
    await page.getByRole('button', { name: 'Black' }).focus();
    await page.keyboard.press('Enter');
    await sees('How many cups of black tea?');
    await page.getByRole('textbox', { name: 'Message' }).focus();
    await page.keyboard.type('4');
    await page.keyboard.press('Enter');
    await isAt('note');
  });

  it.each(['light', 'dark'])(
    'has enough contrast, and a name for each control, %s',
    async (scheme) => {
      await open('', screens.desktop, scheme);
      await sees('Which tea?');
      const parts = [
        '.playground li',
        '.playground li.you',
        '.playground button',
        '.playground pre',
      ];
      for (const part of parts) expect(await contrast(part), part).toBeGreaterThanOrEqual(4.5);
      for (const control of await page.locator('.playground :is(button, input)').all()) {
        const name = await control.evaluate(
          (each) => each.getAttribute('aria-label') ?? each.textContent,
        );
        expect(name).not.toBe('');
      }
    },
  );

  it('puts llms.txt and the text of all pages beside the site', async () => {
    await open('', screens.desktop);
    const list = await (await page.request.get(`${site.url}llms.txt`)).text();
    const addresses = [...list.matchAll(/^- \[.+?\]\((.+?)\)/gm)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(25);
    for (const address of addresses) {
      const response = await page.request.get(new URL(address, site.url).href);
      expect(response.status(), address).toBe(200);
    }
    const all = await (await page.request.get(`${site.url}llms-full.txt`)).text();
    for (const group of ['Start', 'Conversations', 'Reference', 'Packages', 'Examples'])
      expect(list).toContain(`\n## ${group}\n`);
    for (const title of ['# telefsm', '# Tutorial', '# Flows', '# Errors', '# @telefsm/testing'])
      expect(all).toContain(`\n${title}\n`);
  });
});

/** How much lighter one of two colors is than the other (WCAG 2, contrast ratio), as the browser paints them. */
const contrast = (selector) =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const channels = (color) => color.match(/[\d.]+/g).map(Number);
      const light = (color) => {
        const [r, g, b] = channels(color).map((value) => {
          const part = value / 255;
          return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      let ground = element;
      const isClear = (color) => channels(color)[3] === 0;
      while (isClear(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
      const [a, b] = [
        light(getComputedStyle(element).color),
        light(getComputedStyle(ground).backgroundColor),
      ].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05);
    });

describe('a reader with a screen reader or low vision', () => {
  it.each(['light', 'dark'])(
    'finds enough contrast where VitePress has too little, %s',
    async (scheme) => {
      await open('', screens.desktop, scheme);
      const parts = ['.VPButton.brand', 'div[class*="language-"] > .lang', '.vp-doc .chat i'];
      for (const part of parts) expect(await contrast(part), part).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('finds a landmark for the content on every page', async () => {
    await open('', screens.desktop);
    expect(await page.getByRole('main').count()).toBe(1);
    await page.getByRole('link', { name: 'Start with grammY' }).click();
    await page.getByRole('heading', { level: 1, name: 'Quick start: grammY' }).waitFor();
    expect(await page.getByRole('main').count()).toBe(1);
    await page.goBack();
    await page.getByRole('link', { name: 'Start with grammY' }).waitFor();
    expect(await page.getByRole('main').count()).toBe(1);
  });

  it('reads a diagram by its source, and no column without a title', async () => {
    await open('guide-flows.html', screens.desktop);
    await diagrams();
    const told = page.getByRole('figure', { name: 'Diagram' }).first();
    expect(await told.locator('pre').textContent()).toContain(
      's_order_product --> s_order_quantity',
    );
    expect(await page.locator('th:empty').count()).toBe(0);
    const asked = page.locator('.chat .bot', { hasText: 'Gift wrapping?' }).first();
    expect(await asked.textContent()).toContain('Buttons: Yes No');
  });

  it.each(['', 'quick-start-grammy.html', 'guide-flows.html'])(
    'reads "%s" on a phone at twice the size without scrolling sideways',
    async (path) => {
      await open(path, { width: 195, height: 422 });
      await page.locator('h1').first().waitFor();
      expect(await overhang()).toBe(0);
    },
  );
});
