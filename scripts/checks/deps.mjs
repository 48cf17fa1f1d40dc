/** Checks what imports what, types included, by the rules of `.dependency-cruiser.cjs`. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { finish } from '../lib/outcome.mjs';
import { run, tool } from '../lib/processes.mjs';
import { packages, projectFiles, root } from '../lib/workspace.mjs';

const folders = packages().map(({ dir }) => `${dir}/src`);
const command = [...tool('dependency-cruiser', 'depcruise'), ...folders];
const { output } = await run([...command, '--config', '.dependency-cruiser.cjs', '-T', 'json']);
const begin = output.indexOf('{');
if (begin < 0) {
  finish([output], 'dependency-cruiser gave no result');
} else {
  const { modules, summary } = JSON.parse(output.slice(begin));
  const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'));
  const rules = [...config.forbidden, ...config.required];
  const problems = summary.violations.map(({ rule, from, to, cycle }) => {
    const path = cycle?.map(({ name }) => name).join(' → ') ?? to;
    const why = rules.find(({ name }) => name === rule.name)?.comment ?? '';
    return `${rule.name}: ${from}${path === from ? '' : ` → ${path}`} ${why}`.trimEnd();
  });
  // Without TypeScript's JavaScript API the tool finds nothing, and calls that success.
  const cruised = new Set(modules.map(({ source }) => source));
  for (const path of projectFiles(/^packages\/[^/]+\/src\/.+\.ts$/))
    if (!cruised.has(path)) problems.push(`${path} was not looked at.`);
  if (cruised.size === 0) problems.push('No module was looked at.');
  finish(problems, `${summary.totalCruised} modules, ${summary.totalDependenciesCruised} imports`);
}
