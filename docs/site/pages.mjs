/** The pages of the repository as pages of the site: other paths, other links, and a page for each file that one links to. */

import { cpSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, posix } from 'node:path';
import { projectFiles, publicPackages, read, root } from '../../scripts/lib/workspace.mjs';
import { pagesFolder } from './folders.mjs';
import { anchorOf } from './markdown.mjs';

/** Where a file of the repository stands on the site, for those that are pages in both. */
const standing = new Map(
  projectFiles(/\.md$/).flatMap((path) => {
    const place = placeOf(path);
    return place ? [[path, place]] : [];
  }),
);

/** Where a page of the repository stands on the site; `undefined` if it is no page there. */
export function placeOf(path) {
  if (path === 'README.md') return 'index.md';
  if (path === 'docs/README.md') return 'contents.md';
  if (path === 'examples/README.md') return 'examples/index.md';
  // The site has a page of that name: the threat model.
  if (path === 'SECURITY.md') return 'reporting.md';
  const [, project] = /^(ARCHITECTURE|CONTRIBUTING)\.md$/.exec(path) ?? [];
  if (project) return `${project.toLowerCase()}.md`;
  const [, page] = /^docs\/([\w-]+\.md)$/.exec(path) ?? [];
  const [, folder] = /^((?:examples|packages)\/[\w-]+)\/README\.md$/.exec(path) ?? [];
  return page ?? (folder && `${folder}.md`);
}

/**
 * Writes every page but those of the API reference.
 *
 * @param reference - what the sidebar shows of each package of the reference
 * @returns the sidebars, by the beginning of the addresses that have them
 * @throws Error for a link that leads nowhere
 */
