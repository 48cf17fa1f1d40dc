/**
 * Compares each package's public surface with its reviewed report in `api/`, and refuses exports without a doc comment.
 *
 * `npm run api -- --update` writes the reports.
 */

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { ensureBuilt } from '../lib/build.mjs';
import { finish } from '../lib/outcome.mjs';
import { entriesOf, projectFiles, publicPackages, read, root } from '../lib/workspace.mjs';

const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
const work = join(root, 'node_modules/.cache/telefsm/api');
const tsconfig = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023', 'DOM'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  },
};
const problems = [];

await ensureBuilt();
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
mkdirSync(join(root, 'api'), { recursive: true });
const surfaces = publicPackages().flatMap((each) =>
  entriesOf(each).map((entry) => ({
    name: entry === 'index' ? each.folder : `${each.folder}-${entry}`,
    module: each.manifest.name + (entry === 'index' ? '' : `/${entry}`),
    dir: each.dir,
    declarations: `${each.dir}/dist/${entry}.d.ts`,
  })),
);
const built = surfaces.filter(({ declarations }) => existsSync(join(root, declarations)));
for (const { module, declarations } of surfaces.filter((each) => !built.includes(each)))
  problems.push(`${module}: ${declarations} was not built.`);
// One program for all of them: reading the frameworks' declarations is what takes the time.
const compilerState = CompilerState.create(configFor(built[0]), {
  additionalEntryPoints: built.map(({ declarations }) => join(root, declarations)),
});
for (const surface of built) compare(surface);
const reports = surfaces.map(({ name }) => `api/${name}.api.md`);
for (const path of projectFiles(/^api\//))
  if (!reports.includes(path))
    problems.push(`${path} belongs to no entry of a package: delete it.`);
finish(problems, `${built.length} surfaces compared with their reports`);

function compare(surface) {
  const { name, module } = surface;
  const path = `api/${name}.api.md`;
  problems.push(...extract(surface).map((text) => `${module}: ${text}`));
  const found = normalised(read(`node_modules/.cache/telefsm/api/${name}.api.md`));
  for (const declaration of undocumented(found))
    problems.push(`${module}: no doc comment: ${declaration}`);
  if (values.update) writeFileSync(join(root, path), found);
  else if (!existsSync(join(root, path)))
    problems.push(`${path} is missing: review the surface and run \`npm run api -- --update\`.`);
  else problems.push(...difference(path, read(path), found));
}

/** Writes the report into the work folder and returns what is wrong with the surface. */
function extract(surface) {
  const wrong = [];
  Extractor.invoke(configFor(surface), {
    compilerState,
    localBuild: true,
    messageCallback(message) {
      message.handled = true;
      // A link to a function with several signatures leads to the first; that is what is meant.
      const ambiguous = /is ambiguous because/.test(message.text);
      if (message.logLevel === 'error' && !ambiguous)
        wrong.push(`${message.text} (${message.messageId})`);
    },
  });
  return wrong;
}

function configFor({ name, dir, declarations }) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, dir, 'package.json'),
    configObject: {
      projectFolder: join(root, dir),
      mainEntryPointFilePath: join(root, declarations),
      newlineKind: 'lf',
      compiler: { overrideTsconfig: tsconfig },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: work,
        reportTempFolder: work,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'none' } },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
        extractorMessageReporting: {
          default: { logLevel: 'none' },
          // A new one is a line of the report, so it is reviewed as the rest of the surface is.
          'ae-forgotten-export': { logLevel: 'warning', addToApiReportFile: true },
          'ae-unresolved-link': { logLevel: 'error', addToApiReportFile: false },
        },
      },
    },
  });
}

/** The declarations without a doc comment; of a function with several signatures one has to have it. */
function undocumented(report) {
  const declarations = [...report.matchAll(/^\/\/ @public(.*)\n(export \S+ \w+(?: \w+)?.*)$/gm)];
  const nameOf = (line) => /^export (?:declare |abstract )*\S+ (\w+)/.exec(line)?.[1];
  const isDocumented = ([, tags]) => !tags.includes('(undocumented)');
  const documented = new Set(declarations.filter(isDocumented).map(([, , line]) => nameOf(line)));
  // `export * as Names` takes its comment from the file, which the report does not show
  const isNames = (line) => line.startsWith('export namespace ');
  return declarations
    .map(([, , line]) => line)
    .filter((line) => !isNames(line) && !documented.has(nameOf(line)));
}

/** A report names the tool's warnings and its own instructions; only the surface is of interest. */
function normalised(report) {
  return (
    report
      .replace(/\r\n/g, '\n')
      .replace(/^.*Do not edit this file.*\n\n?/m, '')
      // lines of a bundle that move with every other change
      .replace(/(?<=dist\/[a-z-]+\.d\.ts):\d+:\d+/g, '')
  );
}

function difference(path, reviewed, found) {
  if (reviewed === found) return [];
  const before = new Set(reviewed.split('\n'));
  const after = new Set(found.split('\n'));
  const gone = [...before].filter((line) => !after.has(line)).map((line) => `  - ${line}`);
  const added = [...after].filter((line) => !before.has(line)).map((line) => `  + ${line}`);
  const lines = [...gone, ...added].slice(0, 40).join('\n') || '  (the order of the members)';
  return [`${path} differs: review it and run \`npm run api -- --update\`.\n${lines}`];
}
