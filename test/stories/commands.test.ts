import { isCommandError } from '@telefsm/commands';
import { expect, it } from 'vitest';
import { trader } from '../../examples/trader/trader.ts';
import { turnstile } from '../../examples/turnstile/turnstile.ts';
import { examples } from './index.ts';

const chats = {
  turnstile: turnstile.chat('Anna'),
  trader: trader.chat('Anna', { services: { broker: { buy: async () => {} } } }),
};

it.each(Object.entries(chats))('%s says the same without a bot', async (name, chat) => {
  const script = examples[name]?.script ?? '';
  const lines: string[] = [];
  for (const [line, typed = ''] of script.matchAll(/^Anna: (.*)$/gm)) {
    // a bot answers the user's mistakes; without one they are thrown
    const output = await chat.input(typed).catch((error: unknown) => {
      if (isCommandError(error)) return error.message;
      throw error;
    });
    lines.push(line, ...(output === '' ? [] : [`Bot: ${output}`]));
  }
  expect(lines.join('\n')).toBe(script);
});
