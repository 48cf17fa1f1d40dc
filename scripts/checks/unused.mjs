/** Finds unused files, exports and dependencies with knip. */

import { finish } from '../lib/outcome.mjs';
import { run, tool } from '../lib/processes.mjs';
import { projectFiles } from '../lib/workspace.mjs';

const { status, output } = await run([...tool('knip'), '--no-progress', '--no-config-hints']);
const files = projectFiles(/\.(ts|mjs)$/).length;
finish(status === 0 ? [] : [output.trim()], `${files} files, their exports and dependencies`);
