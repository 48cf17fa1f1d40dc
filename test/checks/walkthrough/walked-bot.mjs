/** A bot of a page as a process of its own, beside a fake Telegram in this one. */

import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const redirect = fileURLToPath(new URL('./redirect.cjs', import.meta.url));

/**
 * Starts a bot and resolves when it has called its Telegram.
 *
 * @param command - the program and its arguments, as the page says them
 * @param options - `cwd`, `env`, and `telegram`, a server of the kit
 */
export async function walkedBot([program, ...args], { cwd, env, telegram }) {
  const before = telegram.calls.length;
  const child = spawn(program, ['--require', redirect, ...args], {
    cwd,
    env: { ...process.env, ...env, WALKTHROUGH_BOT_API: telegram.url },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  /** The ports that it got, by those that its page names. */
  const ports = new Map();
  child.on('message', ({ named, port }) => ports.set(named, port));
  let output = '';
  let killed = false;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  /** Never resolves; rejects when the bot ends by itself. */
  const crash = ended.then((status) => {
    if (killed) return new Promise(() => {});
    throw new Error(`the bot ended by itself, with ${status}`);
  });
  crash.catch(() => {});
  const bot = {
    crash,
    get output() {
      return output;
    },
    /** The address with the port that the bot got, once it listens; one that it never asks for ends in an error. */
    async reached(address) {
      const url = new URL(address);
      const named = Number(url.port);
      const until = Date.now() + 10_000;
      while (!ports.has(named)) {
        if (Date.now() > until) throw new Error(`the bot does not listen on port ${named}`);
        await pause(20);
      }
      url.port = ports.get(named);
      return url.href;
    },
    /** Ends it as a crash of its machine does. */
    async kill() {
      killed = true;
      child.kill('SIGKILL');
      await ended;
    },
  };
  const called = async () => {
    while (!killed && telegram.calls.length === before) await pause(20);
  };
  try {
    await Promise.race([called(), crash]);
  } catch (error) {
    killed = true;
    throw new Error(`${error.message}:\n${output.trimEnd()}`);
  }
  return bot;
}
