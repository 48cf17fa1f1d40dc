/**
 * Counts what one update costs where that is exact, and what the types cost the compiler: storage calls, timers, turns of the microtask
 * queue, calls of the Bot API, type instantiations. Time is never looked at. A count that differs from `scripts/counts.json` fails, also a
 * lower one: `npm run counts -- --update` writes what was found, and a reviewer sees it.
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../lib/build.mjs';
import { finish } from '../lib/outcome.mjs';
import { run, tool } from '../lib/processes.mjs';
import { readJson, root } from '../lib/workspace.mjs';

const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
const dataFile = 'scripts/counts.json';

await ensureBuilt();
const door = (name) => import(pathToFileURL(join(root, `packages/core/dist/${name}.js`)));
const core = { ...(await door('index')), ...(await door('adapter')) };
const found = { ...(await countUpdates(core)), ...(await countTypes()) };
if (values.update) writeFileSync(join(root, dataFile), `${JSON.stringify(found, null, 2)}\n`);
const expected = readJson(dataFile);
const problems = [...new Set([...Object.keys(expected), ...Object.keys(found)])]
  .filter((name) => JSON.stringify(found[name]) !== JSON.stringify(expected[name]))
  .map((name) => `${name}: ${shown(found[name])}; ${dataFile} has ${shown(expected[name])}.`);
finish(problems, `${Object.keys(found).length} cases counted`);

function shown(counts) {
  if (counts === undefined) return 'nothing';
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** What one update of each kind does. */
async function countUpdates({ createMachine, flow, invalid, memoryStorage, scene, state, states }) {
  const Form = states('Form', { name: state(), age: state() });
  const survey = flow('survey', { trigger: '/survey' })
    .ask('name', { prompt: 'Your name?' })
    .ask('age', { prompt: 'Your age?', validate: (text) => (text === '7' ? text : invalid('No.')) })
    .done(() => 'Thanks.');
  const node = scene('node', {}).on({ enter: () => 'Go on.', handle: ({ again }) => again() });
  const counts = {};

  /** A bot of one user; each line is an update, and the last one is counted. */
  async function count(name, { scenes = [], handle, when }, texts) {
    let calls = {};
    const note = (what) => {
      calls[what] = (calls[what] ?? 0) + 1;
    };
    const clock = {
      now: () => 0,
      setTimeout() {
        note('timers');
        return {};
      },
      clearTimeout: () => {},
    };
    const storage = counted(memoryStorage({ clock }), note);
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
    counts[name] = Object.fromEntries(Object.entries(calls).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  const set = async ({ state: fsm }) => fsm.set(fsm.current === null ? Form.name : Form.age);
  const change = async ({ state: fsm }) => {
    if (fsm.current === null) fsm.set(Form.name);
    else fsm.update({ n: 1 });
  };
  const once = async ({ state: fsm }) => fsm.current === null && fsm.set(Form.name);
  const clear = async ({ state: fsm }) => (fsm.current === null ? fsm.set(Form.name) : fsm.clear());
  const enter = async ({ state: fsm }) => fsm.enter(node, {});
  await count('a conversation begins', { handle: set }, ['a']);
  await count('a state follows another', { handle: set }, ['a', 'b']);
  await count('data changes', { handle: change }, ['a', 'b']);
  await count('nothing changes in a state', { handle: once }, ['a', 'b']);
  await count('nothing changes where nothing is kept', { handle: async () => {} }, ['a']);
  await count('a conversation ends', { handle: clear }, ['a', 'b']);
  await count('an update comes again', { handle: set }, ['a', 'again']);
  await count('an update has no conversation', { handle: async () => {}, when: () => false }, [
    'a',
  ]);
  await count('a node is entered', { scenes: [node], handle: enter }, ['a']);
  await count('a node takes an answer and asks', { scenes: [node], handle: enter }, ['a', 'b']);
  await count('a flow begins', { scenes: [survey] }, ['/survey']);
  await count('a flow takes an answer and asks', { scenes: [survey] }, ['/survey', 'Ann']);
  await count('a flow refuses an answer', { scenes: [survey] }, ['/survey', 'Ann', '8']);
  await count('a flow ends', { scenes: [survey] }, ['/survey', 'Ann', '7']);
  return counts;
}

/** A storage that tells of each call that a network would carry. */
function counted(storage, note) {
  return {
    ...storage,
    acquire(key, options) {
      note('acquire');
      const got = storage.acquire(key, options);
      if (!('commit' in got)) return got;
      return {
        record: got.record,
        commit(write, more) {
          note(more?.keep === undefined ? 'commit' : 'commit that keeps');
          return got.commit(write, more);
        },
        renew(ms) {
          note('renew');
          return got.renew(ms);
        },
        release() {
          note('release');
          return got.release();
        },
      };
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

/** Nothing of the update before is left in the queue of microtasks. */
function drained() {
  return new Promise((go) => void setImmediate(go));
}

/** Type instantiations over those of a file that only imports. Without filters of grammY's own, which cost more than the states. */
async function countTypes() {
  const folder = join(root, 'test/artifacts/counts');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const head = `import { flow, fsm, FsmComposer, type FsmFlavor, state, states } from '@telefsm/grammy';
import { Bot, type Context } from 'grammy';
export const used = [flow, fsm, FsmComposer, state, states, Bot];
export type Used = FsmFlavor<Context>;
`;
  const numbers = (count) => Array.from({ length: count }, (_, at) => at);
  const sources = {
    empty: head,
    '120 states': `${head}const Big = states('Big', {
${numbers(120)
  .map((n) => `  s${n}: state<{ v${n}: number }>(),`)
  .join('\n')}
});
const bot = new Bot<FsmFlavor<Context, typeof Big>>('1:t');
bot.use(fsm({ states: [Big] }));
const composer = new FsmComposer<FsmFlavor<Context, typeof Big>>();
${numbers(120)
  .map(
    (n) =>
      `composer.state(Big.s${n}).use((ctx) => ctx.state.set(Big.s${(n + 1) % 120}, { v${(n + 1) % 120}: ctx.state.data.v${n} }));`,
  )
  .join('\n')}
bot.use(composer);
`,
    'a flow of 80 steps': `${head}export const long = flow('long')
${numbers(80)
  .map((n) => `  .ask('q${n}', { prompt: 'Question ${n}?' })`)
  .join('\n')}
  .done((answers) => \`\${answers.q0} \${answers.q79}\`);
`,
  };
  const instantiations = {};
  for (const [name, source] of Object.entries(sources)) {
    const file = join(folder, `${name.replaceAll(' ', '-')}.ts`);
    writeFileSync(file, source);
    const flags = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--extendedDiagnostics',
    ];
    const target = ['--target', 'es2022', '--module', 'nodenext', '--types', 'node'];
    const { status, output } = await run([...tool('typescript', 'tsc'), ...flags, ...target, file]);
    if (status !== 0) throw new Error(`The types of ${name} do not hold.\n${output}`);
    instantiations[name] = Number(/^Instantiations:\s*(\d+)/m.exec(output)[1]);
  }
  const { empty, ...rest } = instantiations;
  return Object.fromEntries(
    Object.entries(rest).map(([name, total]) => [name, { 'type instantiations': total - empty }]),
  );
}
