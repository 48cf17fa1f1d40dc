// Runs the demo from the sources: vite reads TypeScript, so nothing has to be built first.
import { runnerImport } from 'vite';

const conditions = ['@telefsm/source', 'module', 'node', 'development|production'];
const { module } = await runnerImport('./examples/demo/main.ts', {
  configFile: false,
  logLevel: 'error',
  resolve: { conditions },
  ssr: { resolve: { conditions }, noExternal: [/^@telefsm\//] },
});
try {
  await module.main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
