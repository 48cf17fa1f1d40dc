import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { scene, state, states } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { order } from '../../../examples/order/order.ts';
import { bundle, type Program } from '../../../test/servers/processes.ts';
import { sqliteStorage } from '../../storage-sqlite/src/index.ts';
import { move } from '../src/conversations/operator.ts';

let program: Program;
let module: Program;
let folder: string;

beforeAll(async () => {
  const drivers = new URL('../../storage-sqlite/node_modules/.cache/', import.meta.url).pathname;
  [program, module] = await Promise.all([
    bundle(new URL('../src/cli.ts', import.meta.url)),
    // beside the driver of SQLite, which it finds there
    bundle(new URL('./cli-machine.ts', import.meta.url), `${drivers}cli-machine-${randomUUID()}`),
  ]);
  folder = await mkdtemp(join(tmpdir(), 'telefsm-cli-'));
  const url = pathToFileURL(module.path).href;
  await writeFile(join(folder, 'telefsm.config.mjs'), `export { machine } from '${url}';\n`);
  await writeFile(join(folder, 'storage.mjs'), `export { storage } from '${url}';\n`);
});
afterAll(async () => {
  await Promise.all([program.remove(), module.remove(), rm(folder, { recursive: true })]);
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function telefsm(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, NODE_PATH: '', ...env } };
    execFile(process.execPath, [program.path, ...args], options, (error, out, err) => {
      resolve({ code: Number(error?.code ?? 0), out, err });
    });
  });
}

const Form = states('Form', { name: state(), years: state(), gone: state() });

/** A file with a conversation for each user, in the state given. */
async function fileWith(
  name: string,
  talks: Readonly<Record<number, keyof typeof Form | 'order'>>,
): Promise<string> {
  const file = join(folder, name);
  const storage = sqliteStorage(file);
  const machine = createMachine({ states: [Form, order], storage });
  machine.connect({ id: 1, call: async () => ({ message_id: 1 }) });
  for (const [user, where] of Object.entries(talks)) {
    await machine.at({ bot: 1, user: Number(user) }).run((turn) => {
      if (where === 'order') turn.state.enter(order, { product: 'phone', quantity: 2 });
      else turn.state.set(Form[where as 'name'], { user: Number(user) });
    });
  }
  await machine.stop();
  await storage.close?.();
  return file;
}

const key = (user: number) => `telefsm:b1:c${user}:u${user}`;

describe('telefsm diagram', () => {
  it('writes Mermaid, or the graph as JSON', async () => {
    const { out, code } = await telefsm(['diagram', 'order', '--direction', 'LR']);
    expect(code).toBe(0);
    expect(out).toMatch(/^stateDiagram-v2\n {2}direction LR\n/);
    expect(out).toContain('s_order_product --> s_order_quantity');
    const json = JSON.parse((await telefsm(['diagram', '--json'])).out);
    expect(json.groups.map(({ id }: { id: string }) => id)).toEqual(['order', 'Form']);
  });

  it('writes a file', async () => {
    const out = join(folder, 'machine.mmd');
    expect(await telefsm(['diagram', '--out', out])).toEqual({ code: 0, out: '', err: '' });
    expect(await readFile(out, 'utf8')).toMatch(/^stateDiagram-v2/);
  });
});

