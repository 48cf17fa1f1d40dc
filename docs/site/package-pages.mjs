/** The pages that each package brings along, for assistants and for people without a network. */

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { projectFiles, publicPackages, read, root } from '../../scripts/lib/workspace.mjs';

/** Pages about one package; every other page is core's. */
const ownPages = {
  grammy: ['tutorial', 'quick-start-grammy', 'migrate-grammy'],
  telegraf: ['quick-start-telegraf', 'migrate-telegraf'],
  commands: ['guide-commands'],
  testing: ['guide-testing', 'storage-contract'],
  devtools: ['guide-devtools'],
};

/** The title of a page, and its first paragraph, which names the problem that the page solves. */
export function summaryOf(path) {
  const lines = read(path).split('\n');
  const title = lines.find((line) => line.startsWith('# '))?.slice(2) ?? basename(path, '.md');
  const text = lines.slice(lines.indexOf(`# ${title}`) + 1);
  const from = text.findIndex((line) => /^[A-Za-z`]/.test(line));
  const paragraph =
    from < 0
      ? ''
      : text
          .slice(from)
          .join('\n')
          .split(/\n\s*\n|\n(?=[|*#]|```)/)[0];
  return { title: plain(title), about: plain(paragraph.replaceAll('\n', ' ')).trim() };
}

/** The pages of a package, by their paths from the root; packages without pages of their own have none. */
function pagesOf(folder) {
  const named = new Map(
    Object.entries(ownPages).flatMap(([each, pages]) => pages.map((page) => [page, each])),
  );
  return projectFiles(/^docs\/[\w-]+\.md$/).filter(
    (path) => (named.get(basename(path, '.md')) ?? 'core') === folder && path !== 'docs/README.md',
  );
}

/**
 * Writes `docs` and `llms.txt` into every package. There is no `llms-full.txt`: a reader of a package has its files, and the same
 * text twice would double the size of core.
 */
export function writePackagePages() {
  const holder = new Map(
    publicPackages().flatMap(({ folder }) => pagesOf(folder).map((path) => [path, folder])),
  );
  for (const { folder, dir, manifest } of publicPackages()) {
    const target = join(root, dir, 'docs');
    rmSync(target, { recursive: true, force: true });
    const pages = pagesOf(folder);
    if (pages.length > 0) mkdirSync(target);
    for (const path of pages)
      writeFileSync(join(target, basename(path)), withLinks(path, folder, holder));
    writeFileSync(join(root, dir, 'llms.txt'), listOf(manifest, dir, pages));
  }
}

/** The description of a package, and its pages and recipes, each with its subject. */
function listOf(manifest, dir, pages) {
  const line = (path, shown) => {
    const { title, about } = summaryOf(path);
    return `- [${title}](${shown})${about ? `: ${about}` : ''}`;
  };
  const skills = projectFiles(new RegExp(`^${dir}/skills/.+\\.md$`));
  const parts = [
    `# ${manifest.name}`,
    `> ${manifest.description}`,
    'The README has the first example. `dist` has the types, with a comment on every export.',
    ...(pages.length > 0
      ? ['## Pages', pages.map((path) => line(path, `docs/${basename(path)}`)).join('\n')]
      : []),
    ...(skills.length > 0
      ? ['## Recipes', skills.map((path) => line(path, path.slice(dir.length + 1))).join('\n')]
      : []),
    ...(dir === 'packages/core'
      ? []
      : ['## More', '- [All guides](../core/llms.txt): they are in the package @telefsm/core.']),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** A page whose links lead to pages in the same package or beside it; a link to anything else becomes its text. */
function withLinks(path, folder, holder) {
  return read(path).replace(
    /\[([^\]]*)\]\((?![a-z]+:|#)([^)\s#]*)(#[^)\s]*)?\)/g,
    (whole, text, target, anchor = '') => {
      const file = join(dirname(path), target);
      const owner = holder.get(file);
      if (owner === folder) return whole;
      if (owner) return `[${text}](../../${owner}/docs/${basename(file)}${anchor})`;
      return existsSync(join(root, file)) ? text : whole;
    },
  );
}

const plain = (text) =>
  text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/\*\*([^*]+)\*\*/g, '$1');
