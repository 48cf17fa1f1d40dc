/** A reader who follows pages in an empty folder: runs the commands, writes the files and chats with the bot. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand, packed, run, versions } from '../packed.mjs';
import { walkedBot } from './walked-bot.mjs';

const [major, minor] = process.versions.node.split('.').map(Number);
/** The pages name `tsx` for a Node that does not run TypeScript by itself. */
const needsTsx = major < 22 || (major === 22 && minor < 18);
const node = [process.execPath, ...(needsTsx ? ['--import', 'tsx'] : [])];
const tarballs = new Map(packed.map(({ name, tarball }) => [name, tarball]));

/**
 * Makes a reader; `follow(step)` follows one step of a page and throws an error that begins with the line of the page.
 *
 * @param home - an empty folder
 * @param kit - `botApiServer`, and `play` of the examples
 */
export function makeReader({ home, kit }) {
  let folder = home;
  let start;
  let bot;
  let telegram;
  /** How many lines of the chat have been compared. */
  let compared = 0;
  let isEdited = false;

  async function obey(words) {
    const set = {};
    while (/^[A-Z_]+=/.test(words[0])) {
      const [name, value] = words.shift().split('=');
      // The reader brings a token.
      set[name] = value === '…' ? '1:walk' : value;
    }
    const [program, ...args] = words;
    const command = program === 'node' ? [...node, ...args] : words;
    if (program === 'mkdir') mkdirSync(join(folder, ...args));
    else if (program === 'cd') folder = join(folder, ...args);
    else if (program === 'npm') await obeyNpm(args);
    else if (program === 'npx') {
      const [name, ...rest] = args;
      const env = { ...set, ...(needsTsx && { NODE_OPTIONS: '--import tsx' }) };
      await run([join(folder, 'node_modules/.bin', name), ...rest], folder, env);
    } else if (program === 'curl') await runs([program, ...(await Promise.all(args.map(reached)))]);
    else if (args[0] === '--test') await runs(command);
    else if (program === 'node') await open({ command, set });
    else throw new Error(`'${program}' is not a command of the walkthrough`);
  }

  async function obeyNpm([command, ...args]) {
    const named = args.flatMap((arg) => {
      if (versions[arg]) return [`${arg}@${versions[arg]}`];
      // Nothing is published, so core comes as a tarball too.
      return tarballs.has(arg) ? [tarballs.get('@telefsm/core'), tarballs.get(arg)] : [arg];
    });
    const isFirst = command === 'install' && start === undefined && needsTsx;
    await runs(npmCommand(command, ...named, ...(isFirst ? ['tsx'] : [])));
  }

  /** An address of the bot's own, as the walkthrough has to call it. */
  const reached = (word) => (word.startsWith('http://') ? bot.reached(word) : word);

  const runs = (command) => run(command, folder);

  /** Starts the bot beside a Telegram of its own, in which Anna is the first user. */
  async function open(how) {
    await close();
    start = how;
    telegram = await kit.botApiServer();
    telegram.user('Anna');
    compared = 0;
    await startBot();
  }

  async function startBot() {
    bot = await walkedBot(start.command, { cwd: folder, env: start.set, telegram });
    isEdited = false;
  }

  async function talk(script) {
    if (start === undefined) throw new Error('the page does not say how to start the bot');
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
    const found = transcript.split('\n').slice(compared).join('\n');
    compared = telegram.transcript().split('\n').length;
    if (found !== script)
      throw new Error(`the page says\n\n${script}\n\nbut the bot says\n\n${found}\n`);
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
        const output = bot?.output ? `\nthe output of the bot:\n${bot.output.trimEnd()}` : '';
        throw new Error(`${step.where}: ${error.message}${output}`, { cause: error });
      }
    },
    close,
  };
}

/** The words of a command; a quoted text is one word. */
function wordsOf(command) {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain,
  );
}

/** Applies a diff of a page: added lines replace the removed lines before them, or come first in the file. */
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
