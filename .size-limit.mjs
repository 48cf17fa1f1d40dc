/** What a bot's bundle may weigh, gzipped. The goals are those of the design: 17, 20 and 29 kB; 14.5, 17.5 and 26 kB for production. */

const core = 'packages/core/dist';
const machine = { [`${core}/adapter.js`]: '{ createMachine }' };

/**
 * Loaded by `import()` with the first `turn.stream`, question to other people, question that is asked in place, question for an e-mail address
 * and the like, text of more than one message, view that is shown again from outside, limit (429), group that becomes a supergroup, record of an older version or of unknown states, poll and vote, and user who reads that the bot is busy: bundlers that split code leave it out of the bundle
 * that a bot starts with.
 */
const loadedLater = {
  external: [
    '*/show-stream.js',
    '*/ask-elsewhere.js',
    '*/press-elsewhere.js',
    '*/long-text.js',
    '*/supergroup.js',
    '*/text-kinds.js',
    '*/made-questions.js',
    '*/question-rows.js',
    '*/press-row.js',
    '*/in-place.js',
    '*/renders.js',
    '*/limits.js',
    '*/say-busy.js',
    '*/migrate.js',
    '*/repair.js',
    '*/examine.js',
    '*/polls.js',
    '*/votes.js',
  ],
};

/** A bot as it is bundled by default, and under the `production` condition. */
const bot = (name, imports, limit, productionLimit) => [
  {
    name,
    path: `${core}/index.js`,
    import: imports,
    gzip: true,
    limit,
    modifyEsbuildConfig: (config) => ({ ...config, ...loadedLater }),
  },
  {
    name: `${name}, production`,
    path: `${core}/index.js`,
    import: imports,
    gzip: true,
    limit: productionLimit,
    modifyEsbuildConfig: (config) => ({ ...config, ...loadedLater, conditions: ['production'] }),
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
    '32 kB',
    '28.3 kB',
  ),
  ...bot(
    'a bot with a flow',
    { ...machine, [`${core}/index.js`]: '{ flow }' },
    '58.1 kB',
    '53.5 kB',
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
