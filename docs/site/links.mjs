/** Follows every link of the built site, anchors included; nothing may be loaded from elsewhere. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { builtFolder } from './folders.mjs';

/**
 * Follows what the pages link to and load.
 *
 * @param base - the path under which the site was built
 * @returns how much was looked at, and one text for each link that leads nowhere and each thing that comes from elsewhere
 */
export function followLinks(base) {
  const paths = readdirSync(builtFolder, { recursive: true }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  const files = new Set(paths);
  const pages = new Map(
    paths
      .filter((path) => path.endsWith('.html'))
      .map((path) => [path, readPage(join(builtFolder, path))]),
  );
  const problems = [];
  let links = 0;
  for (const [page, { hrefs, loaded }] of pages) {
    for (const address of loaded)
      if (/^(?:[a-z]+:)?\/\//.test(address)) problems.push(`${page} loads ${address}`);
    for (const href of hrefs) {
      if (/^[a-z]+:/.test(href)) continue;
      links += 1;
      const here = new URL(`${base}${page}`, 'http://site');
      const { pathname, hash } = new URL(href, here);
      const path = decodeURIComponent(pathname)
        .slice(base.length)
        .replace(/(^|\/)$/, '$1index.html');
      const id = decodeURIComponent(hash.slice(1));
      if (!pathname.startsWith(base) || !files.has(path)) problems.push(`${page}: no page ${href}`);
      else if (id && pages.get(path)?.ids.has(id) === false)
        problems.push(`${page}: no place ${href}`);
    }
  }
  const styles = paths.filter((path) => path.endsWith('.css'));
  for (const path of styles)
    if (/url\(["']?(?:https?:)?\/\//.test(readFileSync(join(builtFolder, path), 'utf8')))
      problems.push(`${path} loads from elsewhere`);
  if (links === 0)
    problems.push(`No link was found below ${relative(process.cwd(), builtFolder)}.`);
  return { pages: pages.size, links, problems: [...new Set(problems)] };
}

function readPage(path) {
  const html = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const all = (pattern) =>
    [...html.matchAll(pattern)].map(([, value]) => value.replaceAll('&amp;', '&'));
  return {
    hrefs: all(/<a\b[^>]*?\shref="([^"]*)"/g),
    loaded: [
      ...all(/<link\b[^>]*?\shref="([^"]*)"/g),
      ...all(/<(?:script|img|iframe)\b[^>]*?\ssrc="([^"]*)"/g),
    ],
    ids: new Set(all(/\sid="([^"]*)"/g)),
  };
}
