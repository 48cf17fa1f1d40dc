/** A real browser for the tests of pages: Debian's Chromium, driven from outside. */

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ensureCommand } from '../../../test/servers/install.ts';

/** Opens Chromium; it is installed when it is missing. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
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
}

const artifacts = fileURLToPath(new URL('../../../test/artifacts/', import.meta.url));

/** Keeps a picture of the page for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(artifacts, { recursive: true });
  await page.screenshot({ path: `${artifacts}${name}.png`, fullPage: true });
}

/** What the accessibility checker finds wrong on a page, in words. */
export async function barriers(page: Page): Promise<readonly string[]> {
  // from outside the page: its own policy lets no foreign script in
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setBypassCSP', { enabled: true });
  await page.reload();
  await page.addScriptTag({ content: axe.source });
  const found = await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: typeof axe };
    return (await checker.run()).violations;
  });
  await session.send('Page.setBypassCSP', { enabled: false });
  return found.map(({ id, help, nodes }) => `${id}: ${help} (${nodes[0]?.html.slice(0, 120)})`);
}
