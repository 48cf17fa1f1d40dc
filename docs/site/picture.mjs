/**
 * Takes the pictures of the README in a real browser: an order in the playground, light and dark, each as a picture and as an
 * animation. Then those of examples with views, beside which their READMEs get a diagram and a conversation. `npm run picture`.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { withSources } from '../../scripts/lib/sources.mjs';
import { root } from '../../scripts/lib/workspace.mjs';
import { animation } from './animation.mjs';
import { exampleParts } from './example-pictures.mjs';

const devtools = createRequire(join(root, 'packages/devtools/package.json'));
const { chromium } = devtools('playwright-core');
const folder = join(root, 'docs/images');
mkdirSync(folder, { recursive: true });

await withSources(async (load) => {
  const { examples } = await load('/test/stories/index.ts');
  const { playground } = await load('/packages/devtools/src/index.ts');
  const { botApiServer, virtualClock } = await load('/packages/testing/src/index.ts');
  const { ensureCommand } = await load('/test/servers/install.ts');
  const browser = await chromium.launch({
    executablePath: await ensureCommand('chromium', 'chromium'),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const blank = await browser.newPage();
  for (const colorScheme of ['light', 'dark']) {
    const { url, stop } = await playground({
      examples,
      openServer: botApiServer,
      makeClock: virtualClock,
      first: { example: 'order', framework: 'grammy' },
    });
    const viewport = { width: 1180, height: 700 };
    const page = await browser.newPage({ viewport, colorScheme });
    await page.goto(url);
    const frames = [];
    // The chat, the diagram and the stored data, without the bar above them.
    const { y, height } = await page.getByRole('region', { name: 'Chat' }).boundingBox();
    const clip = { x: 0, y: y - 12, width: viewport.width, height: height + 24 };
    const picture = () => page.screenshot({ animations: 'disabled', caret: 'hide', clip });
    const frame = async (ms) => frames.push({ png: await picture(), ms });
    const shows = async (text, step) => {
      await page.getByRole('log').getByText(text).last().waitFor();
      if (step) await page.locator('.diagram .current', { hasText: step }).waitFor();
      // Every bubble is in view.
      await page.waitForFunction(() => {
        const { scrollHeight, scrollTop, clientHeight } = document.querySelector('[role="log"]');
        return scrollHeight - scrollTop - clientHeight < 2;
      });
      await frame(1800);
    };
    const says = async (text) => {
      await page.getByRole('textbox', { name: 'Message' }).fill(text);
      await frame(700);
      await page.getByRole('button', { name: 'Send' }).click();
    };
    const taps = async (label) => {
      const button = page.getByRole('button', { name: label, exact: true }).last();
      await button.focus();
      await frame(700);
      await button.click();
    };
    await says('/order');
    await shows('What would you like to order?', 'product');
    await taps('📱 Phone');
    await shows('How many of the phone?', 'quantity');
    await says('2');
    await shows('Where should we deliver?', 'address');
    writeFileSync(join(folder, `playground-${colorScheme}.png`), frames.at(-1).png);
    await says('Main street 1, Lisbon');
    await shows('Confirm this order?', 'confirm');
    writeFileSync(join(folder, `playground-${colorScheme}.gif`), await animation(blank, frames));
    await page.close();
    await stop();
  }
  await exampleParts(load, browser, blank, folder);
  await browser.close();
});
