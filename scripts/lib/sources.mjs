/** Runs TypeScript of the workspace from its sources, so that nothing has to be built first. */

import { createServer } from 'vite';

const conditions = ['@telefsm/source', 'module', 'node', 'development|production'];

/**
 * Loads a module of the workspace and resolves with what `use` makes of its exports.
 *
 * @param path - from the root, with a slash in front
 */
export async function withSource(path, use) {
  const vite = await createServer({
    configFile: false,
    appType: 'custom',
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    ssr: { resolve: { conditions }, noExternal: [/^@telefsm\//] },
  });
  try {
    return await use(await vite.ssrLoadModule(path));
  } finally {
    await vite.close();
  }
}
