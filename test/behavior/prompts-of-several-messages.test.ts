/** Prompts that are sent as several messages, such as an album or a long text, are cleaned up as a whole. */

import { flow } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

const media = ['a', 'b', 'c'].map((file) => ({ type: 'photo', media: file }));
const album = { method: 'sendMediaGroup', payload: { media } };
const longText = `${'word '.repeat(900)}${'more '.repeat(900)}?`;

describe.each(frameworks)('a prompt of several messages on %s', (_, framework) => {
  describe.each([
    ['an album', album],
    ['a long text', longText],
  ])('%s', (_kind, prompt) => {
    const formOf = (prompts: 'keep' | 'edit' | 'delete' | 'removeKeyboards') =>
      flow('f', { trigger: '/f', prompts })
        .ask('a', { prompt })
        .ask('b', { prompt: 'B?' })
        .done(() => 'Done.');

    it.each(['delete', 'edit'] as const)('is deleted with prompts: %s', async (prompts) => {
      const { anna, world, bot, unsent } = play(framework, [formOf(prompts)]);
      await anna.sends('/f');
      expect(anna.screen().length).toBeGreaterThan(1);
      await anna.sends('x');
      expect(anna.screen().map(({ text }) => text)).toEqual(['B?']);
      expect(world.calls.filter(({ method }) => method === 'deleteMessages')).toHaveLength(1);
      expect([...bot.errors, ...unsent]).toEqual([]);
    });

    it('is deleted through the business connection', async () => {
      const { anna, world, bot, unsent } = play(framework, [formOf('delete')]);
      const ben = world.user('Ben').in(await anna.connects());
      await ben.sends('/f');
      expect(ben.screen().length).toBeGreaterThan(1);
      await ben.sends('x');
      expect(ben.screen().map(({ text }) => text)).toEqual(['B?']);
      expect([...bot.errors, ...unsent]).toEqual([]);
    });

    it.each(['keep', 'removeKeyboards'] as const)('stays with prompts: %s', async (prompts) => {
      const { anna } = play(framework, [formOf(prompts)]);
      await anna.sends('/f');
      const before = anna.screen().length;
      await anna.sends('x');
      expect(anna.screen()).toHaveLength(before + 1);
    });

    it('is deleted when it is asked again', async () => {
      const { anna, bot } = play(framework, [formOf('delete')]);
      await anna.sends('/f');
      const before = anna.screen().length;
      await anna.sends('/f');
      expect(anna.screen()).toHaveLength(before);
      expect(bot.errors).toEqual([]);
    });
  });
});
