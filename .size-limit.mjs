/** What a bot's bundle may weigh, gzipped. The goals are those of the design: 17, 20 and 29 kB; 14.5, 17.5 and 26 kB for production. */

/** What is loaded by `import()` later than the first update: bundlers that split code leave it out of the bundle that a bot starts with. */
const loadedLater = {
  name: 'loaded later',
  setup: (build) =>
    build.onResolve({ filter: /./ }, ({ kind }) =>
      kind === 'dynamic-import' ? { external: true } : undefined,
    ),
};

const bundled = (config) => ({ ...config, plugins: [...(config.plugins ?? []), loadedLater] });

/** A bot as it is bundled by default, and under the `production` condition. `more`: imports of other packages. */
const bot = (name, imports, [limit, productionLimit], more) => [
  ofBuild({ name, core: 'packages/core/dist', imports, limit, more }),
  ofBuild({
    name: `${name}, production`,
    core: 'packages/core/dist/production',
    imports,
    limit: productionLimit,
    more,
    conditions: ['production'],
  }),
];

const ofBuild = ({ name, core, imports, limit, more, conditions }) => ({
  name,
  path: `${core}/index.js`,
  import: {
    [`${core}/adapter.js`]: '{ createMachine }',
    [`${core}/index.js`]: `{ ${imports} }`,
    ...more,
  },
  gzip: true,
  limit,
  modifyEsbuildConfig: (config) =>
    bundled({ ...config, platform: 'node', ...(conditions && { conditions }) }),
});

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
  ...bot('a bot with states', 'state, states', ['30.4 kB', '26.7 kB']),
  ...bot('a bot with states on Redis', 'state, states', ['44.1 kB', '40.4 kB'], {
    'packages/storage-redis/dist/index.js': '{ redisStorage }',
  }),
  ...bot('a bot with a flow', 'flow', ['52.1 kB', '46 kB']),
  {
    name: 'keyValueStorage alone',
    path: 'packages/core/dist/index.js',
    import: '{ keyValueStorage }',
    gzip: true,
    limit: '1 kB',
  },
  adapter('grammy'),
  adapter('telegraf'),
];
