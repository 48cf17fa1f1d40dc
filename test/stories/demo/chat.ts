/** A chat in the terminal: what is typed is a Telegram message, a number presses a button, a status line tells state and data. */

import { createInterface } from 'node:readline';
import type { BotApiServer, Shown } from '@telefsm/testing';
import type { ExampleBot } from '../example.ts';

/** Talks with the bot until the person ends it. */
export async function chat(server: BotApiServer, machine: ExampleBot['machine']): Promise<void> {
  const you = server.user('You');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  console.log('Type a message (/start), or the number of a button. An empty line ends.\n');
  terminal.setPrompt('you> ');
  terminal.prompt();
  let told = 0;
  // lines that come while the bot is at work wait here
  for await (const line of terminal) {
    const typed = line.trim();
    if (typed === '') break;
    const label = labelAt(lastButtons(server, you.id), typed);
    await (label === undefined ? you.sends(typed) : you.taps(label));
    const lines = server.transcript().split('\n');
    for (const each of lines.slice(told)) {
      if (!each.startsWith('You')) console.log(each.replace(/^Bot: /, 'bot> '));
    }
    told = lines.length;
    const buttons = lastButtons(server, you.id);
    if (buttons.length > 0) {
      console.log(buttons.map((each, at) => `  ${at + 1}) ${each}`).join('\n'));
    }
    const kept = await machine.at({ user: you.id }).peek();
    const data = JSON.stringify(kept?.data ?? {});
    console.log(`     \u001b[2m${kept?.current ?? 'no state'}  ${data}\u001b[22m\n`);
    terminal.prompt();
  }
  terminal.close();
}

function lastButtons(server: BotApiServer, user: number): readonly string[] {
  let last: Shown | undefined;
  try {
    last = server.user('You', { id: user }).last;
  } catch {
    // nothing has been said yet
  }
  return last?.buttons.flat() ?? [];
}

function labelAt(buttons: readonly string[], typed: string): string | undefined {
  return /^\d+$/.test(typed) ? buttons[Number(typed) - 1] : undefined;
}
