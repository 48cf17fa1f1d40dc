/** The site for assistants: `llms.txt` lists the pages as `docs/README.md` does, `llms-full.txt` has the text of all. */

import { writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { projectFiles, publicPackages, read } from '../../scripts/lib/workspace.mjs';
import { builtFolder } from './folders.mjs';
import { summaryOf } from './package-pages.mjs';
import { placeOf } from './pages.mjs';

/**
 * Writes both files into the built site.
 *
 * @param base - the path that the site is built for
 * @throws Error if a page is not in the index of the documentation, or if the index has no groups
 */
export function writeLists(base) {
  const addressOf = (path) =>
    `${base}${placeOf(path)
      .replace(/(^|\/)index\.md$/, '$1')
      .replace(/\.md$/, '.html')}`;
  const groups = indexGroups();
  const listed = new Set(groups.flatMap(({ pages }) => pages.map(({ path }) => path)));
  const missing = projectFiles(/^docs\/(?!README)[\w-]+\.md$/).filter((path) => !listed.has(path));
  if (listed.size === 0 || missing.length > 0)
    throw new Error(`docs/README.md does not list ${missing.join(', ') || 'any page'}.`);
  const packages = publicPackages().map(({ dir, manifest }) => ({
    path: `${dir}/README.md`,
    title: manifest.name,
    about: manifest.description,
  }));
  const examples = projectFiles(/^examples\/[\w-]+\/README\.md$/).map((path) => ({
    path,
    ...summaryOf(path),
  }));
  const sections = [
    ...groups,
    { group: 'Packages', pages: packages },
    { group: 'Examples', pages: examples },
  ].map(({ group, pages }) => {
    const lines = pages.map(
      ({ path, title, about }) => `- [${title}](${addressOf(path)})${about ? `: ${about}` : ''}`,
    );
    return `## ${group}\n\n${lines.join('\n')}\n`;
  });
  const head = `# telefsm\n\n> Conversations for Telegram bots that survive crashes, deploys and impatient users. For grammY and Telegraf, in TypeScript.`;
  const list = `${head}\n\n[All pages as one text](${base}llms-full.txt)\n\n${sections.join('\n')}`;
  writeFileSync(join(builtFolder, 'llms.txt'), list);
  const whole = ['README.md', ...listed, ...packages.map(({ path }) => path)];
  const texts = whole.map((path) => `<!-- ${path} -->\n\n${readable(read(path))}\n`);
  writeFileSync(join(builtFolder, 'llms-full.txt'), texts.join('\n'));
}

/** The text of a page without pictures, and without the comments that programs look for. */
function readable(page) {
  return page
    .replace(/<picture>[\s\S]*?<\/picture>\n+|<!--[\s\S]*?-->\n+/g, '')
    .replace(/^!\[.*\n+/gm, '')
    .trim();
}

/** The groups of `docs/README.md`, each with its pages; what the index says of a page, or else its first paragraph. */
function indexGroups() {
  const groups = [];
  for (const line of read('docs/README.md').split('\n')) {
    const [, group] = /^\*\*(.+?)\*\*$/.exec(line) ?? [];
    if (group) groups.push({ group, pages: [] });
    if (!line.startsWith('* ')) continue;
    const [, said] = /^\* \[[^\]]+\]\([^)]+\): (.+)$/.exec(line) ?? [];
    for (const [, text, target] of line.matchAll(/\[([^\]]+)\]\(([^)#]+)\)/g)) {
      const path = posix.normalize(posix.join('docs', target));
      groups.at(-1).pages.push({ path, title: text, about: said ?? summaryOf(path).about });
    }
  }
  return groups;
}
