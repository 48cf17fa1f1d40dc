/**
 * The files that core and the adapters are built into.
 *
 * Without a bundler, Node takes about as long to find and open a file as to compile 20 kB of code. So all that the import of an
 * adapter loads of a package is one file, beside its entry points.
 * A bundle still takes only what a bot uses: bundlers drop the rest of a file statement by statement. esbuild with `splitting` also writes
 * a file for each `import()` of a dropped statement, which nothing loads.
 */

import { resolve } from 'node:path';

/** The modules of a build, as the bundler shows them. */
interface Graph {
  getModuleInfo(id: string): {
    readonly importedIds: readonly string[];
    readonly dynamicImporters: readonly string[];
  } | null;
}

type Layers = readonly (readonly [name: string, ...roots: readonly string[]])[];

/** The layers of a package, lowest first: a module belongs to the first whose roots need it. No layer imports one above it. */
const layers: Readonly<Record<string, Layers>> = {
  core: [
    ['machine', 'index', 'adapter'],
    ['leases', 'storage', 'scene-kit'],
  ],
  grammy: [['bot', 'index']],
  telegraf: [['bot', 'index']],
};

/**
 * Makes a function that names the file of a module; `null` for one with a file of its own.
 *
 * @param entries - the entry points, which export what the layers have and have no code, so that nothing else is exported with it
 */
export function layerOf(
  name: string,
  entries: readonly string[],
): (id: string, graph: Graph) => string | null {
  const names = new Map<string, string | null>();
  const isEntry = new Set(entries);
  const add = (id: string, layer: string, graph: Graph) => {
    if (names.has(id)) return;
    const info = graph.getModuleInfo(id);
    // what `import()` loads elsewhere stays apart, so that it is not loaded with the rest
    const isApart = info?.dynamicImporters.length !== 0;
    names.set(id, isApart || isEntry.has(id) ? null : layer);
    for (const imported of info?.importedIds ?? []) add(imported, layer, graph);
  };
  return (id, graph) => {
    if (names.size === 0) {
      for (const [layer, ...roots] of layers[name] ?? []) {
        for (const root of roots) add(resolve('packages', name, 'src', `${root}.ts`), layer, graph);
      }
    }
    return names.get(id) ?? null;
  };
}
