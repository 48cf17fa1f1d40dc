/** What may import what. The layers of core are its folders; everything else follows from the packages' places. */

/** Core's layers from the bottom up, each a folder: a file imports from its own folder and from those before it. */
const coreLayers = [
  'base',
  'update',
  'storage',
  'record',
  'lease',
  'conversation',
  'state',
  'transaction',
  'engine',
  'scene',
  'machine',
  'session',
  'stage',
];

/** Packages that also run where there is no Node. */
const withoutNode = ['core', 'commands', 'grammy', 'storage-cloudflare'];

/** The files of `packages/core/src` that other packages may import. */
const doors = ['index', 'adapter', 'scene-kit', 'storage', 'tools'];
const doorFiles = `^packages/core/src/(${doors.join('|')})\\.ts$`;

const folders = (layers) => `^packages/core/src/(${layers.join('|')})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'core-imports-nothing-outside',
      comment: 'Core knows no framework, no storage and no Node built-in.',
      severity: 'error',
      from: { path: '^packages/core/src/' },
      to: { pathNot: '^packages/core/src/' },
    },
    {
      name: 'scenes-bring-the-engine',
      comment: 'A bot without scenes must not load the engine: the machine gets it from a scene.',
      severity: 'error',
      from: { path: '^packages/core/src/machine/' },
      to: { path: '^packages/core/src/engine/' },
    },
    {
      name: 'engine-calls-no-transaction',
      comment:
        'The transaction calls the engine, and the engine only what it is handed: an import back would be a cycle of calls.',
      severity: 'error',
      from: { path: '^packages/core/src/engine/' },
      to: { path: '^packages/core/src/transaction/', dependencyTypesNot: ['type-only'] },
    },
    ...coreLayers.map((layer, at) => ({
      name: `core-${layer}-imports-only-downwards`,
      comment: `Core's layers: ${coreLayers.join(' → ')} → index.`,
      severity: 'error',
      from: { path: folders([layer]) },
      to: { path: [folders(coreLayers.slice(at + 1)), '^packages/core/src/[^/]+$'] },
    })),
    {
      name: 'core-by-its-doors',
      comment: `Other packages import core by its doors, never a file inside it: ${doors.join(', ')}.`,
      severity: 'error',
      from: { path: '^packages/(?!core/)[^/]+/src/' },
      to: { path: '^packages/core/src/', pathNot: doorFiles },
    },
    {
      name: 'tools-only-for-tools',
      comment:
        'A bot that runs must not load `tools`: it imports at once all that core loads when it is needed.',
      severity: 'error',
      from: { path: '^packages/(?!core/|testing/|devtools/)[^/]+/src/' },
      to: { path: '^packages/core/src/tools\\.ts$' },
    },
    {
      name: 'packages-import-only-core',
      comment: 'Adapters, storages and tools know core and not each other.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/' },
      to: { path: '^packages/(?!core/)', pathNot: '^packages/$1/' },
    },
    {
      name: 'no-node-here',
      comment: `These packages also run in browsers and edge workers: ${withoutNode.join(', ')}.`,
      severity: 'error',
      from: { path: `^packages/(${withoutNode.join('|')})/src/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'source-imports-only-what-it-declares',
      comment: 'What a package imports stands among its dependencies or peers.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional'],
      },
    },
    {
      name: 'source-imports-no-test',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '(^|/)(test|examples|scripts)/' },
    },
  ],
  required: [
    {
      name: 'core-file-outside-a-layer',
      comment: 'Put the file into a folder of `coreLayers`; only the doors stand beside them.',
      severity: 'error',
      module: {
        path: '^packages/core/src/',
        pathNot: [folders(coreLayers), doorFiles],
      },
      to: { path: '^no file has this path$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules/\\.cache)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@telefsm/source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mts', '.mjs', '.js', '.cjs', '.d.ts'],
    },
  },
};
