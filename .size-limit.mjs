/** What a bot's bundle may weigh, gzipped. The goals are those of the design: 17, 20 and 29 kB; 14.5, 17.5 and 26 kB for production. */

const core = 'packages/core/dist';
const machine = { [`${core}/adapter.js`]: '{ createMachine }' };

/** What is loaded by `import()` later than the first update: bundlers that split code leave it out of the bundle that a bot starts with. */
const loadedLater = {
  name: 'loaded later',
  setup: (build) =>
    build.onResolve({ filter: /./ }, ({ kind }) =>
      kind === 'dynamic-import' ? { external: true } : undefined,
    ),
};

/** Adds to the configuration of esbuild. */
const bundledFor = (conditions) => (config) => ({
  ...config,
  ...conditions,
  plugins: [...(config.plugins ?? []), loadedLater],
});

/** A bot as it is bundled by default, and under the `production` condition. */
const bot = (name, imports, limit, productionLimit) => [
  {
    name,
    path: `${core}/index.js`,
    import: imports,
    gzip: true,
    limit,
    modifyEsbuildConfig: bundledFor({}),
  },
  {
    name: `${name}, production`,
    path: `${core}/index.js`,
    import: imports,
    gzip: true,
    limit: productionLimit,
    modifyEsbuildConfig: bundledFor({ conditions: ['production'] }),
  },
];

const adapter = (name) => ({
  name: `@telefsm/${name}`,
  path: `packages/${name}/dist/index.js`,
  import: '*',
  gzip: true,
  limit: '2 kB',
  // both frameworks bring debug themselves
  ignore: [name, '@telefsm/core', 'debug'],
});

export default [
  ...bot(
    'a bot with states',
    { ...machine, [`${core}/index.js`]: '{ state, states }' },
    '29.6 kB',
    '26 kB',
  ),
  ...bot(
    'a bot with a flow',
    { ...machine, [`${core}/index.js`]: '{ flow }' },
    '50.8 kB',
    '45.3 kB',
  ),
  {
    name: 'keyValueStorage alone',
    path: `${core}/index.js`,
    import: '{ keyValueStorage }',
    gzip: true,
    limit: '1 kB',
  },
  adapter('grammy'),
  adapter('telegraf'),
];
