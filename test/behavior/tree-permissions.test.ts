/** Permissions of a tree that decide nothing, as plain JavaScript may return them: nobody may do what they do not name. */

import { commandTree } from '@telefsm/commands';
import { isFsmError } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

/** What a lookup of a user's role may come back with. */
const undecided: readonly (readonly [string, () => unknown])[] = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['a promise of nothing', async () => undefined],
  ['a text', () => 'add'],
  ['a predicate that decides later', () => async () => false],
  ['a predicate that decides later, and allows', () => async () => true],
];

function treeWith(permissions: unknown) {
  const tree = commandTree('admin', { permissions: permissions as never });
  tree.root.command('drop').action(({ say }) => say('Dropped.'));
  return tree;
}

describe('permissions that are', () => {
  describe.each(undecided)('%s', (_name, permissions) => {
    it.each(frameworks)('allow nothing on %s', async (_framework, framework) => {
      const tree = treeWith(permissions);
      const { anna, bot, sentTexts } = play(framework, [tree], { initial: tree as never });
      for (const line of ['drop', '/drop']) await anna.sends(line);
      expect(sentTexts()).not.toContain('Dropped.');
      expect(bot.errors.map((error) => isFsmError(error, 'INVALID_OPTION'))).toEqual([true, true]);
    });

    it('allow nothing without a bot', async () => {
      const error = await treeWith(permissions)
        .chat('Anna')
        .input('drop')
        .catch((thrown: unknown) => thrown);
      expect(isFsmError(error, 'INVALID_OPTION')).toBe(true);
    });
  });
});
