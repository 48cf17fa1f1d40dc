/**
 * The files that core is built into.
 *
 * Without a bundler, Node takes about as long to find and open a file as to compile it, so modules that are always used together are one file.
 * A bundle still takes only what a bot uses: everything of a file is used together, or it has no `import()` and is dropped statement by statement.
 */

import { join } from 'node:path';

/** The modules of a build, as the bundler shows them. */
interface Graph {
  getModuleInfo(id: string): {
    readonly importedIds: readonly string[];
    readonly dynamicImporters: readonly string[];
  } | null;
}

/** The layers of core, lowest first: a module belongs to the first whose roots need it. No layer imports one above it. */
const layers: readonly (readonly [name: string, ...roots: readonly string[]])[] = [
  // what the checks of options need, which are files of their own
  ['errors', 'base/area-errors', 'base/holds', 'base/shown'],
  [
    'common',
    'base/rules',
    'conversation/behavior',
    'conversation/text-rules',
    'record/record',
    'update/interrupt',
  ],
  ['machine', 'machine/machine'],
  [
    'engine',
    'engine/engine',
    'conversation/texts',
    'scene/check-data',
    'scene/no-answer',
    'scene/rows/buttons',
    'update/accepted-kinds',
    'update/input',
  ],
  ['question', 'scene/flow/choices', 'scene/flow/question', 'scene/flow/steps'],
  ['flow', 'scene/flow/builder'],
  ['scene', 'scene/node'],
  ['extras', 'conversation/format', 'conversation/help', 'storage/key-value-storage'],
  ['rest', 'index', 'adapter'],
  ['leases', 'storage', 'scene-kit'],
];

/** The entry points export what the layers have and have no code, so that nothing else is exported with it. */
const doors = ['index', 'adapter', 'scene-kit', 'storage', 'tools'];

/** Makes a function that names the file of a module of core; `null` for one with a file of its own. */
export function layerOf(src: string): (id: string, graph: Graph) => string | null {
  const names = new Map<string, string | null>();
  const isDoor = new Set(doors.map((door) => join(src, `${door}.ts`)));
  const add = (id: string, name: string, graph: Graph) => {
    if (names.has(id)) return;
    const info = graph.getModuleInfo(id);
    // what `import()` loads elsewhere stays apart, so that it is not loaded with the rest
    const isApart = info?.dynamicImporters.length !== 0;
    names.set(id, isApart || isDoor.has(id) ? null : name);
    for (const imported of info?.importedIds ?? []) add(imported, name, graph);
  };
  return (id, graph) => {
    if (names.size === 0) {
      for (const [name, ...roots] of layers)
        for (const root of roots) add(join(src, `${root}.ts`), name, graph);
    }
    return names.get(id) ?? null;
  };
}
