/** Permissions of commands, for each user. */

import { describe, expect, it } from 'vitest';
import { commandTree, isCommandError, type Permissions } from '../src/index.ts';

function bank(permissions?: Permissions) {
  const tree = commandTree('bank', permissions === undefined ? {} : { permissions });
  const balance = tree.root.command('balance', 'b').action(({ say }) => say('10'));
  const pay = tree.root.command('pay').action(({ say }) => say('paid'));
  tree.command('cancel').action(({ say }) => say('canceled'));
  return { tree, balance, pay };
}

describe('a permission', () => {
  it('by objects and names leaves every other command unknown', async () => {
    const { tree, balance } = bank();
    const chat = tree.chat('Bob', { commands: [balance, 'cancel'] });
    expect(await chat.input('b')).toBe('10');
    expect(await chat.input('cancel')).toBe('canceled');
    await expect(chat.input('pay')).rejects.toMatchObject({
      code: 'UNKNOWN_COMMAND',
      args: { known: ['balance', 'cancel'] },
    });
    expect(await tree.chat('Bob').input('pay')).toBe('paid');
  });

  it('by a predicate is asked for the command', async () => {
    const { tree } = bank();
    const chat = tree.chat('Bob', {
      commands: (command) => command['~command'].names.includes('b'),
    });
    expect(await chat.input('balance')).toBe('10');
    await expect(chat.input('pay')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
  });

  it('that names an unknown command is an error at once', () => {
    const { tree } = bank();
    const foreign = commandTree('other').root.command('balance');
    for (const entry of ['balnace', foreign, 1, null]) {
      expect(() => tree.chat('Bob', { commands: [entry as never] })).toThrow(
        expect.objectContaining({ code: 'UNKNOWN_PERMISSION' }),
      );
    }
  });

  it('that a user loses inside a state leads to the root, and keeps the global commands', async () => {
    const tree = commandTree('bank');
    const list = tree.root.command('list').action(({ say }) => say('listed'));
    const pay = tree.root.command('pay');
    const amount = pay.state('amount');
    pay.action(() => amount);
    const sum = amount.command('sum').action(({ say }) => say('summed'));
    tree.command('cancel').action(({ say }) => say('canceled'));
    let commands: readonly object[] = [list, pay, sum];
    const chat = tree.chat('Bob', {
      commands: (command) => commands.includes(command as never),
    });
    await chat.input('pay');
    expect(await chat.input('sum')).toBe('summed');
    await chat.input('pay');
    commands = [list];
    expect(await chat.input('list')).toBe('listed');
    commands = [];
    expect(await chat.input('cancel')).toBe('canceled');
  });

  it('of no command at all allows the global ones only', async () => {
    const { tree } = bank();
    await expect(tree.chat('Bob', { commands: [] }).input('pay')).rejects.toMatchObject({
      code: 'UNKNOWN_COMMAND',
      args: { known: ['cancel'] },
    });
  });

  it('of the tree is asked for each user, and both must allow', async () => {
    const { tree } = bank(async ({ id }) => (id === 'Bob' ? ['pay', 'cancel'] : ['balance']));
    expect(await tree.chat('Bob').input('pay')).toBe('paid');
    expect(await tree.chat('Ann').input('balance')).toBe('10');
    await expect(tree.chat('Ann').input('pay')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
    await expect(tree.chat('Bob', { commands: ['balance'] }).input('pay')).rejects.toMatchObject({
      code: 'UNKNOWN_COMMAND',
    });
  });

  it('of the tree with an unknown entry is an error, not a permission', async () => {
    const { tree } = bank(() => ['balnace']);
    const thrown = await tree
      .chat('Bob')
      .input('pay')
      .catch((error: unknown) => error);
    expect(isCommandError(thrown, 'UNKNOWN_PERMISSION')).toBe(true);
  });

  it('of the tree that is no list is an error that says what to return', async () => {
    for (const found of [true, 'pay', {}, null]) {
      const { tree } = bank(() => found as never);
      const thrown = await tree
        .chat('Bob')
        .input('pay')
        .catch((error: unknown) => error);
      expect(String(thrown)).toMatch(/"bank permissions".*Expected a list of commands or names/s);
    }
  });

  it('forbids a command to the default finder and to the beginnings of a line as well', async () => {
    const tree = commandTree('t', { nonExactMatch: true });
    tree.root
      .command('buy')
      .option('what', { default: '' })
      .action(({ say }) => say('bought'));
    const all = tree.root.command('buyall').action(({ say }) => say('all'));
    tree.root.default(() => all);
    const chat = tree.chat('Bob', { commands: ['buy'] });
    for (const line of ['buyall', 'buyallnow', 'something']) {
      await expect(chat.input(line), line).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
    }
    expect(await chat.input('buyal')).toBe('bought');
  });

  it('hides a command from /help', async () => {
    const { tree } = bank();
    expect(await tree.chat('Bob').input('/help')).toBe('balance (b)\npay\ncancel');
    expect(await tree.chat('Bob', { commands: ['pay'] }).input('/help')).toBe('pay\ncancel');
  });
});
