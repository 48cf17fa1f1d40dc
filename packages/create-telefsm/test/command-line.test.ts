import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../src/run.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'create-telefsm-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

/** Runs the command without a terminal, or with one whose user presses `keys`, each once it is asked for. */
async function create(args: readonly string[], keys?: readonly string[], agent = 'npm/11.0.0') {
  const input = new PassThrough();
  const output = new PassThrough();
  let printed = '';
  const left = [...(keys ?? [])];
  let asked = 0;
  output.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    // Each prompt ends with a question mark, and is drawn once more for every key.
    const questions = new Set(printed.match(/(?:Which|Where)[^?]+\?/g));
    if (questions.size > asked && left.length > 0) {
      asked = questions.size;
      // A prompt listens once it has been drawn.
      setImmediate(() => input.write(left.shift()));
    }
  });
  const code = await run(args, { cwd, input, output, isTerminal: keys !== undefined, agent });
  return { code, printed };
}
const manifest = (folder: string) =>
  JSON.parse(readFileSync(join(cwd, folder, 'package.json'), 'utf8'));

describe('create-telefsm without a terminal', () => {
  it('uses the first choice of each omitted option', async () => {
    const { code, printed } = await create(['my-bot']);
    expect(code).toBe(0);
    expect(Object.keys(manifest('my-bot').dependencies)).toEqual(['@telefsm/grammy', 'grammy']);
    expect(readdirSync(join(cwd, 'my-bot', 'src')).sort()).toEqual([
      'bot.ts',
      'main.ts',
      'storage.ts',
    ]);
    expect(printed).toContain('cd my-bot\n  npm install\n  npm test\n  npm run dev');
  });

  it('uses the choices of the flags', async () => {
    await create(['b', '--framework=telegraf', '--storage=redis', '--language=js']);
    const { dependencies, devDependencies, scripts } = manifest('b');
    expect(Object.keys(dependencies)).toEqual([
      '@telefsm/storage-redis',
      '@telefsm/telegraf',
      'ioredis',
      'telegraf',
    ]);
    expect(Object.keys(devDependencies)).not.toContain('tsx');
    expect(scripts.start).toBe('node --env-file-if-exists=.env src/main.js');
    expect(existsSync(join(cwd, 'b', 'tsconfig.json'))).toBe(false);
  });

  it.each([
    [['b', '--framework=express'], 'Unknown framework "express". Use one of: grammy, telegraf.'],
    [['b', '--storage=mongo'], 'Unknown storage "mongo". Use one of: memory, sqlite, redis'],
    [['b', '--lang=ts'], /^Unknown option '--lang'\. See --help for the options\.$/],
    [['b', '--storage'], /^Option '--storage <value>' argument missing\. See --help/],
    [[' '], 'Name the folder of the bot: npm create telefsm@latest my-bot'],
    [[], 'Name the folder of the bot: npm create telefsm@latest my-bot'],
    [['a', 'b'], 'Name one folder. Found "a", "b".'],
  ])('rejects %j', async (args, message) => {
    await expect(create(args)).rejects.toThrow(message);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('rejects a folder with files and leaves them alone', async () => {
    writeFileSync(join(cwd, 'diary.txt'), 'Dear diary');
    await expect(create(['.'])).rejects.toThrow('The folder "');
    expect(readdirSync(cwd)).toEqual(['diary.txt']);
  });

  it('rejects a file in place of a folder', async () => {
    writeFileSync(join(cwd, 'diary'), 'Dear diary');
    await expect(create(['diary'])).rejects.toThrow('diary" is a file.');
  });

  it('turns the name of the folder into a name for the package, and quotes the folder', async () => {
    const { printed } = await create(['My Bot!']);
    expect(manifest('My Bot!').name).toBe('my-bot');
    expect(printed).toContain('cd "My Bot!"\n');
  });

  it('accepts the `--` of the documented command, which only npm removes', async () => {
    await create(['b', '--', '--framework', 'telegraf']);
    expect(Object.keys(manifest('b').dependencies)).toContain('telegraf');
  });

  it('keeps the SQLite file in the directory of the container that is a volume', async () => {
    await create(['b', '--storage=sqlite']);
    const read = (name: string) => readFileSync(join(cwd, 'b', name), 'utf8');
    const [, file] = /^ENV DATABASE_FILE=(\S+)$/m.exec(read('Dockerfile')) ?? [];
    expect(read('src/storage.ts')).toContain(`process.env['DATABASE_FILE']`);
    const folder = file?.split('/')[0];
    expect(read('Dockerfile')).toContain(`RUN mkdir ${folder} && chown node ${folder}`);
    expect(read('README.md')).toContain(`--volume bot-data:/bot/${folder} `);
  });

  it('names the commands of the package manager that started it', async () => {
    const { printed } = await create(['my-bot'], undefined, 'pnpm/12.21.0 npm/? node/v20');
    expect(printed).toContain('pnpm install');
  });

  it('decides for pnpm about the install script of a dependency', async () => {
    await create(['my-bot'], undefined, 'pnpm/12.21.0 npm/? node/v20');
    const file = join(cwd, 'my-bot', 'pnpm-workspace.yaml');
    expect(readFileSync(file, 'utf8')).toBe('allowBuilds:\n  esbuild: false\n');
    expect(manifest('my-bot').allowScripts).toEqual({ esbuild: false });
  });

  it('stays in the workspace of pnpm that has its folder', async () => {
    mkdirSync(join(cwd, 'bots'));
    writeFileSync(join(cwd, 'pnpm-workspace.yaml'), 'packages: [bots/*]\n');
    await create(['bots/one'], undefined, 'pnpm/12.21.0 npm/? node/v20');
    expect(readdirSync(join(cwd, 'bots', 'one'))).not.toContain('pnpm-workspace.yaml');
  });

  it('prints its help', async () => {
    const { code, printed } = await create(['--help']);
    expect(code).toBe(0);
    expect(printed).toContain('npm create telefsm@latest');
  });
});

describe('create-telefsm in a terminal', () => {
  const down = '\u001b[B';
  const enter = '\r';

  it('asks for the folder and for each option', async () => {
    const { code } = await create(
      [],
      [`my-bot${enter}`, `${down}${enter}`, `${down}${down}${enter}`, enter],
    );
    expect(code).toBe(0);
    expect(Object.keys(manifest('my-bot').dependencies)).toEqual([
      '@telefsm/storage-redis',
      '@telefsm/telegraf',
      'ioredis',
      'telegraf',
    ]);
  });

  it('asks only for choices that the arguments leave open', async () => {
    const { printed } = await create(['b', '--framework=telegraf', '--language=js'], [enter]);
    expect(printed).toContain('Where should conversations be stored?');
    expect(printed).not.toContain('Which framework?');
    expect(printed).not.toContain('Which language?');
  });

  it('asks nothing with --yes', async () => {
    const { code, printed } = await create(['b', '--yes'], []);
    expect(code).toBe(0);
    expect(printed).not.toContain('?');
  });

  it('rejects a folder with files before it asks for the rest', async () => {
    writeFileSync(join(cwd, 'diary.txt'), 'Dear diary');
    await expect(create(['.'], [])).rejects.toThrow('has files in it');
    await expect(create([], [`.${enter}`])).rejects.toThrow('has files in it');
  });

  it('uses the default for a folder of spaces', async () => {
    await create(['--framework=telegraf', '--storage=redis', '--language=js'], [` ${enter}`]);
    expect(readdirSync(cwd)).toEqual(['my-bot']);
  });

  it('creates nothing if the user cancels', async () => {
    const { code } = await create(['b'], [enter, '\u0003']);
    expect(code).toBe(1);
    expect(readdirSync(cwd)).toEqual([]);
  });
});