describe('stored text', () => {
  const bad = '\u001b[2J\u0007\u007f\u009b31m\u202eevil\u2066\u2028\u200f\nforged line';

  it('never commands the terminal', async () => {
    const file = await fileWith('evil.db', { 1: 'name' });
    const storage = sqliteStorage(file);
    const machine = createMachine({ states: [Form], storage });
    machine.connect({ id: 1, call: async () => ({ message_id: 1 }) });
    await machine.at({ bot: 1, user: 1 }).run(({ state }) => state.set(Form.name, { said: bad }));
    await machine.stop();
    await storage.close?.();
    const env = { TELEFSM_TEST_FILE: file };
    for (const args of [
      ['show', key(1)],
      ['show', key(1), '--json'],
      ['show', `${key(1)}${bad}`],
      ['list', bad],
      ['clear', `${key(1)}${bad}`, '--yes'],
      ['move', key(1), bad, '--yes'],
      [bad],
    ]) {
      const { out, err } = await telefsm(args, env);
      expect(`${out}${err}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u200f\u2028\u202e\u2066]/u);
    }
    const { out } = await telefsm(['show', key(1), '--json'], env);
    expect(JSON.parse(out).snapshot.data).toMatchObject({ said: bad });
    expect(out).toContain('\\u202eevil');
  });
});

describe('telefsm check', () => {
  it('is content where every stored state is known by its present or a former name', async () => {
    const file = await fileWith('known.db', { 1: 'name', 2: 'years', 3: 'order' });
    const { code, out } = await telefsm(['check'], { TELEFSM_TEST_FILE: file });
    expect(out).toBe('0 errors, 0 warnings; checked 3 stored conversations.\n');
    expect(code).toBe(0);
  });

  it('fails before a deploy that would strand conversations, and names some', async () => {
    const file = await fileWith('gone.db', { 1: 'gone', 2: 'gone', 3: 'name' });
    const { code, out } = await telefsm(['check'], { TELEFSM_TEST_FILE: file });
    expect(code).toBe(1);
    expect(out).toBe(
      [
        'error STORED_STATE_UNKNOWN Form:gone',
        "  2 conversations are in 'Form:gone', which the code does not have: they will be treated as `unknownState` says. If the state was renamed, name its former id in `was`; else migrate or clear them first.",
        `  Such as: ${key(1)}, ${key(2)}`,
        '1 error, 0 warnings; checked 3 stored conversations.',
        '',
      ].join('\n'),
    );
    const json = JSON.parse((await telefsm(['check', '--json'], { TELEFSM_TEST_FILE: file })).out);
    expect(json).toMatchObject({ errors: 1, looked: 3, faults: [{ conversations: 2 }] });
    expect((await telefsm(['check', '--graph-only'], { TELEFSM_TEST_FILE: file })).code).toBe(0);
  });

  it('shows how far it is, apart from the result', async () => {
    const { out, err } = await telefsm(['check', '--progress'], { TELEFSM_TEST_COUNT: '1200' });
    expect(err).toContain('1 conversations …');
    expect(out).toBe('0 errors, 0 warnings; checked 1,200 stored conversations.\n');
  });
});

describe('the conversations of several bots', () => {
  const here = { TELEFSM_TEST_BOTS: '5 6' };

  it('are checked and listed together, and the last line names the bots', async () => {
    const checked = await telefsm(['check'], here);
    expect(checked.out).toMatch(
      /checked 6 stored conversations\.\nThey belong to 2 bots: 5, 6\. Check one with --bot ID\.\n$/,
    );
    expect(JSON.parse((await telefsm(['check', '--json'], here)).out).bots).toEqual([5, 6]);
    expect((await telefsm(['list', '--all'], here)).out.match(/^telefsm:b[56]:/gm)).toHaveLength(6);
  });

  it('are those of one bot with --bot, or with `bot` in the configuration', async () => {
    const checked = await telefsm(['check', '--bot', '5'], here);
    expect(checked.out).toMatch(/checked 3 stored conversations\.\n$/);
    const keys = /^(telefsm:b6:\S+ .*\n){3}$/;
    expect((await telefsm(['list', '--bot', '6'], here)).out).toMatch(keys);
    await writeFile(
      join(folder, 'bot.mjs'),
      `export { machine } from '${pathToFileURL(module.path).href}';\nexport const bot = 6;\n`,
    );
    expect((await telefsm(['list', '--config', 'bot.mjs'], here)).out).toMatch(keys);
    // an object under that name is the bot itself
    await writeFile(
      join(folder, 'object.mjs'),
      `export { machine } from '${pathToFileURL(module.path).href}';\nexport const bot = { botInfo: { id: 6 } };\n`,
    );
    const both = await telefsm(['list', '--all', '--config', 'object.mjs'], here);
    expect(both.out.match(/^telefsm:b[56]:/gm)).toHaveLength(6);
  });

  it('cannot be chosen without a machine', async () => {
    const { code, err } = await telefsm(['list', '--bot', '5', '--config', 'storage.mjs']);
    expect(code).toBe(2);
    expect(err).toMatch(/needs a machine/);
  });
});

describe('telefsm list', () => {
  it('lists a page and says how to continue', async () => {
    const first = await telefsm(['list', '--limit', '2']);
    expect(first.out).toBe(`${key(1)}  Form:name\n${key(2)}  Form:name\n`);
    expect(first.err).toBe(
      `There are more. Continue with --after '${key(2)}', or list all with --all.\n`,
    );
    const second = await telefsm(['list', '--after', key(2)]);
    expect(second).toEqual({ code: 0, out: `${key(3)}  Form:name\n`, err: '' });
  });

  it('gives programs a line of JSON each, all of them if asked to', async () => {
    const { out } = await telefsm(['list', '--all', '--json'], { TELEFSM_TEST_COUNT: '1500' });
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(1500);
    expect(JSON.parse(lines[0] as string)).toEqual({ key: key(1000), state: 'Form:name' });
  });

  it('finds by text and by state', async () => {
    const file = await fileWith('found.db', { 11: 'name', 12: 'order', 21: 'name' });
    const env = { TELEFSM_TEST_FILE: file };
    expect((await telefsm(['list', 'c1'], env)).out).toMatch(/c11.*\n.*c12.*\n$/);
    expect((await telefsm(['list', '--state', 'order:address'], env)).out).toMatch(
      /^telefsm:b1:c12:u12 {2}order:address {2}due in/,
    );
  });

  it('reports that there are none', async () => {
    const { code, out, err } = await telefsm(['list'], { TELEFSM_TEST_COUNT: '0' });
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: 'No conversation found.\n' });
  });
});

describe('telefsm show', () => {
  it('shows one conversation', async () => {
    const { out, code } = await telefsm(['show', key(2)]);
    expect(code).toBe(0);
    expect(out).toContain(`key       ${key(2)}\nstate     Form:name\n`);
    expect(out).toContain('"user": 2');
    const json = JSON.parse((await telefsm(['show', key(2), '--json'])).out);
    expect(json).toMatchObject({ snapshot: { current: 'Form:name', data: { user: 2 } } });
  });

  it('shows the record where only a storage is configured', async () => {
    const { out } = await telefsm(['show', key(2), '--config', 'storage.mjs']);
    expect(out).toContain('record    {"v":1');
  });

  it('fails for an unknown conversation', async () => {
    const { code, err } = await telefsm(['show', key(9)]);
    expect({ code, err }).toEqual({
      code: 2,
      err: `Nothing is stored at "${key(9)}". \`telefsm list\` shows the keys.\n`,
    });
  });
});

