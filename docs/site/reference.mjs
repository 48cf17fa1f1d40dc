/** The API reference: one page for each export of each package, made by TypeDoc from the doc comments of the sources. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application, Comment, ReflectionKind } from 'typedoc';
import { publicPackages, root } from '../../scripts/lib/workspace.mjs';
import { pagesFolder } from './folders.mjs';

/** In the order in which readers meet them. */
const order = ['grammy', 'telegraf', 'core', 'commands', 'storage-', 'testing', 'devtools'];

const folder = join(pagesFolder, 'api');

/**
 * Writes the pages of the reference.
 *
 * @returns what the sidebar shows of each package: `{ text, link, items }`, its functions and classes
 * @throws Error when an entry of a package cannot be read
 */
export async function writeReference() {
  // A re-export of an adapter has its page at its origin: core is read first.
  const packages = publicPackages().sort(
    (a, b) => Number(b.folder === 'core') - Number(a.folder === 'core'),
  );
  const app = await Application.bootstrapWithPlugins({
    name: 'API',
    entryPoints: packages.map(({ dir }) => join(root, dir, 'src/index.ts')),
    tsconfig: join(root, 'tsconfig.test.json'),
    plugin: ['typedoc-plugin-markdown'],
    // The types are checked by `npm run types`.
    skipErrorChecking: true,
    logLevel: 'Warn',
    sort: ['alphabetical'],
    sortEntryPoints: false,
    readme: 'none',
    disableSources: true,
    router: 'member',
    entryFileName: 'index',
    hidePageHeader: true,
    pageTitleTemplates: { member: ({ kind, name }) => `${kind}: ${name}` },
    indexFormat: 'table',
    parametersFormat: 'table',
    sanitizeComments: true,
  });
  const project = await app.convert();
  if (project?.children?.length !== packages.length)
    throw new Error('TypeDoc could not read the entries of all packages.');
  for (const [at, { manifest }] of packages.entries()) {
    project.children[at].name = manifest.name;
    project.children[at].comment = new Comment([{ kind: 'text', text: manifest.description }]);
  }
  const rank = ({ name }) => order.findIndex((each) => name.startsWith(`@telefsm/${each}`));
  for (const { children } of [project, ...project.groups])
    children.sort((a, b) => rank(a) - rank(b));
  app.options.setValue('out', folder);
  await app.generateOutputs(project);
  for (const path of readdirSync(folder, { recursive: true }))
    if (path.endsWith('.md')) polish(join(folder, path));
  return project.children.map(({ name, children }) => ({
    text: name,
    link: `/api/${name}/`,
    items: children.flatMap(({ name: text, kind }) => {
      const pages = doing.get(kind);
      return pages ? [{ text, link: `/api/${name}/${pages}/${text}` }] : [];
    }),
  }));
}

/** The folders of what one calls; types are found from there, from the package's page, and by the search. */
const doing = new Map([
  [ReflectionKind.Function, 'functions'],
  [ReflectionKind.Class, 'classes'],
]);

/** Marks a page as one of the reference, and says in one line what a package exports again, and where the page stands. */
function polish(path) {
  const text = readFileSync(path, 'utf8').replace(
    /\n## References\n([\s\S]*)$/,
    (_, references) => {
      const links = [...references.matchAll(/Re-exports (\[.+?\]\(.+?\))/g)].map(
        ([, link]) => link,
      );
      return `\n## From @telefsm/core\n\n${links.join(' · ')}\n`;
    },
  );
  writeFileSync(path, `---\npageClass: api\n---\n\n${text}`);
}
