/** Runs TypeScript of the workspace from its sources, so that nothing has to be built first. */

import { createServer } from 'vite';

const conditions = ['@telefsm/source', 'module', 'node', 'development|production'];

/**
 * Resolves with what `use` makes of a loader: `load('/test/stories/index.ts')` gives the exports of that module, by its path from the root.
 */
export async function withSources(use) {
  const vite = await createServer({
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    ssr: { resolve: { conditions }, noExternal: [/^@telefsm\//] },
  });
  try {
    return await use((path) => vite.ssrLoadModule(path));
  } finally {
    await vite.close();
  }
}
