/**
 * Counts what one update costs, and what the types cost the compiler: storage calls, timers, microtasks, calls of the Bot API, type
 * instantiations. `npm run counts -- --update` writes the counts that are found, also lower ones, so that a reviewer sees them.
 */

import { flow, invalid, memoryStorage, scene, state, states } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { sharedLeases } from '@telefsm/core/storage';
// so that nothing is loaded while microtasks are counted
import '@telefsm/core/tools';
import ts from 'typescript';
import { expect, test } from 'vitest';

const Form = states('Form', { name: state(), age: state() });
const survey = flow('survey', { trigger: '/survey' })
  .ask('name', { prompt: 'Your name?' })
  .ask('age', { prompt: 'Your age?', validate: (text) => (text === '7' ? text : invalid('No.')) })
  .done(() => 'Thanks.');
const node = scene('node', {}).on({ enter: () => 'Go on.', handle: ({ again }) => again() });
const set = async ({ state: fsm }) => fsm.set(fsm.current === null ? Form.name : Form.age);
const change = async ({ state: fsm }) => {
  if (fsm.current === null) fsm.set(Form.name);
  else fsm.update({ n: 1 });
};
const once = async ({ state: fsm }) => fsm.current === null && fsm.set(Form.name);
const clear = async ({ state: fsm }) => (fsm.current === null ? fsm.set(Form.name) : fsm.clear());
const enter = async ({ state: fsm }) => fsm.enter(node, {});

/** Each case sends its texts as updates; the last one is counted. */
const cases = [
  ['a conversation begins', { handle: set }, ['a']],
  ['a state follows another', { handle: set }, ['a', 'b']],
  ['data changes', { handle: change }, ['a', 'b']],
  ['nothing changes in a state', { handle: once }, ['a', 'b']],
  ['nothing changes where nothing is kept', { handle: async () => {} }, ['a']],
  ['a conversation ends', { handle: clear }, ['a', 'b']],
  ['an update comes again', { handle: set }, ['a', 'again']],
  ['an update has no conversation', { handle: async () => {}, when: () => false }, ['a']],
  ['a node is entered', { scenes: [node], handle: enter }, ['a']],
  ['a node takes an answer and asks', { scenes: [node], handle: enter }, ['a', 'b']],
  ['a flow begins', { scenes: [survey] }, ['/survey']],
  ['a flow takes an answer and asks', { scenes: [survey] }, ['/survey', 'Ann']],
  ['a flow refuses an answer', { scenes: [survey] }, ['/survey', 'Ann', '8']],
  ['a flow ends', { scenes: [survey] }, ['/survey', 'Ann', '7']],
  ['a state follows another, on a server', { handle: set, isShared: true }, ['a', 'b']],
  ['nothing changes, on a server', { handle: async () => {}, isShared: true }, ['a', 'b']],
];

test('one update costs the reviewed number of storage calls, timers, microtasks and API calls', async () => {
  const costs = [];
  for (const [name, bot, texts] of cases) costs.push(`${name}: ${await countLast(bot, texts)}`);
  expect(costs).toMatchInlineSnapshot(`
    [
      "a conversation begins: 1 acquire, 1 commit, 2 microtasks, 1 timers",
      "a state follows another: 1 acquire, 1 commit, 2 microtasks",
      "data changes: 1 acquire, 1 commit, 2 microtasks",
      "nothing changes in a state: 1 acquire, 1 commit, 2 microtasks",
      "nothing changes where nothing is kept: 1 acquire, 4 microtasks, 1 release, 1 timers",
      "a conversation ends: 1 acquire, 1 commit, 2 microtasks",
      "an update comes again: 1 acquire, 5 microtasks, 1 release",
      "an update has no conversation: 2 microtasks",
      "a node is entered: 1 API calls, 1 acquire, 1 commit, 1 commit that keeps, 18 microtasks, 1 timers",
      "a node takes an answer and asks: 1 API calls, 1 acquire, 1 commit, 1 commit that keeps, 15 microtasks",
      "a flow begins: 1 API calls, 1 acquire, 1 commit, 1 commit that keeps, 20 microtasks, 1 timers",
      "a flow takes an answer and asks: 1 API calls, 1 acquire, 1 commit, 1 commit that keeps, 15 microtasks",
      "a flow refuses an answer: 1 API calls, 1 acquire, 1 commit, 17 microtasks",
      "a flow ends: 1 API calls, 1 acquire, 1 commit, 26 microtasks",
      "a state follows another, on a server: 1 acquire, 1 commit, 8 microtasks",
      "nothing changes, on a server: 1 acquire, 7 microtasks, 1 release",
    ]
  `);
});

