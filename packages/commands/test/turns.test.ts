/** The turn that actions and conditions get: what it shows, and that the engine need not keep it. */

import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { commandTree } from '../src/index.ts';

setFlagsFromString('--allow-natives-syntax');
const hasFastProperties: (value: object) => boolean = runInThisContext(
  '(value) => %HasFastProperties(value)',
);

describe('the turn of a command', () => {
  it('keeps the shape of its class, input after input', async () => {
    // V8 keeps the getter of an object literal with the shape of the object, and the whole turn with it
    const tree = commandTree('t', {});
    const shapes: boolean[] = [];
    const go = tree.root.flag('n', 0).command('go');
    go.condition((turn) => shapes.push(hasFastProperties(turn)) > 0);
    go.action((turn) => void shapes.push(hasFastProperties(turn)));
    const chat = tree.chat('Bob');
    for (let inputs = 0; inputs < 3; inputs++) await chat.input('go');
    expect(shapes).toEqual(Array.from({ length: 6 }, () => true));
  });

  it('has no members but those of its type', async () => {
    const tree = commandTree('t', {});
    const members: string[] = [];
    tree.root.command('go').action((turn) => {
      members.push(...Object.keys(turn));
      expect(turn.signal).toBeInstanceOf(AbortSignal);
    });
    await tree.chat('Bob').input('go');
    expect(members.sort()).toEqual([
      'flags',
      'leave',
      'options',
      'rest',
      'say',
      'services',
      'setFlag',
      'state',
    ]);
  });

  it('shows flags as they are at the moment of reading, also where they were taken out of it', async () => {
    const tree = commandTree('t', {});
    const seen: unknown[] = [];
    const go = tree.root.flag('n', 0).command('go');
    go.action(({ flags, setFlag, state }) => {
      setFlag('n', flags.n + 1);
      seen.push(flags.n, { ...flags }, Object.keys(flags), JSON.stringify(flags));
      return state;
    });
    await tree.chat('Bob').input('go');
    expect(seen).toEqual([1, { n: 1 }, ['n'], '{"n":1}']);
  });

  it.each([
    ['assigned', (flags: Record<string, unknown>) => Object.assign(flags, { n: 5 })],
    ['added', (flags: Record<string, unknown>) => Object.assign(flags, { m: 5 })],
    ['deleted', (flags: Record<string, unknown>) => delete flags['n']],
    [
      'defined',
      (flags: Record<string, unknown>) => Object.defineProperty(flags, 'n', { value: 5 }),
    ],
    ['inherited', (flags: Record<string, unknown>) => Object.setPrototypeOf(flags, { m: 5 })],
  ])('rejects a flag that is %s past setFlag()', async (_, change) => {
    const tree = commandTree('t', {});
    const go = tree.root.flag('n', 0).command('go');
    const seen: unknown[] = [];
    go.action(({ flags }) => {
      expect(() => change(flags)).toThrow(TypeError);
      seen.push({ ...flags }, Reflect.get(flags, 'm'));
    });
    await tree.chat('Bob').input('go');
    expect(seen).toEqual([{ n: 0 }, undefined]);
  });
});
