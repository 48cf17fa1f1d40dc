/** The page docs/security.md, and tests that are named by its words. */

import { readdirSync, readFileSync } from 'node:fs';
import { flow, state, states } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { expect, it } from 'vitest';
import { type Framework, frameworks, type Options } from './frameworks.ts';

/** The page. */
export const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');

const words = (text: string) => text.replace(/\s+/g, ' ');

/** A test named by a part of a sentence of the page. */
export function promise(
  sentence: string,
  run: (framework: Framework) => Promise<void> | void,
): void {
  it.each(frameworks)(`${sentence} (%s)`, async (_, framework) => {
    expect(words(page)).toContain(sentence);
    await run(framework);
  });
}

/** A bot that notes its errors, and two users. */
export function play(framework: Framework, options: Options = {}) {
  const bot = framework.bot();
  bot.noteErrors();
  const machine = bot.fsm(options);
  const events: string[] = [];
  for (const name of ['sendFailed', 'inputRejected'] as const) {
    machine.observe(name, () => events.push(name));
  }
  const world = telegram(bot.bot);
  const calls = (method: string) => world.calls.filter((call) => call.method === method);
  return { bot, machine, events, world, calls, anna: world.user('Anna'), bob: world.user('Bob') };
}

/** A flow with a link, choices and a limit. */
export const order = flow('order', { trigger: '/order', deepLink: 'o_' })
  .ask('size', { prompt: 'Size?', choices: ['S', 'L'] })
  .ask('note', { prompt: 'Note?', maxLength: 10 })
  .done(({ size, note }) => `${size}: ${note}`, {
    from: (argument) => ({ size: argument as 'S' }),
  });
/** Plain states. */
export const Form = states('Form', { name: state(), age: state(), paid: state() });

/** The sentences of the page that the tests quote: the first arguments of `promise`. */
export function quotedSentences(): readonly string[] {
  const folder = new URL('./', import.meta.url);
  const files = readdirSync(folder).filter((name) => /^security.*\.test\.ts$/.test(name));
  return files.flatMap((name) => {
    const source = readFileSync(new URL(name, folder), 'utf8');
    const quotes = [...source.matchAll(/promise\(\s*(['"`])(.*?[^\\])\1,/gs)];
    return quotes.flatMap(([, , quote = '']) => sentencesOf(quote.replace(/\\(['"`])/g, '$1')));
  });
}

/** The sentences of a text. */
export function sentencesOf(text: string): readonly string[] {
  return words(text)
    .replace(/^[ *|]+|[ |]+$/g, '')
    .split(/(?<=\.)\s+/)
    .filter((sentence) => sentence !== '');
}
