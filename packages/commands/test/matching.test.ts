/** Which command a line means. */

import { describe, expect, it } from 'vitest';
import { type CommandTree, type CommandTreeOptions, commandTree } from '../src/index.ts';

/** A tree whose commands say their name and what they were given. */
function shop(options: CommandTreeOptions<undefined> = {}): CommandTree<'shop', {}> {
  const tree = commandTree('shop', options);
  for (const [name, ...aliases] of [['buy', '买', 'b'], ['buyall']] as const) {
    tree.root
      .command(name, ...aliases)
      .option('stock', { alias: ['s'], default: 'nothing' })
      .action(({ options, rest, say }) => say('%s %j %j', name, options.stock, rest));
  }
  tree.command('echo').action(({ rest, say }) => say('echo %j', rest));
  return tree;
}
const nearly = { nonExactMatch: true } as const;

describe('a line', () => {
  it.each([
    ['buy TSLA', 'buy "TSLA" []'],
    ['buy stock=TSLA', 'buy "TSLA" []'],
    ['buy TSLA haha', 'buy "TSLA" ["haha"]'],
    ['  buy   TSLA  ', 'buy "TSLA" []'],
    ['BUY TSLA', 'buy "TSLA" []'],
    ['b TSLA', 'buy "TSLA" []'],
    ['/buy TSLA', 'buy "TSLA" []'],
    ['/buy@any_bot TSLA', 'buy "TSLA" []'],
    ['buyall X', 'buyall "X" []'],
    ['echo a=b  "c d"', 'echo ["a=b","c d"]'],
  ])('%j means %j', async (line, expected) => {
    expect(await shop().chat('Bob').input(line)).toBe(expected);
  });

  it('without a space is unknown unless the tree matches beginnings', async () => {
    await expect(shop().chat('Bob').input('buyTSLA')).rejects.toMatchObject({
      code: 'UNKNOWN_COMMAND',
      args: { input: 'buyTSLA', known: ['buy', 'buyall', 'echo'] },
    });
    expect(await shop(nearly).chat('Bob').input('buyTSLA haha')).toBe('buy "TSLA" ["haha"]');
  });

  it.each([
    ['buyall X', 'buyall "X" []'],
    ['buyallTSLA now', 'buyall "TSLA" ["now"]'],
    ['buys=Q', 'buy "Q" []'],
    ['买苹果', 'buy "苹果" []'],
    ['买 苹果', 'buy "苹果" []'],
  ])('%j means %j where beginnings match: the longest name wins', async (line, said) => {
    expect(await shop(nearly).chat('Bob').input(line)).toBe(said);
  });

  it('with a slash is never matched by its beginning, so that the bot’s other commands are not taken', async () => {
    await expect(shop(nearly).chat('Bob').input('/buyers')).rejects.toMatchObject({
      code: 'UNKNOWN_COMMAND',
    });
  });

  it('that is empty is unknown, and no finder is asked', async () => {
    const tree = shop();
    tree.root.default(() => tree.root.command('never'));
    await expect(tree.chat('Bob').input(' \n ')).rejects.toMatchObject({
      code: 'UNKNOWN_COMMAND',
      args: { input: '' },
    });
  });
});

describe('the default finder', () => {
  it('picks a command by a flag, and the whole line becomes its arguments', async () => {
    const tree = commandTree('t');
    const root = tree.root.flag('english', true);
    const hello = root
      .command('hello')
      .option('name')
      .action(({ options, say }) => say('hello %s', options.name));
    const hallo = root
      .command('hallo')
      .option('name')
      .action(({ options, say }) => say('hallo %s', options.name));
    root.command('german').action(({ setFlag }) => setFlag('english', false));
    root.default((_input, { flags }) => (flags.english ? hello : hallo));
    const chat = tree.chat('Bob');
    expect(await chat.input('hello world')).toBe('hello world');
    expect(await chat.input('world')).toBe('hello world');
    await chat.input('german');
    expect(await chat.input('Welt')).toBe('hallo Welt');
    expect(await chat.input('name=Welt')).toBe('hallo Welt');
  });

  it('is asked after the beginnings', async () => {
    const tree = shop(nearly);
    const other = tree.root.command('other').action(({ say }) => say('other'));
    tree.root.default(async () => other);
    const chat = tree.chat('Bob');
    expect(await chat.input('buyX')).toBe('buy "X" []');
    expect(await chat.input('sell X')).toBe('other');
  });

  it('that throws is a COMMAND_FINDER_ERROR with the thrown value, also undefined', async () => {
    for (const thrown of [new Error('no index'), undefined, 0]) {
      const tree = shop();
      tree.root.default(() => {
        throw thrown;
      });
      await expect(tree.chat('Bob').input('sell')).rejects.toMatchObject({
        code: 'COMMAND_FINDER_ERROR',
        args: { state: 'shop:root', input: 'sell', error: thrown },
        cause: thrown,
      });
    }
  });

  it('that finds nothing leaves the input unknown', async () => {
    const tree = shop();
    tree.root.default(() => undefined);
    await expect(tree.chat('Bob').input('sell')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
  });

  it('that returns no command, or one of elsewhere, is an INVALID_RETURN_COMMAND', async () => {
    const foreign = shop().root.command('foreign');
    for (const found of ['buy', null, {}, foreign]) {
      const tree = shop();
      tree.root.default(() => found as never);
      await expect(tree.chat('Bob').input('sell')).rejects.toMatchObject({
        code: 'INVALID_RETURN_COMMAND',
      });
    }
    const tree = shop();
    const elsewhere = tree.root.command('go').state('there').command('below');
    tree.root.default(() => elsewhere);
    await expect(tree.chat('Bob').input('sell')).rejects.toMatchObject({
      code: 'INVALID_RETURN_COMMAND',
      args: { found: 'the command "shop:root/go:there/below"' },
    });
  });
});

describe('a global command', () => {
  it('is never meant by the beginning of a line', async () => {
    const tree = commandTree('t', { nonExactMatch: true });
    tree.root
      .command('buy')
      .option('what')
      .action(({ say, options }) => say(`bought ${options.what}`));
    tree.command('cancel').action(({ say }) => say('canceled'));
    const chat = tree.chat('Bob');
    expect(await chat.input('buyTSLA')).toBe('bought TSLA');
    expect(await chat.input('cancel')).toBe('canceled');
    for (const text of ['cancellation insurance', 'cancelTSLA'])
      await expect(chat.input(text)).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
  });

  it('works in every state and may answer', async () => {
    const tree = commandTree('t');
    const go = tree.root.command('go');
    const there = go.state('there');
    go.action(() => there);
    there.command('here').action(({ say, state }) => {
      say('here');
      return state;
    });
    tree.command('where').action(({ say, state }) => {
      say(state.id);
      return state;
    });
    const chat = tree.chat('Bob');
    expect(await chat.input('where')).toBe('t:root');
    await expect(chat.input('here')).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
    await chat.input('go');
    expect(await chat.input('where')).toBe('t:root/go:there');
    expect(await chat.input('here')).toBe('here');
    expect(await chat.input('where')).toBe('t:root/go:there');
  });
});
