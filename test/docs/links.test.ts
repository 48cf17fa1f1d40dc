import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileOf } from './pages.ts';

const root = new URL('../../', import.meta.url);
const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
});
const pages = listed.stdout
  .split('\n')
  .filter(
    (path) => path !== '' && !path.startsWith('.changeset/') && existsSync(new URL(path, root)),
  );

/** The anchors of a page, as code hosts make them of its headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = fileOf(page).matchAll(/^#+ (.+)$/gm);
  return new Set([...headings].map(([, title = '']) => anchorOf(title)));
}

function anchorOf(title: string): string {
  const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return plain.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
}

/** Links to files of the repository, without code. */
function linksIn(page: string): readonly string[] {
  const text = fileOf(page).replace(/^ *(`{3,})[\s\S]*?^ *\1 *$/gm, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

describe('the links of a page', () => {
  it.each(pages)('in %s lead somewhere', (page) => {
    const dead = linksIn(page).filter((target) => {
      const [path = '', anchor] = target.split('#', 2);
      const file = path === '' ? new URL(page, root) : new URL(path, new URL(page, root));
      if (!existsSync(file)) return true;
      const inside = file.pathname.slice(root.pathname.length);
      return anchor !== undefined && !anchorsOf(inside).has(anchor);
    });
    expect(dead).toEqual([]);
  });

  it('are looked at in the pages of the documentation', () => {
    expect(pages).toContain('docs/recipes.md');
    expect(linksIn('docs/README.md').length).toBeGreaterThan(20);
  });
});

describe('the index of the documentation', () => {
  it('names every page', () => {
    const named = new Set(linksIn('docs/README.md'));
    const own = pages.filter((path) => /^docs\/(?!README)[\w-]+\.md$/.test(path));
    expect(own.filter((path) => !named.has(path.slice('docs/'.length)))).toEqual([]);
  });
});
