/** Takes the pictures of the README in a real browser: an order in the playground, light and dark. `npm run picture`. */

import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { withSources } from '../../scripts/lib/sources.mjs';
import { root } from '../../scripts/lib/workspace.mjs';

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
  for (const colorScheme of ['light', 'dark']) {
    const { url, stop } = await playground({
      examples,
      openServer: botApiServer,
      makeClock: virtualClock,
      first: { example: 'order', framework: 'grammy' },
    });
    const viewport = { width: 1180, height: 760 };
    const page = await browser.newPage({ viewport, colorScheme });
    await page.goto(url);
    const sees = (text) => page.getByRole('log').getByText(text).last().waitFor();
    const says = async (text) => {
      await page.getByRole('textbox', { name: 'Message' }).fill(text);
      await page.getByRole('button', { name: 'Send' }).click();
    };
    await says('/order');
    await sees('What would you like to order?');
    await page.getByRole('button', { name: '📱 Phone', exact: true }).last().click();
    await sees('How many of the phone?');
    await says('2');
    await sees('Where should we deliver?');
    await page.locator('.diagram .current', { hasText: 'address' }).waitFor();
    await page.screenshot({
      path: join(folder, `playground-${colorScheme}.png`),
      animations: 'disabled',
      caret: 'hide',
    });
    await page.close();
    await stop();
  }
  await browser.close();
});