describe('telefsm clear and move', () => {
  it('change nothing unless they may', async () => {
    const file = await fileWith('asked.db', { 1: 'name' });
    const env = { TELEFSM_TEST_FILE: file };
    const { code, err } = await telefsm(['clear', key(1)], env);
    expect(code).toBe(2);
    expect(err).toBe(
      `Delete '${key(1)}'? Nobody can answer, because no terminal is attached. Pass --yes.\n`,
    );
    expect((await telefsm(['show', key(1)], env)).code).toBe(0);
  });

  it.each(['telefsm.config.mjs', 'storage.mjs'])(
    'delete a conversation, with %s',
    async (config) => {
      const file = await fileWith(`clear-${config}.db`, { 1: 'name', 2: 'name' });
      const env = { TELEFSM_TEST_FILE: file };
      const { code, out } = await telefsm(
        ['clear', key(1), key(7), '--yes', '--config', config],
        env,
      );
      expect(out).toBe(`Deleted ${key(1)}\nNothing is stored at ${key(7)}\n`);
      expect(code).toBe(1);
      const { out: left } = await telefsm(['list', '--json', '--state', 'Form:name'], env);
      expect(left).toBe(`${JSON.stringify({ key: key(2), state: 'Form:name' })}\n`);
    },
  );

  it('move to a state, into a flow, and back to a question of it', async () => {
    const file = await fileWith('move.db', { 1: 'name' });
    const env = { TELEFSM_TEST_FILE: file };
    const move = async (to: string) => (await telefsm(['move', key(1), to, '--yes'], env)).out;
    expect(await move('Form:age')).toBe(`Moved ${key(1)} from Form:name to Form:age\n`);
    expect(await move('order')).toBe(`Moved ${key(1)} from Form:age to order:product\n`);
  });

  it('move a flow back to an earlier question with the answers before it', async () => {
    const file = await fileWith('back.db', { 1: 'order' });
    const env = { TELEFSM_TEST_FILE: file };
    const { out } = await telefsm(['move', key(1), 'order:quantity', '--yes', '--json'], env);
    expect(JSON.parse(out)).toEqual({ key: key(1), from: 'order:address', to: 'order:quantity' });
    const { snapshot } = JSON.parse((await telefsm(['show', key(1), '--json'], env)).out);
    expect(snapshot.data).toEqual({ product: 'phone' });
  });

  it('reject places that do not exist', async () => {
    const { code, err } = await telefsm(['move', key(1), 'Form:nam', '--yes']);
    expect(code).toBe(2);
    expect(err).toContain("There is no state or scene 'Form:nam'. This machine has: order,");
  });

  it('name a node once, although it is a scene and a state', async () => {
    const menu = scene('menu').on({ handle: ({ stay }) => stay() });
    await expect(move(createMachine({ states: [menu] }), key(1), 'meny')).rejects.toThrow(
      /This machine has: menu\.$/,
    );
  });
});

