/** A chat in the terminal: what is typed is a Telegram message, a number presses a button, a status line tells state and data. */

import { createInterface } from 'node:readline/promises';
import type { BotApiServer, Shown } from '@telefsm/testing';
import type { ExampleBot } from '../lib/example.ts';

/** Talks with the bot until the person ends it. */
export async function chat(server: BotApiServer, machine: ExampleBot['machine']): Promise<void> {
  const you = server.user('You');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  console.log('Type a message (/start), or the number of a button. An empty line ends.\n');
  let shown = 0;
  try {
    for (;;) {
      const typed = (await terminal.question('you> ')).trim();
      if (typed === '') return;
      const label = labelAt(lastButtons(server, you.id), typed);
      if (label === undefined) await you.sends(typed);
      else await you.taps(label);
      for (const line of server.transcript().split('\n').slice(shown)) {
        if (!line.startsWith('You')) console.log(line.replace(/^Bot: /, 'bot> '));
      }
      shown = server.transcript().split('\n').length;
      const buttons = lastButtons(server, you.id);
      if (buttons.length > 0) {
        console.log(buttons.map((each, at) => `  ${at + 1}) ${each}`).join('\n'));
      }
      const kept = await machine.at({ user: you.id }).peek();
      const data = JSON.stringify(kept?.data ?? {});
      console.log(`     \u001b[2m${kept?.state ?? 'no state'}  ${data}\u001b[22m\n`);
    }
  } catch (error) {
    // Ctrl+C or Ctrl+D at the prompt
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  } finally {
    terminal.close();
  }
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
