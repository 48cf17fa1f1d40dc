/** Builds every package, ESM and CommonJS with declarations; what to build is read from each package's `exports` and `bin`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type UserConfig } from 'tsdown';
import { layerOf } from './scripts/lib/layers.ts';

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly '@telefsm/source'?: string }>>;
  readonly imports?: object;
}

/** The packages that must also run in browsers and edge workers, where there is no Node. */
const withoutNode: readonly string[] = ['core', 'commands', 'grammy', 'storage-cloudflare'];

/** Leaves the code to the other build of a package. */
const declarationsOnly = {
  name: 'declarations-only',
  generateBundle(_: unknown, files: Record<string, unknown>): void {
    for (const name of Object.keys(files)) if (!/\.d\.c?ts$/.test(name)) delete files[name];
  },
};

const configs: UserConfig[] = readdirSync('packages').flatMap((name): UserConfig[] => {
  const manifest: Manifest = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'));
  const entry = entriesOf(name, manifest);
  const shared: UserConfig = {
    name,
    cwd: `packages/${name}`,
    entry,
    format: ['esm', 'cjs'],
    platform: withoutNode.includes(name) ? 'neutral' : 'node',
    target: 'es2022',
    fixedExtension: false,
    // The only third-party code in a build: a helper of the compiler (MIT) for tagged templates.
    deps: { onlyBundle: ['@oxc-project/runtime'] },
    // What is built is readable: the sources in their order. Maps would treble what users download.
    sourcemap: false,
    clean: true,
  };
  const code = (conditions: readonly string[], outDir: string): UserConfig => ({
    ...shared,
    outDir,
    dts: false,
    hash: false,
    inputOptions: {
      resolve: { conditionNames: [...conditions, 'import'] },
      // Else an import whose constants were inlined stays behind as a bare one, of which bundlers warn.
      optimization: { inlineConst: false },
    },
    outputOptions: {
      // The declarations have the doc comments; here, Node would read them at each start.
      comments: { jsdoc: false, annotation: true, legal: true },
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [
          {
            name: layerOf(
              name,
              Object.values(entry).map((path) => resolve('packages', name, path)),
            ),
          },
        ],
      },
    },
  });
  return [
    code([], 'dist'),
    // A whole build for the condition, rather than a file for each module that it chooses: Node would open them one by one.
    ...(manifest.imports ? [code(['production'], 'dist/production')] : []),
    // A declaration for each module, so that an editor shows where it is defined.
    {
      ...shared,
      unbundle: true,
      dts: { oxc: true, sourcemap: false, emitDtsOnly: true },
      plugins: [declarationsOnly],
    },
  ];
});
/**
 * `{ index: 'src/index.ts', cli: 'src/cli.ts' }` from the source condition of each exported subpath, and from each program.
 *
 * An entry whose source is not there yet is left out, so that the other packages build; the check of the packed packages
 * reports the missing file.
 */
function entriesOf(name: string, manifest: Manifest): Record<string, string> {
  const sources = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'object' && target['@telefsm/source'] ? [target['@telefsm/source']] : [],
  );
  const programs = Object.values(manifest.bin ?? {});
  sources.push(...programs.map((path) => path.replace(/dist\/(.+)\.js$/, 'src/$1.ts')));
  const present = sources.filter((path) => existsSync(`packages/${name}/${path}`));
  return Object.fromEntries(
    present.map((path) => [path.replace(/^\.\/|^src\/|\.ts$/g, '').replace('src/', ''), path]),
  );
}

export default defineConfig(configs);