describe('the command line', () => {
  it('explains itself', async () => {
    const { code, out } = await telefsm(['--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: telefsm COMMAND/);
    expect(out).toMatch(/^ {2}check +finds faults/m);
    expect((await telefsm([])).code).toBe(2);
  });

  it('explains each command, without a configuration', async () => {
    for (const args of [
      ['list', '--help'],
      ['help', 'list'],
      ['list', '--help', '--config', 'x'],
    ]) {
      const { code, out } = await telefsm(args);
      expect(code).toBe(0);
      expect(out).toMatch(/^Usage: telefsm list \[TEXT\] \[OPTIONS\]\n/);
      expect(out).toContain('--limit COUNT');
      expect(out).not.toContain('--strict');
    }
  });

  it.each<readonly [string[], string]>([
    [['lst'], 'Unknown command "lst". Did you mean "list"?'],
    [['forget'], 'Unknown command "forget". Known: diagram, check, list, show, clear, move.'],
    [['list', '--limt', '3'], 'Unknown option "--limt" for "list". Did you mean "--limit"?'],
    [
      ['show', 'x', '--strict'],
      'Unknown option "--strict" for "show". Known: --config, --json, --progress, --help.',
    ],
    [['--verbose'], 'Unknown option "--verbose". Known: --config, --json, --progress, --help.'],
    [['list', '-x'], 'Unknown option "-x" for "list".'],
    [['check', '--bot', 'me'], 'Invalid --bot "me". Use a whole number from 1.'],
    [['list', '--limit', 'x'], 'Invalid --limit "x". Use a whole number from 1.'],
    [['list', '--limit'], 'Option --limit needs a value: --limit COUNT.'],
    [['list', '--limit', '--all'], 'Option --limit needs a value: --limit COUNT.'],
    [['list', '--all=no'], 'Option --all has no value: found "no".'],
    [['diagram', '--direction', 'RL'], 'Invalid --direction "RL". Use TB or LR.'],
    [['diagram', 'ordr'], "There is no group 'ordr' in this machine. It has: order, Form."],
    [['diagram', 'order', '--json'], "--json prints the whole machine. Leave out 'order'"],
    [['check', 'now'], 'Unexpected argument "now". Usage: telefsm check'],
    [['show', 'a', 'b'], 'Unexpected argument "b". Usage: telefsm show KEY'],
    [['show'], 'Pass the key of a conversation.'],
  ])('rejects %j with what to do', async (args, sentence) => {
    const { code, err } = await telefsm(args);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(err).not.toContain('    at ');
  });

  it.each([
    ['machine', '{}', 'fsm() or createMachine()'],
    ['machine', 'Promise.resolve()', 'fsm() or createMachine()'],
    ['storage', 'null', 'redisStorage(client) or of another storage'],
  ])('explains what a %s is if %s was configured', async (name, value, made) => {
    await writeFile(join(folder, 'wrong.mjs'), `export const ${name} = ${value};\n`);
    const { code, err } = await telefsm(['list', '--config', 'wrong.mjs']);
    expect(code).toBe(2);
    expect(err).toContain(`wrong.mjs exports is not a ${name}. Export the result of ${made}.`);
    expect(err).not.toContain('    at ');
  });

  it('explains what to configure', async () => {
    const { code, err } = await telefsm(['list', '--config', 'other.mjs']);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^other\.mjs was not found in .+\. Create it with `export \{ machine \}`, or pass another file with --config\.\n$/,
    );
    // no version of Node loads this kind of TypeScript by itself
    const file = join(folder, 'machine.tsx');
    await writeFile(file, 'export const machine: unknown = {};');
    await writeFile(join(folder, 'typed.mjs'), `export { machine } from './machine.tsx';`);
    const typed = await telefsm(['diagram', '--config', 'typed.mjs']);
    expect(typed.code).toBe(2);
    expect(typed.err).toContain(`cannot load ${file}. Pass a loader of TypeScript: NODE_OPTIONS=`);
    const { err: unfit } = await telefsm(['diagram', '--config', 'storage.mjs']);
    expect(unfit).toBe(
      'This command needs a machine. Export `machine` from the configuration, not only `storage`.\n',
    );
  });
});
