/** Takes the pictures of examples with views in the playground, and writes what their READMEs show beside them. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The actions of people in each picture, in order; a name before a colon is somebody in the group. */
const stories = {
  shop: [
    '/start',
    '[🍵 Tea]',
    '[»]',
    '[tea no. 7, 9 €]',
    '[+]',
    '[Add to cart]',
    '[« Menu]',
    '[🛒 Cart]',
  ],
  settings: ['/settings', '[○ Deutsch]', '[offers]', '[+]'],
  booking: ['/book', '[»]', '[12]', '[○ 11:00]'],
  'live-quiz': ['Anna: /quiz', 'Anna: [42]', 'Boris: [36]', 'Anna:'],
};

/**
 * @param load - loads TypeScript by its path from the root
 * @param folder - of the pictures
 */
export async function exampleParts(load, browser, blank, folder) {
  const pages = await load('/test/stories/view-pages.ts');
  for (const name of pages.viewExamples) {
    for (const colorScheme of ['light', 'dark']) {
      const png = await picture(load, browser, name, colorScheme);
      writeFileSync(join(folder, `example-${name}-${colorScheme}.webp`), await webp(blank, png));
    }
    pages.writeSection(name, pages.sectionOf(name, await pages.exploredExample(name, 'grammy')));
  }
}

async function picture(load, browser, name, colorScheme) {
  const { examples } = await load('/test/stories/index.ts');
  const { playground } = await load('/packages/devtools/src/index.ts');
  const { botApiServer, virtualClock } = await load('/packages/testing/src/index.ts');
  const { url, stop } = await playground({
    examples,
    openServer: botApiServer,
    makeClock: virtualClock,
    first: { example: name, framework: 'grammy' },
  });
  const page = await browser.newPage({ viewport: { width: 1180, height: 940 }, colorScheme });
  await page.goto(url);
  for (const line of stories[name]) {
    const [, user, what] = /^(?:(\w+): ?)?(.*)$/s.exec(line);
    const place = user === undefined ? '' : `?user=${user}&place=group`;
    if (user !== undefined) await page.goto(`${new URL(url).origin}/${place}`);
    if (what === '') continue;
    const calls = await page.locator('#calls li').count();
    const label = /^\[(.*)\]$/.exec(what)?.[1];
    if (label === undefined) {
      await page.getByRole('textbox', { name: 'Message' }).fill(what);
      await page.getByRole('button', { name: 'Send' }).click();
    } else await page.getByRole('button', { name: label, exact: true }).last().click();
    // a press is answered and shown by two calls, a message by one
    const more = calls + (label === undefined ? 1 : 2);
    await page.waitForFunction((n) => document.querySelectorAll('#calls li').length >= n, more);
  }
  await page.locator('#record').getByText('up to date').waitFor();
  await page.waitForFunction(() => {
    const { scrollHeight, scrollTop, clientHeight } = document.querySelector('[role="log"]');
    return scrollHeight - scrollTop - clientHeight < 2;
  });
  const { y, height } = await page.getByRole('region', { name: 'Chat' }).boundingBox();
  const clip = { x: 0, y: y - 12, width: 1180, height: height + 24 };
  const png = await page.screenshot({ animations: 'disabled', caret: 'hide', clip });
  await page.close();
  await stop();
  return png;
}

/** Encodes a screenshot as WebP, which is a third as large; the browser does it. */
async function webp(blank, png) {
  const url = await blank.evaluate(async (source) => {
    const response = await fetch(`data:image/png;base64,${source}`);
    const bitmap = await createImageBitmap(await response.blob());
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    canvas.getContext('2d').drawImage(bitmap, 0, 0);
    return canvas.toDataURL('image/webp', 0.9);
  }, png.toString('base64'));
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}
