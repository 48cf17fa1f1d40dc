/**
 * Prints what dependency-cruiser found: `depcruise … --output-type json | node scripts/cruised.mjs`.
 *
 * It fails if a source was skipped: without TypeScript's JavaScript API, dependency-cruiser skips them all and reports success.
 */

import { json } from 'node:stream/consumers';
import { projectFiles } from './lib/workspace.mjs';

const { modules, summary } = await json(process.stdin);
const problems = summary.violations.map(({ rule, from, to, cycle }) => {
  const path = cycle?.map(({ name }) => name).join(' → ') ?? to;
  return `${rule.name}: ${from}${path === from ? '' : ` → ${path}`}`;
});
const cruised = new Set(modules.map(({ source }) => source));
const sources = projectFiles(/^packages\/[^/]+\/src\/.+\.ts$/);
for (const path of sources) if (!cruised.has(path)) problems.push(`${path} was not checked.`);
if (sources.length === 0) problems.push('No sources were checked.');
for (const problem of problems) console.error(problem);
console.log(
  `${summary.totalCruised} modules and ${summary.totalDependenciesCruised} imports checked.`,
);
process.exitCode = problems.length > 0 ? 1 : 0;
