// Runs a conversation in a process of its own, under plain node: `node plain-node.mjs hang|talk|ask …`, from the root of the workspace.
import { withSources } from '../../scripts/lib/sources.mjs';

const [name, ...args] = process.argv.slice(2);
const { scenarios } = await withSources((load) => load('/test/processes/plain-node.ts'));
await scenarios[name](...args);
