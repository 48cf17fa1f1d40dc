/** A real browser for the tests of pages: Debian's Chromium, driven from outside. */

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
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
