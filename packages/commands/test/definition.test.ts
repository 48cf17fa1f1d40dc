/** Trees that are rejected when they are defined. */

import { isFsmError } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { type CommandErrorCode, commandTree, isCommandError } from '../src/index.ts';

const codeOf = (define: () => unknown): CommandErrorCode | undefined => {
  try {
    define();
  } catch (error) {
    if (isCommandError(error)) return error.code;
    throw error;
  }
  return undefined;
};

it('rejects misspelled options by name', () => {
  // biome-ignore lint/suspicious/noExplicitAny: what plain JavaScript may write
  const loose = commandTree as any;
  const misspelled = [
    () => loose('t', { hepl: false }),
    () => loose('t').chat('Bob', { storge: {} }),
    () => loose('t').root.command('buy').option('name', { deflaut: 1 }),
  ].map((define) => {
    try {
      return define();
    } catch (error) {
      return (error as { readonly details: object }).details;
    }
  });
  expect(misspelled).toMatchObject([
    { option: 't hepl', found: 'unknown' },
    { option: 't chat storge', found: 'unknown' },
    { option: 'buy name deflaut', found: 'unknown' },
  ]);
});

describe('a definition', () => {
  it('is rejected when two commands of one state share a name or an alias, in any case', () => {
    const { root } = commandTree('t');
    root.command('buy', 'b');
    for (const [name, ...aliases] of [['buy'], ['b'], ['BUY'], ['sell', 'b'], ['c', 'c']]) {
      expect(codeOf(() => root.command(name as string, ...aliases))).toBe('DUPLICATE_COMMAND');
    }
    expect(codeOf(() => root.command('sell'))).toBeUndefined();
  });

  it('is rejected when a global command shares a name with one of any state, whichever comes first', () => {
    const tree = commandTree('t');
    const below = tree.root.command('go').state('there');
    below.command('look');
    expect(codeOf(() => tree.command('look'))).toBe('DUPLICATE_COMMAND');
    tree.command('back');
    expect(codeOf(() => below.command('back'))).toBe('DUPLICATE_COMMAND');
    expect(codeOf(() => tree.command('back'))).toBe('DUPLICATE_COMMAND');
  });

  it('allows one name in two states', () => {
    const tree = commandTree('t');
    const go = tree.root.command('go');
    expect(codeOf(() => go.state('there').command('go'))).toBeUndefined();
  });

  it.each([
    1,
    '',
    '$foo',
    'a b',
    'a/b',
    'a:b',
    'a=b',
    '"a"',
    '-a',
    '__proto__',
    undefined,
    null,
    {},
  ])('is rejected with the name %j', (bad) => {
    const name = bad as string;
    const { root } = commandTree('t');
    const command = root.command('do');
    expect(codeOf(() => root.command(name))).toBe('INVALID_COMMAND_NAME');
    expect(codeOf(() => root.command('other', name))).toBe('INVALID_COMMAND_NAME');
    expect(codeOf(() => command.state(name))).toBe('INVALID_STATE_NAME');
    expect(codeOf(() => command.option(name))).toBe('INVALID_OPTION_NAME');
    expect(codeOf(() => root.flag(name, 1))).toBe('INVALID_FLAG_NAME');
    let thrown: unknown;
    try {
      commandTree(name);
    } catch (error) {
      thrown = error;
    }
    expect(isFsmError(thrown, 'INVALID_NAME')).toBe(true);
  });

  it('takes names of any script, and emoji', () => {
    const { root } = commandTree('t');
    for (const name of [
      'купить',
      '购买',
      'αγορά',
      '📈',
      '👨‍👩‍👧',
      '1',
      'set-default_stock',
      'constructor',
    ]) {
      expect(codeOf(() => root.command(name))).toBeUndefined();
    }
  });

  it('is rejected when two options share a name or an alias', () => {
    const command = commandTree('t')
      .root.command('do')
      .option('a', { alias: ['b'] });
    expect(codeOf(() => command.option('b'))).toBe('DUPLICATE_OPTION');
    expect(codeOf(() => command.option('c', { alias: ['a'] }))).toBe('DUPLICATE_OPTION');
    expect(codeOf(() => command.option('c', { alias: ['c'] }))).toBe('DUPLICATE_OPTION');
    // @ts-expect-error the compiler refuses it too
    expect(codeOf(() => command.option('a'))).toBe('DUPLICATE_OPTION');
  });

  it('is rejected when a mandatory option follows one with a default', () => {
    const command = commandTree('t').root.command('do').option('a', { default: 1 });
    // @ts-expect-error the compiler refuses it too
    expect(codeOf(() => command.option('b'))).toBe('NON_DEFAULT_OPTION_FOLLOWS_DEFAULT');
    expect(codeOf(() => command.option('c', { prompt: 'c?' }))).toBeUndefined();
  });

  it('is rejected with a setter that is no function, a schema that is none, or both', () => {
    const command = commandTree('t').root.command('do');
    const schema = { '~standard': {} } as never;
    for (const config of [
      { set: 'Number' },
      { set: {} },
      { schema: {} },
      { schema: Number },
      { schema, set: Number },
    ]) {
      expect(codeOf(() => command.option('a', config as never))).toBe('INVALID_SETTER');
    }
  });

  it('is rejected when a flag is defined twice on one path', () => {
    const { root } = commandTree('t');
    const below = root.command('go').state('there');
    const deep = below.command('on').state('further');
    deep.flag('a', 1);
    for (const state of [root, below, deep]) {
      expect(codeOf(() => state.flag('a', 1))).toBe('DUPLICATE_FLAG');
    }
    expect(codeOf(() => root.command('elsewhere').state('there').flag('a', 1))).toBeUndefined();
  });

  it('is rejected with a flag that could not be stored', () => {
    const { root } = commandTree('t');
    for (const value of [new Date(), new Map(), Number.NaN, { deep: [1n] }, Symbol('x')]) {
      let thrown: unknown;
      try {
        // @ts-expect-error the compiler says it too
        root.flag('a', value);
      } catch (error) {
        thrown = error;
      }
      expect(isFsmError(thrown, 'DATA_NOT_JSON')).toBe(true);
    }
  });

  it('is rejected when a command has two states of one name', () => {
    const command = commandTree('t').root.command('do');
    command.state('a');
    expect(codeOf(() => command.state('a'))).toBe('DUPLICATE_STATE');
  });

  it('is rejected when a global command is given an option, a condition or a state', () => {
    const command = commandTree('t').command('back') as unknown as ReturnType<
      ReturnType<typeof commandTree>['root']['command']
    >;
    expect(codeOf(() => command.option('a'))).toBe('NOT_FOR_GLOBAL_COMMAND');
    expect(codeOf(() => command.condition(() => true))).toBe('NOT_FOR_GLOBAL_COMMAND');
    expect(codeOf(() => command.state('a'))).toBe('NOT_FOR_GLOBAL_COMMAND');
  });

  it('is rejected without a name, or with a value that is not a function', () => {
    const tree = commandTree('t');
    const loose = tree.root as never as {
      command(...names: string[]): Record<string, (run: unknown) => unknown>;
      default(find: unknown): unknown;
    };
    expect(codeOf(() => loose.command())).toBe('INVALID_COMMAND_NAME');
    for (const member of ['action', 'condition', 'catch']) {
      const command = loose.command(member);
      for (const bad of [undefined, 'x', true]) {
        expect(() => command[member]?.(bad)).toThrow(
          expect.objectContaining({
            code: 'INVALID_OPTION',
            details: expect.objectContaining({ option: `${member} ${member}` }),
          }),
        );
      }
    }
    expect(() => loose.default('x')).toThrow(/"t:root default": found the text 'x'/);
  });

  it('is rejected when an action, a condition, a catch, a description or a finder is given twice', () => {
    const { root } = commandTree('t');
    const command = root
      .command('do')
      .action(() => {})
      .condition(() => true)
      .catch(() => {})
      .describe('x');
    root.default(() => command);
    for (const again of [
      () => command.action(() => {}),
      () => command.condition(() => true),
      () => command.catch(() => {}),
      () => command.describe('y'),
      () => root.default(() => command),
    ]) {
      expect(codeOf(again)).toBe('ALREADY_DEFINED');
    }
  });

  it('is rejected when an edge leads to another tree, or to no state', () => {
    const command = commandTree('t').root.command('do');
    expect(codeOf(() => command.leadsTo(commandTree('t').root))).toBe('INVALID_RETURN_STATE');
    expect(codeOf(() => command.leadsTo('root' as never))).toBe('INVALID_RETURN_STATE');
  });
});
