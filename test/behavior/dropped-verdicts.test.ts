/** Handlers of flows that call `invalid` or `redo` and forget to return it. */

import { flow, invalid, redo } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';
import { play } from './play.ts';

type Validate = (text: string) => unknown;

function form(framework: Framework, validate: Validate, done: () => unknown = () => 'Done.') {
  const steps = flow('form', { trigger: '/form' })
    .ask('zip', { prompt: 'Zip?' })
    .ask('age', { prompt: 'Age?', validate: validate as () => string })
    .done(done as () => string);
  return play(framework, [steps]);
}

const later = () => new Promise<void>((resolve) => setImmediate(resolve));

describe.each(frameworks)('a verdict that is made and not returned, on %s', (_, framework) => {
  it.each<readonly [string, Validate]>([
    [
      'invalid()',
      (text) => {
        if (text === 'old') invalid('A number, please.');
        return text;
      },
    ],
    [
      'invalid()',
      async (text) => {
        await later();
        if (text === 'old') invalid('A number, please.');
        return text;
      },
    ],
    [
      'redo()',
      (text) => {
        if (text === 'old') redo('zip');
        return text;
      },
    ],
  ])('of %s in validate is an error, and the question stays', async (call, validate) => {
    const { anna, bot } = form(framework, validate);
    await anna.sends('/form');
    await anna.sends('1');
    await anna.sends('old');
    anna.sees('Something went wrong. Please try again.');
    expect(bot.errors.map(String)).toEqual([
      expect.stringContaining(`A handler of "form:age" called ${call} and returned 'old'.`),
    ]);
    await anna.sends('7');
    anna.sees('Done.');
  });

  it('of redo() in done is an error, and the last answer is asked for again', async () => {
    let isWrong = true;
    const { anna, bot } = form(framework, String, () => {
      if (isWrong) redo('zip');
      return 'Done.';
    });
    await anna.sends('/form');
    await anna.sends('1');
    await anna.sends('7');
    expect(bot.errors.map(String)).toEqual([
      expect.stringContaining(`A handler of "form" called redo() and returned 'Done.'.`),
    ]);
    isWrong = false;
    await anna.sends('7');
    anna.sees('Done.');
  });

  it('is no error if it was made before, or in another conversation', async () => {
    const tooYoung = invalid('Too young.');
    const waiting: (() => void)[] = [];
    const { anna, bot, world } = form(framework, async (text) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length >= 2) for (const go of waiting) go();
      });
      return text === '7' ? text : text === '3' ? tooYoung : invalid('A number, please.');
    });
    const ben = world.user('Ben');
    for (const user of [anna, ben]) {
      await user.sends('/form');
      await user.sends('1');
    }
    await Promise.all([anna.sends('old'), ben.sends('7')]);
    anna.sees('A number, please.');
    ben.sees('Done.');
    await anna.sends('3');
    anna.sees('Too young.');
    expect(bot.errors).toEqual([]);
  });
});
