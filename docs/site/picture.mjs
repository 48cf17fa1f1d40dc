/**
 * Takes the pictures of the README in a real browser: an order in the playground, light and dark, wide and for phones, each as a picture
 * and as an animation. Then those of examples with views, beside which their READMEs get a diagram and a conversation. `npm run picture`.
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

/** The forms of the picture. Each shows regions of the page, from the top of the first to the bottom of the last. */
const forms = {
  // The chat, the diagram and the stored data, without the bar above them.
  wide: {
    suffix: '',
    width: 1180,
    deviceScaleFactor: 1,
    style: '.phone, .part { height: 560px; overflow: hidden }',
    last: 'Chat',
  },
  // A phone shows it at almost its size: the chat, and below it the part of the diagram around the current question.
  narrow: {
    suffix: '-narrow',
    width: 400,
    deviceScaleFactor: 2,
    style: `.phone { height: 330px } .phone > header, .quick { display: none }
      .part h2 { display: none } .part { padding: 0 } #diagrams { height: 216px; overflow: hidden }`,
    last: 'Diagram',
  },
};

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
  for (const { suffix, width, deviceScaleFactor, style, last } of Object.values(forms))
    for (const colorScheme of ['light', 'dark']) {
      const { url, stop } = await playground({
        examples,
        openServer: botApiServer,
        makeClock: virtualClock,
        first: { example: 'order', framework: 'grammy' },
      });
      const page = await browser.newPage({
        viewport: { width, height: 1000 },
        deviceScaleFactor,
        colorScheme,
        bypassCSP: true, // the page allows no style but its own
      });
      await page.goto(url);
      await page.addStyleTag({ content: style });
      await order(page, { width, last, name: `playground${suffix}-${colorScheme}` });
      await page.close();
      await stop();
    }
  await exampleParts(load, browser, blank, folder);
  await browser.close();

  /** Orders a phone, and writes the picture and the animation. */
  async function order(page, { width, last, name }) {
    const frames = [];
    const boxOf = (region) => page.getByRole('region', { name: region }).boundingBox();
    const { y: top } = await boxOf('Chat');
    const frame = async (ms) => {
      // The current question in the middle of its part.
      await page.evaluate(() => {
        const diagram = document.querySelector('#diagrams');
        const current = diagram.querySelector('.current')?.getBoundingClientRect();
        const { top, height } = diagram.getBoundingClientRect();
        if (current) diagram.scrollTop += current.top + current.height / 2 - (top + height / 2);
      });
      const { y, height } = await boxOf(last);
      const clip = { x: 0, y: top - 12, width, height: y + height - top + 24 };
      const png = await page.screenshot({ animations: 'disabled', caret: 'hide', clip });
      frames.push({ png, ms });
    };
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
    writeFileSync(join(folder, `${name}.png`), frames.at(-1).png);
    await says('Main street 1, Lisbon');
    await shows('Confirm this order?', 'confirm');
    writeFileSync(join(folder, `${name}.gif`), await animation(blank, frames));
  }
});