export function writePages(reference) {
  const sources = new Set();
  for (const [path, place] of standing) {
    const text = withLinks(path, read(path), sources);
    if (path === 'README.md') write(place, homePage(text));
    else if (/^examples\/.+\//.test(path)) write(place, examplePage(text, dirname(path)));
    else write(place, text);
  }
  for (const path of sources) write(`source/${path}.md`, sourcePage(path));
  return sidebars(reference);
}

function write(place, text) {
  const path = join(pagesFolder, place);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A page's text whose links lead to pages of the site; what they need of the sources is noted. */
function withLinks(path, text, sources) {
  let fenced = false;
  const lines = text.split('\n').map((line) => {
    if (/^\s*```/.test(line)) fenced = !fenced;
    if (fenced) return line;
    return line.replace(/\]\((?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?\)/g, (_, target, anchor = '') => {
      let file = posix.normalize(posix.join(posix.dirname(path), target)).replace(/\/$/, '');
      const there = join(root, file);
      if (!existsSync(there)) throw new Error(`${path}: ${target} leads nowhere.`);
      if (standing.has(`${file}/README.md`)) file = `${file}/README.md`;
      const place = standing.get(file);
      if (!place) sources.add(file);
      return `](/${place ?? `source/${file}.md`}${anchor})`;
    });
  });
  return lines.join('\n');
}

/** The home page: the playground, then the bot and the numbers of the repository's README. */
function homePage(readme) {
  const [, title] = /^# (.+)\n/.exec(readme) ?? [];
  const [, bot, transcript] =
    /\n(```sh\n[\s\S]+?\n```\n\n```ts\n[\s\S]+?\n```)\n\n(```text transcript\n[\s\S]+?\n```)\n/.exec(
      readme,
    ) ?? [];
  const [, numbers] = /<!-- numbers.*-->\n([\s\S]+?)<!-- end of numbers -->/.exec(readme) ?? [];
  if (!title || !transcript || !numbers)
    throw new Error(
      'README.md begins with a title, an installation, a bot, its transcript and a list of numbers; the home page needs them all.',
    );
  const head = {
    layout: 'home',
    hero: {
      name: title,
      text: 'Conversations for Telegram bots',
      tagline: 'They survive crashes, deploys and impatient users. For grammY and Telegraf.',
      actions: [
        { theme: 'brand', text: 'Start with grammY', link: '/quick-start-grammy' },
        { theme: 'brand', text: 'Start with Telegraf', link: '/quick-start-telegraf' },
        { theme: 'alt', text: 'Tutorial', link: '/tutorial' },
      ],
    },
  };
  const ways =
    'Flows, states, scenes or nodes? [Choosing an API](/guide.md). Coming from [Telegraf scenes](/migrate-telegraf.md), ' +
    '[grammY session or conversations](/migrate-grammy.md), [aiogram](/migrate-aiogram.md). [All pages](/contents.md).';
  return [
    `---\n${JSON.stringify(head, null, 2)}\n---`,
    '## Try it\n\nThis bot runs in your browser. Answer it, go /back, or /cancel: the diagram shows each move.\n\n<Playground />',
    `## The whole bot\n\n<div class="beside">\n<div>\n\n${bot}\n\n${ways}\n\n</div>\n\n${transcript}\n\n</div>`,
    `## Why telefsm\n\n${numbers}`,
    sectionOf(readme, 'Guarantees'),
    sectionOf(readme, 'Packages'),
  ].join('\n\n');
}

/** A part of a page, from its heading to the next one, without the line about the license at the end of a README. */
function sectionOf(page, title) {
  const section = page.split(/^(?=## )/m).find((part) => part.startsWith(`## ${title}\n`));
  if (!section) throw new Error(`README.md has no section '${title}'; the home page shows it.`);
  return section.replace(/^MIT licensed\.$/m, '').trimEnd();
}

/** The page of an example: its README with its pictures, and its code below. */
function examplePage(readme, folder) {
  const text = readme.replace(/"\.\.\/\.\.\/(docs\/images\/([\w.-]+))"/g, (_, path, name) => {
    cpSync(join(root, path), join(pagesFolder, 'examples/images', name));
    return `"./images/${name}"`;
  });
  // some READMEs show the conversation themselves
  return `${text}\n${codeOf(folder, !text.includes('```text transcript\n'))}`;
}

/** The conversation of an example, where it has one that is not shown yet, and its code. */
function codeOf(folder, isToShow) {
  const files = projectFiles(new RegExp(`^${folder}/[\\w.-]+\\.(?:ts|mjs)$`));
  // The bot itself before what puts it on a framework, and that before its test.
  const rank = (path) =>
    ['grammy.ts', 'telegraf.ts', 'test.ts'].findIndex((end) => path.endsWith(end));
  files.sort((a, b) => rank(a) - rank(b));
  const tabs = files.map((path) => `${fence(path, ` [${posix.basename(path)}]`)}\n`);
  const script = `${folder}/script.txt`;
  const played =
    isToShow && existsSync(join(root, script)) ? `## The conversation\n\n${fence(script)}\n\n` : '';
  return `${played}## The code\n\n::: code-group\n\n${tabs.join('\n')}\n:::\n`;
}

/** A file as a block of code; a script as the conversation that it is. */
function fence(path, title = '') {
  const language = path.endsWith('script.txt') ? `text from ${path}` : extname(path).slice(1);
  return `\`\`\`${language}${title}\n${read(path).trimEnd()}\n\`\`\``;
}

/** A file that a page links to, or all files of a folder, as a page. */
function sourcePage(path) {
  const isFolder = statSync(join(root, path)).isDirectory();
  const code = isFolder
    ? projectFiles(new RegExp(`^${path}/[^/]+$`)).map(
        (file) => `## ${posix.basename(file)}\n\n${fence(file)}\n`,
      )
    : [`${fence(path)}\n`];
  return `---\nsearch: false\n---\n\n# ${posix.basename(path)}\n\n\`${path}\`\n\n${code.join('\n')}`;
}

/** One for the guides, and one for each package of the reference: all of them in all 400 pages would be most of the site. */
function sidebars(reference) {
  const entries = reference.map((own) => [
    own.link,
    reference.map((each) =>
      each === own ? { ...each, collapsed: false } : { text: each.text, link: each.link },
    ),
  ]);
  const plain = reference.map(({ text, link }) => ({ text, link }));
  return { '/': guideSidebar(plain), '/api/': plain, ...Object.fromEntries(entries) };
}

/** The groups of `docs/README.md`, then the packages and what is about the project itself. */
function guideSidebar(reference) {
  const groups = [];
  for (const line of read('docs/README.md').split('\n')) {
    const [, group] = /^\*\*(.+?)\*\*/.exec(line) ?? [];
    const [, text, target] = /^\* \[(.+?)\]\(([^)]+)\)/.exec(line) ?? [];
    if (group) groups.push({ text: group, collapsed: false, items: [] });
    const place = target && standing.get(posix.normalize(posix.join('docs', target)));
    if (!place) continue;
    if (place === 'recipes.md') groups.at(-1).items.push(...partsOf('docs/recipes.md', place));
    else groups.at(-1).items.push({ text, link: linkTo(place) });
  }
  const examples = [...standing.values()].filter((place) => /^examples\/(?!index)/.test(place));
  const packageItems = publicPackages().map(({ folder, manifest }) => ({
    text: manifest.name,
    link: `/packages/${folder}`,
  }));
  const byName = (places) =>
    places.map((place) => ({ text: posix.basename(place, '.md'), link: linkTo(place) }));
  return [
    ...groups,
    { text: 'Examples', collapsed: true, items: byName(examples) },
    { text: 'Packages', collapsed: true, items: packageItems },
    { text: 'API', collapsed: true, items: reference },
    {
      text: 'Project',
      collapsed: true,
      items: [
        { text: 'Architecture', link: '/architecture' },
        { text: 'Contributing', link: '/contributing' },
        { text: 'Reporting a vulnerability', link: '/reporting' },
      ],
    },
  ];
}

/** Each heading of a page but the last, `Next`, for a page that is many small ones. */
function partsOf(path, place) {
  return [...read(path).matchAll(/^## (?!Next$)(.+)$/gm)].map(([, title]) => ({
    text: title.replaceAll('`', ''),
    link: `${linkTo(place)}#${anchorOf(title)}`,
  }));
}

const linkTo = (place) => `/${place.replace(/(index)?\.md$/, '')}`;
