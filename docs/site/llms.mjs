/** The site for assistants: `llms.txt` lists the pages, `llms-full.txt` has the text of all. */

import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectFiles, read } from '../../scripts/lib/workspace.mjs';
import { builtFolder } from './folders.mjs';
import { summaryOf } from './package-pages.mjs';

/**
 * Writes both files into the built site.
 *
 * @param base - the path that the site is built for
 * @throws Error if there are no pages
 */
export function writeLists(base) {
  const pages = projectFiles(/^docs\/[\w-]+\.md$/).filter((path) => path !== 'docs/README.md');
  if (pages.length === 0) throw new Error('There are no pages to list.');
  const lines = pages.map((path) => {
    const { title, about } = summaryOf(path);
    return `- [${title}](${base}${basename(path, '.md')}.html)${about ? `: ${about}` : ''}`;
  });
  const head = `# telefsm\n\n> Conversations for Telegram bots that survive crashes, deploys and impatient users. For grammY and Telegraf, in TypeScript.`;
  const list = `${head}\n\n[All pages as one text](${base}llms-full.txt)\n\n## Pages\n\n${lines.join('\n')}\n`;
  writeFileSync(join(builtFolder, 'llms.txt'), list);
  const texts = ['README.md', ...pages].map((path) => `<!-- ${path} -->\n\n${read(path).trim()}\n`);
  writeFileSync(join(builtFolder, 'llms-full.txt'), texts.join('\n'));
}
