/**
 * Builds the documentation site from `docs/*.md`, the other pages of the repository and the doc comments of the sources.
 *
 * `npm run docs` builds it and follows every link. `-- --check` also looks at it in a real browser, `-- --serve` shows it on this
 * computer, `-- --base /telefsm/` builds it for an address that has a path.
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vitepress';
import { startVitest } from 'vitest/node';
import { builtFolder, pagesFolder, sidebarFile, siteFolder } from './folders.mjs';
import { followLinks } from './links.mjs';
import { writeLists } from './llms.mjs';
import { writePages } from './pages.mjs';
import { writeReference } from './reference.mjs';
import { serve } from './serve.mjs';

const { values } = parseArgs({
  options: {
    base: { type: 'string', default: '/' },
    check: { type: 'boolean', default: false },
    serve: { type: 'boolean', default: false },
  },
});
const began = performance.now();
rmSync(pagesFolder, { recursive: true, force: true });
mkdirSync(pagesFolder, { recursive: true });
const reference = await writeReference();
writeFileSync(sidebarFile, JSON.stringify(writePages(reference)));
await build(siteFolder, { base: values.base });
writeLists(values.base);

const { pages, links, problems } = followLinks(values.base);
for (const problem of problems) console.error(problem);
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `${pages} pages in ${seconds} s, ${links} links followed, ${problems.length} lead nowhere: ${relative(process.cwd(), builtFolder)}`,
);
if (problems.length > 0) process.exitCode = 1;
else if (values.check && !(await holdsInBrowser())) process.exitCode = 1;
if (values.serve) {
  const { url } = await serve({ base: values.base, port: 4173 });
  console.log(`${url} (ends with Ctrl+C)`);
} else if (!values.check) {
  console.log('See it with `npm run docs -- --serve`.');
}

/** Runs the tests of the built site in a browser, and tells whether all hold. */
async function holdsInBrowser() {
  process.env['DOCS_BASE'] = values.base;
  const vitest = await startVitest('test', [], {
    root: siteFolder,
    config: false,
    include: ['test/*.test.mjs'],
    watch: false,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  });
  await vitest.close();
  return (
    vitest.state.getCountOfFailedTests() === 0 && vitest.state.getUnhandledErrors().length === 0
  );
}
