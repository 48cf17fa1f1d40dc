/** Headless chats of a command tree: one storage for the tree, shared by processes. */

import { commandTree } from '@telefsm/commands';
import type { FsmStorage } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { storages } from './storages.ts';

/** Each call makes the tree of another process. */
function counter(storage: FsmStorage) {
  const tree = commandTree('counter', { chats: { storage, lease: '5s' } });
  tree.root
    .flag('count', 0)
    .command('add')
    .action(({ flags, setFlag, say }) => {
      setFlag('count', flags.count + 1);
      say('%d', flags.count);
    });
  return tree;
}

describe.each(storages)('headless chats in %s', (_, makeStorage) => {
  it('of one tree share its storage, whichever process opens them', async () => {
    const storage = makeStorage();
    const [one, other] = [counter(storage), counter(storage)];
    await one.chat('Bob').input('add');
    await one.chat('Ann').input('add');
    expect(await other.chat('Bob').input('add')).toBe('2');
    expect(await other.chat('Ann', { waiting: 'reject' }).input('add')).toBe('2');
  });
});
