/** Prints an error and the effect of a misspelled option, as JSON. The `production` condition chooses the build, the argument how it is loaded. */

import { createRequire } from 'node:module';

const load =
  process.argv[2] === 'require' ? createRequire(import.meta.url) : (name) => import(name);
const { FsmError } = await load('@telefsm/core');
const { fsm, memoryStorage } = await load('@telefsm/grammy');

let option = 'accepted';
try {
  fsm({ states: [], storage: memoryStorage(), waitt: 1 });
} catch (error) {
  option = error.code;
}
const { code, details, message } = new FsmError('BUSY', { key: 'k' });
console.log(JSON.stringify({ code, details, message, option }));
