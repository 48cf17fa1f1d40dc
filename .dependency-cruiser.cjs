/** What may import what. The layers of core are the list below; everything else follows from the packages' places. */

/** Core's layers from the bottom up: a file imports from its own layer and those before it. Every file belongs to one. */
const coreLayers = [
  { name: 'ground', files: ['type-tools', 'errors', 'clock'] },
  {
    // What updates, texts and records are made of.
    name: 'materials',
    files: [
      ...[
        'json',
        'schema',
        'raw-update',
        'subject',
        'key',
        'command',
        'input',
        'input-value',
        'say',
      ],
      ...['storage', 'memory-storage', 'deadline-index', 'key-value-storage'],
      ...['record', 'codec', 'recent'],
    ],
  },
  { name: 'states', files: ['states'] },
  {
    // What handlers and scenes see, and what authors write.
    name: 'conversations',
    files: ['context', 'turn', 'texts', 'behaviour', 'node', 'scene[^/]*', 'flow/.+'],
  },
  {
    // One unit of work on one conversation.
    name: 'turns',
    files: [
      ...['queue', 'turn-count', 'reentry', 'observers', 'hold', 'registry', 'policy'],
      ...['draft', 'state-context', 'branches', 'install', 'session-store', 'unit', 'engine'],
    ],
  },
  {
    name: 'machines',
    files: [
      'machine-options',
      'arrivals',
      'supergroup',
      'sweeper',
      'pipeline',
      'run',
      'updates',
      'conversation',
      'firing',
      'machine',
    ],
  },
  { name: 'door', files: ['index'] },
];

/** Packages that also run where there is no Node. */
const withoutNode = ['core', 'commands', 'grammy'];

const filesOf = (layers) => {
  const names = layers.flatMap(({ files }) => files).join('|');
  return `^packages/core/src/(${names})\\.ts$`;
};

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
    ...coreLayers.slice(0, -1).map(({ name }, at) => ({
      name: `core-layer-${name}-imports-only-downwards`,
      comment: `Core's layers: ${coreLayers.map((layer) => layer.name).join(' → ')}.`,
      severity: 'error',
      from: { path: filesOf([coreLayers[at]]) },
      to: { path: filesOf(coreLayers.slice(at + 1)) },
    })),
    {
      name: 'core-by-its-front-door',
      comment: 'Other packages import `@telefsm/core`, never a file inside it.',
      severity: 'error',
      from: { path: '^packages/(?!core/)[^/]+/src/' },
      to: { path: '^packages/core/src/', pathNot: '^packages/core/src/index\\.ts$' },
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
      name: 'core-file-without-a-layer',
      comment: 'Give the file a place in `coreLayers` of .dependency-cruiser.cjs.',
      severity: 'error',
      module: { path: '^packages/core/src/', pathNot: filesOf(coreLayers) },
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
