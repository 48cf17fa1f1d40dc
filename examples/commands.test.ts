import { isCommandError } from '@telefsm/commands';
import { expect, it } from 'vitest';
import { examples } from './index.ts';
import { trader } from './trader/trader.ts';
import { turnstile } from './turnstile/turnstile.ts';

const chats = {
  turnstile: turnstile.chat('Anna'),
  trader: trader.chat('Anna', { services: { broker: { buy: async () => {} } } }),
};

it.each(Object.entries(chats))('%s says the same without a bot', async (name, chat) => {
  const script = examples[name]?.script ?? '';
  const lines: string[] = [];
  for (const [line, typed = ''] of script.matchAll(/^Anna: (.*)$/gm)) {
    // a bot answers the user's mistakes; without one they are thrown
    const said = await chat.input(typed).catch((error: unknown) => {
      if (isCommandError(error)) return error.message;
      throw error;
    });
    lines.push(line, ...(said === '' ? [] : [`Bot: ${said}`]));
  }
  expect(lines.join('\n')).toBe(script);
});