test('many states and a flow of 80 steps cost the reviewed number of type instantiations', async () => {
  const head = `import { flow, fsm, FsmComposer, type FsmFlavor, inState, state, states } from '@telefsm/grammy';
    import { Bot, type Context } from 'grammy';
    export const used = [flow, fsm, FsmComposer, inState, state, states, Bot];
    export type Used = FsmFlavor<Context>;
    `;
  const repeat = (count, line) => Array.from({ length: count }, (_, at) => line(at)).join('\n');
  const big = (count) => `
    const Big = states('Big', {
      ${repeat(count, (n) => `s${n}: state<{ v${n}: number }>(),`)}
    });
    const bot = new Bot<FsmFlavor<Context, typeof Big>>('1:t');
    bot.use(fsm({ states: [Big] }));`;
  const move = (count, n) => {
    const next = (n + 1) % count;
    return `ctx.state.set(Big.s${next}, { v${next}: ctx.state.data.v${n} })`;
  };
  const branches = (count) => `${big(count)}
    const composer = new FsmComposer<FsmFlavor<Context, typeof Big>>();
    ${repeat(count, (n) => `composer.state(Big.s${n}).use((ctx) => ${move(count, n)});`)}
    bot.use(composer);`;
  const filters = (count) => `${big(count)}
    ${repeat(count, (n) => `bot.filter(inState(Big.s${n})).on('message:text', (ctx) => ${move(count, n)});`)}`;
  const bareFilters = (count) => `
    const bot = new Bot<Context>('1:t');
    ${repeat(count, (n) => `bot.filter((ctx): ctx is Context & { s${n}: 1 } => true).on('message:text', (ctx) => void ctx.s${n});`)}`;
  const longFlow = `
    export const long = flow('long')
      ${repeat(80, (n) => `.ask('q${n}', { prompt: 'Question ${n}?' })`)}
      .done((answers) => answers.q0 + answers.q79);`;
  const cost = (source, base = '') => instantiations(head + source) - instantiations(head + base);
  const found = {
    '120 branches by state': cost(branches(120)),
    '480 branches by state': cost(branches(480)),
    '120 filters by state, beside filters of a bare bot': cost(filters(120), bareFilters(120)),
    'a flow of 80 steps': cost(longFlow),
  };
  await expect(`${JSON.stringify(found, null, 2)}\n`).toMatchFileSnapshot('instantiations.json');
});

/** Sends one update of one user for each text, and counts the last one. */
async function countLast({ scenes = [], handle, when, isShared = false }, texts) {
  let calls = {};
  const note = (what) => {
    calls[what] = (calls[what] ?? 0) + 1;
  };
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    setTimeout() {
      note('timers');
      return {};
    },
    clearTimeout: () => {},
  };
  const memory = memoryStorage({ clock });
  const storage = counted(isShared ? onServer(memory) : memory, note);
  const machine = createMachine({
    states: [Form, ...scenes],
    storage,
    clock,
    ...(when && { when }),
  });
  const bot = { id: 1, username: 'counting_bot', call: async () => note('API calls') };
  for (const [at, text] of texts.entries()) {
    calls = {};
    const id = text === 'again' ? at : at + 1;
    await drained();
    let isDone = false;
    const handled = machine.handle(update(id, text), bot, handle).finally(() => {
      isDone = true;
    });
    handled.catch(() => {});
    while (!isDone) {
      note('microtasks');
      await null;
    }
    await handled;
  }
  return Object.entries(calls)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, times]) => `${times} ${what}`)
    .join(', ');
}

/** A storage that works as those on servers do: with leases, and with answers that come later. */
function onServer(storage) {
  return {
    ...storage,
    features: { ...storage.features, shared: true },
    coordination: sharedLeases,
    acquire: async (...request) => storage.acquire(...request),
    commit: async (...request) => storage.commit(...request),
    release: async (...request) => storage.release(...request),
  };
}

/** A storage that counts each call that would cross a network. */
function counted(storage, note) {
  return {
    ...storage,
    acquire(key, options) {
      note('acquire');
      return storage.acquire(key, options);
    },
    commit(key, holder, write, keep) {
      note(keep === undefined ? 'commit' : 'commit that keeps');
      return storage.commit(key, holder, write, keep);
    },
    renew(...request) {
      note('renew');
      return storage.renew(...request);
    },
    release(...request) {
      note('release');
      return storage.release(...request);
    },
    peek(key) {
      note('peek');
      return storage.peek(key);
    },
  };
}

function update(id, text) {
  const from = { id: 1, is_bot: false, first_name: 'Ann' };
  const command = /^\/\w+/.exec(text)?.[0];
  const entities = command && [{ type: 'bot_command', offset: 0, length: command.length }];
  const chat = { id: 1, type: 'private' };
  const message = { message_id: id, date: 0, chat, from, text, ...(entities && { entities }) };
  return { update_id: id, message };
}

/** Resolves when the queue of microtasks is empty. */
function drained() {
  return new Promise((go) => void setImmediate(go));
}

/** How many types the compiler instantiates for a module of this folder. */
function instantiations(source) {
  const name = new URL('counted.ts', import.meta.url).pathname;
  const options = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    customConditions: ['@telefsm/source'],
    allowImportingTsExtensions: true,
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => path === name || fileExists(path);
  host.readFile = (path) => (path === name ? source : readFile(path));
  host.getSourceFile = (path, ...how) =>
    path === name ? ts.createSourceFile(path, source, ...how) : getSourceFile(path, ...how);
  const program = ts.createProgram([name], options, host);
  const problems = ts.getPreEmitDiagnostics(program, program.getSourceFile(name));
  expect(ts.formatDiagnostics(problems, host)).toBe('');
  return program.getInstantiationCount();
}
