// Runs the demo from the sources: vite reads TypeScript, so nothing has to be built first.
import { createServer } from 'vite';

const conditions = ['@telefsm/source', 'module', 'node', 'development|production'];
const vite = await createServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  ssr: { resolve: { conditions }, noExternal: [/^@telefsm\//] },
});
try {
  const { main } = await vite.ssrLoadModule('/examples/demo/main.ts');
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await vite.close();
}
