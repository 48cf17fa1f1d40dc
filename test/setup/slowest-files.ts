/** Prints the ten slowest test files, so that a file that grows is noticed. */

import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** A reporter that adds one line to the end of a run. */
export class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules
      .map((module) => {
        const { duration, collectDuration } = module.diagnostic();
        return { path: relative('', module.moduleId), ms: duration + collectDuration };
      })
      .sort((a, b) => b.ms - a.ms)
      .slice(0, 10);
    if (modules.length <= files.length) return;
    console.log(
      `\nSlowest files: ${files.map(({ path, ms }) => `${path} ${seconds(ms)}`).join(', ')}`,
    );
  }
}
