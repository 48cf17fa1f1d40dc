/**
 * The demo: an example's bot by long polling against a fake Bot API server, and a chat with it in the terminal. Without a terminal it plays
 * the example's script, prints the transcript and fails if an answer differs. With BOT_TOKEN the same bot connects to Telegram.
 */

import { parseArgs } from 'node:util';
import { systemClock } from '@telefsm/core';
import { type BotApiServer, botApiServer, type VirtualClock, virtualClock } from '@telefsm/testing';
import { examples } from '../index.ts';
import { type Example, type Framework, frameworks } from '../lib/example.ts';
import { play } from '../lib/play.ts';
import { chat } from './chat.ts';

/** Runs the demo with the arguments of the command line. */
export async function main(args: readonly string[]): Promise<void> {
  const { name, framework, script } = chosen(args);
  const example = examples[name] as Example;
  const { BOT_TOKEN } = process.env;
  if (BOT_TOKEN) return onTelegram(example, framework, BOT_TOKEN);
  console.log(`${name} on ${framework}: ${example.about}\n`);
  const isChat = process.stdin.isTTY && process.stdout.isTTY && !script;
  const clock = isChat ? systemClock : virtualClock();
  const server = await botApiServer({ clock });
  const running = example.bots[framework]({ token: '1:demo', apiRoot: server.url, clock });
  // it polls until it is stopped
  const polling = running.run();
  try {
    if ('advance' in clock) await playScript(example, server, clock);
    else await chat(server, running.machine);
  } finally {
    await running.stop();
    await polling;
    await server.stop();
  }
}

interface Choice {
  readonly name: string;
  readonly framework: Framework;
  readonly script: boolean;
}

function chosen(args: readonly string[]): Choice {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { script: { type: 'boolean', default: false } },
  });
  let name = 'registration';
  let framework: Framework = 'grammy';
  for (const word of positionals) {
    const found = frameworks.find((one) => one === word);
    if (found !== undefined) framework = found;
    else if (Object.hasOwn(examples, word)) name = word;
    else {
      const names = Object.entries(examples).map(([each, { about }]) => `  ${each}: ${about}`);
      throw new Error(
        `There is no example '${word}'. Examples:\n${names.join('\n')}\nFrameworks: ${frameworks.join(', ')}`,
      );
    }
  }
  return { name, framework, script: values.script };
}

async function onTelegram(example: Example, framework: Framework, token: string): Promise<void> {
  console.log('Connected to Telegram as the bot of BOT_TOKEN; Ctrl+C ends.');
  const running = example.bots[framework]({ token });
  process.once('SIGINT', () => void running.stop());
  await running.run();
}

async function playScript(
  example: Example,
  server: BotApiServer,
  clock: VirtualClock,
): Promise<void> {
  const transcript = await play(server, example.script, clock);
  console.log(transcript);
  if (transcript !== example.script) {
    throw new Error(`\nThe transcript differs from what was expected:\n${example.script}`);
  }
  console.log('\nEvery answer was as expected.');
}
