/** Bundles a bot. Arguments: the bundler, its folder of packages, the entry, the file to write; prints the warnings of the bundler. */

import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , bundler, tools, entry, out] = process.argv;
const require = createRequire(`${tools}/package.json`);
const load = async (name) => {
  const module = await import(pathToFileURL(require.resolve(name)).href);
  return module.default ?? module;
};
/** Optional parts of database clients, which a bot without them leaves out. */
const external = ['pg-native', 'cloudflare:sockets'];
// grammY's HTTP client tells an AbortSignal by the name of its class, so a bundler that renames classes is told not to.

const bundlers = {
  async 'esbuild (cjs)'() {
    await esbuild('cjs');
  },
  async 'esbuild (esm)'() {
    // CommonJS packages inside a bundle of ES modules need a `require`; esbuild's own documentation gives this banner.
    const js =
      "import { createRequire as make } from 'node:module'; const require = make(import.meta.url);";
    await esbuild('esm', { banner: { js } });
  },
  async webpack() {
    const webpack = require('webpack');
    const stats = await new Promise((resolve, reject) => {
      const output = { path: dirname(out), filename: basename(out) };
      const externals = Object.fromEntries(external.map((name) => [name, `commonjs ${name}`]));
      const ignoreWarnings = [/node_modules\/(?!@telefsm)/];
      const optimization = { minimize: false };
      const options = { entry, output, externals, ignoreWarnings, optimization };
      webpack({ mode: 'production', target: 'node20', ...options }, (error, result) =>
        error ? reject(error) : resolve(result),
      );
    });
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
    for (const { message } of warnings) console.log(`warning: ${message}`);
  },
  'Rollup (cjs)': rollup,
  'Rollup (esm)': rollup,
  async 'Vite SSR'() {
    const { build } = await load('vite');
    const output = { entryFileNames: basename(out), keepNames: true };
    await build({
      configFile: false,
      logLevel: 'warn',
      root: dirname(entry),
      ssr: { noExternal: true, external },
      build: { ssr: entry, outDir: dirname(out), rollupOptions: { output } },
    });
  },
  'ncc (cjs)': ncc,
  'ncc (esm)': ncc,
  async 'esbuild (worker)'() {
    await esbuild('esm', { platform: 'browser', conditions: ['workerd', 'worker'] });
  },
};

async function rollup() {
  const { rollup: start } = require('rollup');
  const commonjs = require('@rollup/plugin-commonjs');
  const json = require('@rollup/plugin-json');
  const resolve = require('@rollup/plugin-node-resolve');
  const plugins = [resolve({ preferBuiltins: true }), commonjs({ ignore: external }), json()];
  const ours = ({ id, message }) => {
    if (`${id}${message}`.includes('@telefsm')) console.log(`warning: ${message}`);
  };
  const built = await start({ input: entry, plugins, external: /^node:/, onwarn: ours });
  await built.write({
    file: out,
    format: out.endsWith('.cjs') ? 'cjs' : 'es',
    inlineDynamicImports: true,
  });
}

async function ncc() {
  const build = require('@vercel/ncc');
  const options = { externals: external, quiet: true, esm: !out.endsWith('.cjs') };
  const { code, assets } = await build(entry, options);
  const { mkdirSync, writeFileSync } = await import('node:fs');
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, code);
  for (const [name, { source }] of Object.entries(assets)) {
    mkdirSync(dirname(`${dirname(out)}/${name}`), { recursive: true });
    writeFileSync(`${dirname(out)}/${name}`, source);
  }
}

async function esbuild(format, more = {}) {
  const { build } = require('esbuild');
  const { warnings } = await build({
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    external,
    keepNames: true,
    logLevel: 'silent',
    ...more,
  });
  for (const { text } of warnings) console.log(`warning: ${text}`);
}

await bundlers[bundler]();
console.log('bundled');
process.exit(0);
