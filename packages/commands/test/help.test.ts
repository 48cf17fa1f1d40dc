/** The description of a tree: help, usage and the command menu. */

import { describe, expect, it } from 'vitest';
import { commandTree } from '../src/index.ts';

function garden() {
  const tree = commandTree('garden', { description: 'A garden.' });
  const walk = tree.root
    .command('walk-to', 'w')
    .describe('Go somewhere')
    .option('where', { description: 'a place' })
    .option('how', { default: 'slowly' });
  const pond = walk.state('pond');
  walk.action(() => pond);
  pond.command('swim').describe('Swim');
  tree.root.command('浇水').describe('Water the plants');
  tree.root.command('sleep');
  tree.command('Back').describe('x'.repeat(300));
  return tree;
}

describe('/help', () => {
  it('lists the available commands, with options and descriptions', async () => {
    const chat = garden().chat('Bob');
    expect(await chat.input('/help')).toBe(
      [
        'A garden.',
        'walk-to (w) <where> [how] - Go somewhere; where: a place',
        '浇水 - Water the plants',
        'sleep',
        `Back - ${'x'.repeat(300)}`,
      ].join('\n'),
    );
    await chat.input('walk-to pond');
    expect(await chat.input('/help@garden_bot')).toContain('swim - Swim');
  });

  it('changes nothing', async () => {
    const chat = garden().chat('Bob');
    await chat.input('walk-to pond');
    await chat.input('/help');
    expect(await chat.input('swim')).toBe('');
  });

  it('is the tree’s own command where it has one', async () => {
    const tree = garden();
    tree.command('help').action(({ say }) => say('Just walk.'));
    expect(await tree.chat('Bob').input('/help')).toBe('Just walk.');
  });

  it('without a slash is an ordinary word', async () => {
    await expect(garden().chat('Bob').input('help')).rejects.toMatchObject({
      code: 'UNKNOWN_COMMAND',
    });
  });
});

describe('the commands for Telegram', () => {
  it('are the described ones of the root and the global ones, under names that Telegram accepts', () => {
    expect(garden().botCommands()).toEqual([
      { command: 'walk_to', description: 'Go somewhere' },
      { command: 'back', description: 'x'.repeat(256) },
    ]);
  });

  it('are understood in the form in which they are offered', async () => {
    const chat = garden().chat('Bob');
    expect(await chat.input('/walk_to pond')).toBe('');
    expect(await chat.input('/back@garden_bot')).toBe('');
    await expect(garden().chat('Bob').input('walk_to pond')).rejects.toMatchObject({
      code: 'UNKNOWN_COMMAND',
    });
  });
});
