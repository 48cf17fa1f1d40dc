/** A reader who does what pages say, in an empty folder: commands, files, and a chat with the bot that comes of it. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, quietly } from '../lib/packing.mjs';
import { run } from '../lib/processes.mjs';
import { walkedBot } from './walked-bot.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
/** What the pages tell those whose Node does not run TypeScript by itself. */
const needsTsx = major < 22 || (major === 22 && minor < 18);
const node = [process.execPath, ...(needsTsx ? ['--import', 'tsx'] : [])];

/**
 * Makes a reader; `follow(step)` does one step of a page and throws an error that begins with its place there.
 *
 * @param home - an empty folder
 * @param env - for npm
 * @param versions - of packages that are not ours, by name: those that the workspace is tested with
 * @param kit - `botApiServer`, and `play` of the examples
 */
export function makeReader({ home, env, versions, kit }) {
  let folder = home;
  /** How the page starts its bot. */
  let start;
  let bot;
  let telegram;
  /** Lines of the chat that have been compared. */
  let told = 0;
  let isEdited = false;

  async function obey(words) {
    const set = {};
    while (/^[A-Z_]+=/.test(words[0])) {
      const [name, value] = words.shift().split('=');
      // the page leaves the token to its reader
      set[name] = value === '…' ? '1:walk' : value;
    }
    const [program, ...args] = words;
    const command = program === 'node' ? [...node, ...args] : words;
    if (program === 'mkdir') mkdirSync(join(folder, ...args));
    else if (program === 'cd') folder = join(folder, ...args);
    else if (program === 'npm') await obeyNpm(args);
    else if (program === 'curl') await runs([program, ...(await Promise.all(args.map(reached)))]);
    else if (args[0] === '--test') await runs(command);
    else if (program === 'node') await open({ command, set });
    else throw new Error(`'${program}' is no command that the walkthrough knows`);
  }

  async function obeyNpm([what, ...args]) {
    const pinned = args.map((arg) => (versions[arg] ? `${arg}@${versions[arg]}` : arg));
    await runs([...npm, what, ...pinned, ...quietly]);
    // said in the page's first lines, for old Nodes only
    if (what === 'install' && start === undefined && needsTsx)
      await runs([...npm, what, 'tsx', ...quietly]);
  }

  /** An address of the bot's own, as the walkthrough has to call it. */
  const reached = (word) => (word.startsWith('http://') ? bot.reached(word) : word);

  async function runs(command) {
    const { status, output } = await run(command, { cwd: folder, env });
    if (status !== 0) throw new Error(`the command ends with ${status}:\n${output.trimEnd()}`);
  }

  /** Starts the bot beside a Telegram of its own, in which Anna is the first user. */
  async function open(how) {
    await close();
    start = how;
    telegram = await kit.botApiServer();
    telegram.user('Anna');
    told = 0;
    await startBot();
  }

  async function startBot() {
    bot = await walkedBot(start.command, { cwd: folder, env: start.set, telegram });
    isEdited = false;
  }

  async function talk(script) {
    if (start === undefined) throw new Error('the page has not said how to start the bot');
    if (isEdited) await open(start);
    let crashed;
    const crash = new Promise((_, reject) => {
      crashed = reject;
    });
    const watch = () => bot.crash.catch(crashed);
    const restart = async () => {
      await bot.kill();
      await startBot();
      watch();
    };
    watch();
    const transcript = await Promise.race([kit.play(telegram, script, { restart }), crash]);
    const heard = transcript.split('\n').slice(told).join('\n');
    told = telegram.transcript().split('\n').length;
    if (heard !== script)
      throw new Error(`the page says\n\n${script}\n\nand what happens is\n\n${heard}\n`);
  }

  async function close() {
    await bot?.kill();
    await telegram?.stop();
    bot = undefined;
    telegram = undefined;
  }

  const doing = {
    async commands({ text }) {
      const lines = text.split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim());
      for (const line of lines.filter((each) => each !== ''))
        for (const part of line.split(' && ')) await obey(wordsOf(part));
    },
    async write({ file, text }) {
      writeFileSync(join(folder, file), `${text}\n`);
      isEdited = true;
    },
    async edit({ file, text }) {
      const path = join(folder, file);
      writeFileSync(path, edited(readFileSync(path, 'utf8'), text.split('\n')));
      isEdited = true;
    },
    talk: ({ text }) => talk(text),
  };

  return {
    async follow(step) {
      try {
        await doing[step.kind](step);
      } catch (error) {
        const said = bot?.output ? `\nthe bot said:\n${bot.output.trimEnd()}` : '';
        throw new Error(`${step.where}: ${error.message}${said}`, { cause: error });
      }
    },
    close,
  };
}

/** The words of a command; what stands between quotes is one. */
function wordsOf(command) {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain,
  );
}

/** A text after an edit that a page shows as a diff: added lines take the place of the removed ones before them, or stand first. */
function edited(text, diff) {
  let lines = text.split('\n');
  let at = 0;
  for (const line of diff.filter((each) => each.trim() !== '' && !each.startsWith(' '))) {
    const content = line.slice(1);
    if (line.startsWith('-')) {
      at = lines.indexOf(content);
      if (at < 0) throw new Error(`the file has no line '${content}'`);
      lines = lines.toSpliced(at, 1);
    } else if (line.startsWith('+')) {
      lines = lines.toSpliced(at, 0, content);
      at += 1;
    }
  }
  return lines.join('\n');
}
