/**
 * Follows the quick starts and some recipes word for word: runs their commands in an empty folder with the packed packages, writes their
 * files, starts their bots beside a fake Telegram, and compares the conversations.
 */

import { botApiServer } from '@telefsm/testing';
import { expect, test } from 'vitest';
import { play } from '../stories/play.ts';
import { emptyFolder } from './packed.mjs';
import { stepsOf } from './walkthrough/page-steps.mjs';
import { makeReader } from './walkthrough/reader.mjs';

/** The pages of each walk, in this order; a recipe replaces `bot.ts` in the folder of the quick start. */
const walks = [
  [
    ['docs/quick-start-grammy.md'],
    ['docs/recipes.md', 'A global cancel'],
    ['docs/recipes.md', '/help in mid-flow, and back'],
    ['docs/recipes.md', 'A payment step'],
    ['docs/recipes.md', 'Entering a flow for another user'],
  ],
  [['docs/quick-start-telegraf.md']],
  [['docs/tutorial.md']],
];

test.concurrent.each(walks.map((pages) => ({ page: pages[0][0], pages })))(
  '$page gives the bot that it promises',
  async ({ pages }) => {
    const { folder, remove } = emptyFolder();
    const reader = makeReader({ home: folder, kit: { botApiServer, play } });
    try {
      for (const [page, heading] of pages) {
        const steps = stepsOf(page, heading);
        const kinds = steps.map(({ kind }) => kind);
        expect(kinds, `${page}, ${heading ?? 'the whole page'}`).toContain('talk');
        if (heading === undefined)
          expect(kinds).toEqual(expect.arrayContaining(['commands', 'write', 'edit']));
        for (const step of steps) await reader.follow(step);
      }
    } finally {
      await reader.close();
      remove();
    }
  },
);
