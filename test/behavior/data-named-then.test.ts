/** Results with a member named `then`: they are data and no promises. */

import { commandTree } from '@telefsm/commands';
import { flow } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

/** Made of JSON, as data of a storage is. */
const plan: { readonly first: string } = JSON.parse('{"first":"wait","then":"go"}');

describe.each(frameworks)('data with a member named then, on %s', (_, framework) => {
  it('is what a condition returns', async () => {
    const steps = flow('form', { trigger: '/form' })
      .ask('step', { prompt: 'First?', when: () => plan as never })
      .done(() => 'Done.');
    const { anna } = play(framework, [steps]);
    await anna.sends('/form');
    anna.sees('First?');
  });

  it('is no state that a command could return', async () => {
    const desk = commandTree('desk');
    desk.root.command('plan').action(() => plan as never);
    const { anna, bot } = play(framework, [desk], { initial: desk as never });
    await anna.sends('/plan');
    expect(bot.errors).toEqual([expect.objectContaining({ code: 'INVALID_RETURN_STATE' })]);
  });
});
