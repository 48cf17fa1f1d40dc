/**
 * The demo: an example's bot by long polling against a fake Bot API server, and a chat with it in the terminal. Without a terminal it plays
 * the example's script, prints the transcript and fails if an answer differs. `web` opens it on a page instead. With BOT_TOKEN the same bot
 * connects to Telegram. Examples about where bots run have a demo of their own.
 */

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Clock, FsmStorage } from '@telefsm/core';
import { systemClock } from '@telefsm/core/tools';
import { playground } from '@telefsm/devtools';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { type BotApiServer, botApiServer, location, photo, virtualClock } from '@telefsm/testing';
import { type Example, type ExampleBot, type Framework, frameworks } from '../example.ts';
import { demos, examples } from '../index.ts';
import { play } from '../play.ts';
import { chat } from './chat.ts';

/** Runs the demo with the arguments of the command line. */
export async function main(args: readonly string[]): Promise<void> {
  const { name, framework, script, web } = chosen(args);
  const own = demos[name];
  if (own !== undefined) return own.run(framework);
  if (web) return onPage(name, framework);
  const example = examples[name] as Example;
  const { BOT_TOKEN } = process.env;
  if (BOT_TOKEN) return onTelegram(name, example, framework, BOT_TOKEN);
  console.log(`${name} on ${framework}: ${example.about}\n`);
  const isChat = process.stdin.isTTY && process.stdout.isTTY && !script;
  await (isChat ? onTerminal(name, example, framework) : onScript(example, framework));
}

/** On a page in a browser: the chat beside the diagram, the record and the calls. */
async function onPage(name: string, framework: Framework): Promise<void> {
  const served = await playground({
    examples,
    openServer: botApiServer,
    makeClock: virtualClock,
    media: { photo: photo(), location: location(52.5, 13.4) },
    first: { example: name, framework },
  });
  console.log(`Open ${served.url}\nCtrl+C ends.`);
  await new Promise((resolve) => process.once('SIGINT', resolve));
  await served.stop();
}

/** With a person at the terminal; what was said survives the end of the demo. */
async function onTerminal(name: string, example: Example, framework: Framework): Promise<void> {
  const storage = keptIn(name);
  await withServer(example, framework, { storage, clock: systemClock }, ({ server, machine }) =>
    chat(server, machine),
  );
}

/** With the people of the script, on a clock that they move. */
async function onScript(example: Example, framework: Framework): Promise<void> {
  const clock = virtualClock();
  const storage = sqliteStorage(':memory:', { clock });
  await withServer(example, framework, { storage, clock }, async ({ server }) => {
    const transcript = await play(server, example.script, clock);
    console.log(transcript);
    if (transcript !== example.script) {
      throw new Error(`\nThe transcript differs from what was expected:\n${example.script}`);
    }
    console.log('\nEvery answer was as expected.');
  });
}

/** The real thing. */
async function onTelegram(
  name: string,
  example: Example,
  framework: Framework,
  token: string,
): Promise<void> {
  console.log('Connected to Telegram as the bot of BOT_TOKEN; Ctrl+C ends.');
  const running = example.bots[framework]({ token, storage: keptIn(name) });
  process.once('SIGINT', () => void running.stop());
  await running.run();
}

/** Runs a bot by long polling against a fake Bot API server while something happens. */
async function withServer(
  example: Example,
  framework: Framework,
  options: { readonly storage: FsmStorage; readonly clock: Clock },
  happen: (stage: {
    readonly server: BotApiServer;
    readonly machine: ExampleBot['machine'];
  }) => Promise<void>,
): Promise<void> {
  // as at Telegram, numbers of updates go on after a restart; a number that was seen would be skipped
  const updateId = Math.floor(options.clock.now() / 10) % 2 ** 31;
  const server = await botApiServer({ clock: options.clock, updateId });
  const running = example.bots[framework]({ token: '1:demo', apiRoot: server.url, ...options });
  // it polls until it is stopped
  const polling = running.run();
  try {
    await happen({ server, machine: running.machine });
  } finally {
    await running.stop();
    await polling;
    await server.stop();
    await options.storage.close?.();
  }
}

/** A file that keeps an example's conversations over restarts. */
function keptIn(name: string): FsmStorage {
  const folder = new URL('../.conversations/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  return sqliteStorage(fileURLToPath(new URL(`${name}.sqlite`, folder)));
}

interface Choice {
  readonly name: string;
  readonly framework: Framework;
  readonly script: boolean;
  readonly web: boolean;
}

function chosen(args: readonly string[]): Choice {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { script: { type: 'boolean', default: false } },
  });
  let name = 'registration';
  let framework: Framework = 'grammy';
  let web = false;
  for (const word of positionals) {
    const found = frameworks.find((one) => one === word);
    if (found !== undefined) framework = found;
    else if (word === 'web') web = true;
    else if (Object.hasOwn(examples, word) || Object.hasOwn(demos, word)) name = word;
    else {
      const all = Object.entries({ ...examples, ...demos });
      const names = all.map(([each, { about }]) => `  ${each}: ${about}`);
      throw new Error(
        `There is no example '${word}'. Examples:\n${names.join('\n')}\nFrameworks: ${frameworks.join(', ')}`,
      );
    }
  }
  return { name, framework, script: values.script, web };
}
