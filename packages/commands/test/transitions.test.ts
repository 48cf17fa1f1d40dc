/** Where commands lead, what flags keep, and what is said on the way. */

import { describe, expect, it } from 'vitest';
import { type CommandTreeOptions, commandTree, type TargetState } from '../src/index.ts';

/** root --go--> a --on--> b, a branch beside it, and a `return` command in b whose target the test chooses. */
function map(options: CommandTreeOptions<undefined> = {}) {
  const tree = commandTree('t', options);
  const go = tree.root.command('go');
  const a = go.state('a');
  go.action(() => a);
  const on = a.command('on');
  const b = on.state('b');
  on.action(() => b);
  const beside = tree.root.command('beside').state('c');
  tree.command('where').action(({ state, say }) => {
    say(state.id);
    return state;
  });
  const chat = tree.chat('Bob');
  return {
    tree,
    a,
    b,
    beside,
    on,
    chat,
    /** Lets a command in `b` return something, and tells where the user is afterwards. */
    async returning(target: (turn: { state: { parent: unknown } }) => unknown, name = 'return') {
      b.command(name).action((turn) => target(turn) as TargetState);
      await chat.input('go');
      await chat.input('on');
      await chat.input(name);
      return chat.input('where');
    },
  };
}

describe('a command that returns', () => {
  it('nothing leads to the root', async () => {
    expect(await map().returning(() => undefined)).toBe('t:root');
  });

  it('the current state stays', async () => {
    expect(await map().returning(({ state }) => state)).toBe('t:root/go:a/on:b');
    const { returning, b } = map();
    expect(await returning(() => b)).toBe('t:root/go:a/on:b');
  });

  it('the parent goes up, as a state or from the turn', async () => {
    expect(await map().returning(({ state }) => state.parent)).toBe('t:root/go:a');
    const { returning, a } = map();
    expect(await returning(() => a)).toBe('t:root/go:a');
  });

  it('the root leads there from any depth', async () => {
    const { returning, tree } = map();
    expect(await returning(() => tree.root)).toBe('t:root');
  });

  it('a state of another branch is STATE_UNREACHABLE, and the user stays', async () => {
    const { returning, beside, chat } = map();
    await expect(returning(() => beside)).rejects.toMatchObject({
      code: 'STATE_UNREACHABLE',
      args: {
        command: 'return',
        state: 't:root/go:a/on:b',
        target: 't:root/beside:c',
        reachable: ['t:root/go:a/on:b', 't:root/go:a', 't:root'],
      },
    });
    expect(await chat.input('where')).toBe('t:root/go:a/on:b');
  });

  it('a state below another command, or of another tree, is STATE_UNREACHABLE too', async () => {
    const { returning, b } = map();
    await expect(returning(() => b.command('x').state('y'))).rejects.toMatchObject({
      code: 'STATE_UNREACHABLE',
    });
    await expect(map().returning(() => commandTree('t').root)).rejects.toMatchObject({
      code: 'STATE_UNREACHABLE',
    });
  });

  it('a declared further state leads there', async () => {
    const { b, beside, chat } = map();
    b.command('jump')
      .leadsTo(beside)
      .action(() => beside);
    await chat.input('go');
    await chat.input('on');
    await chat.input('jump');
    expect(await chat.input('where')).toBe('t:root/beside:c');
  });

  it('anything else is INVALID_RETURN_STATE, and the user stays', async () => {
    for (const value of [null, 'root', 1, {}, { id: 't:root', parent: undefined }, () => {}]) {
      const { returning, chat } = map();
      await expect(returning(() => value)).rejects.toMatchObject({ code: 'INVALID_RETURN_STATE' });
      expect(await chat.input('where')).toBe('t:root/go:a/on:b');
    }
  });

  it('the parent of the root stays at the root', async () => {
    const { tree, chat } = map();
    tree.command('back').action(({ state }) => state.parent);
    await chat.input('back');
    expect(await chat.input('where')).toBe('t:root');
  });

  it('nothing because it has no action leads to the root', async () => {
    const { a, chat } = map();
    a.command('idle');
    await chat.input('go');
    await chat.input('idle');
    expect(await chat.input('where')).toBe('t:root');
  });
});

describe('a flag', () => {
  function counter() {
    const tree = commandTree('t');
    const root = tree.root.flag('total', 0, async (now, before, { say }) => {
      await Promise.resolve();
      say('total %d -> %d', before, now);
    });
    const go = root.command('go');
    const a = go.state('a').flag('count', 0);
    go.action(() => a);
    const add = a.command('add').action(({ flags, setFlag, state, say }) => {
      setFlag('count', flags.count + 1);
      setFlag('total', flags.total + 1);
      say('%d of %d', flags.count, flags.total);
      return state;
    });
    const on = a.command('on');
    const b = on.state('b');
    on.action(() => b);
    b.command('show').action(({ flags, say, state }) => {
      say('%j', { ...flags });
      return state;
    });
    tree.command('back').action(({ state }) => state.parent);
    return { tree, a, add, chat: tree.chat('Bob') };
  }

  it('that changes calls its hook, which is awaited; the same value again is silent', async () => {
    const tree = commandTree('t');
    const root = tree.root.flag('list', [] as readonly string[], (now, before, { say }) =>
      say('%j -> %j', before, now),
    );
    root
      .command('set')
      .option('item')
      .action(({ options, setFlag }) => setFlag('list', [options.item]));
    const chat = tree.chat('Bob');
    expect(await chat.input('set x')).toBe('[] -> ["x"]');
    expect(await chat.input('set x')).toBe('');
    expect(await chat.input('set y')).toBe('["x"] -> ["y"]');
  });

  it('of the root stays; of another state is gone when the state is left; of a parent stays below it', async () => {
    const { chat } = counter();
    await chat.input('go');
    expect(await chat.input('add')).toBe('1 of 1\ntotal 0 -> 1');
    expect(await chat.input('add')).toBe('2 of 2\ntotal 1 -> 2');
    await chat.input('on');
    expect(await chat.input('show')).toBe('{"count":2,"total":2}');
    await chat.input('back');
    expect(await chat.input('add')).toBe('3 of 3\ntotal 2 -> 3');
    await chat.input('back');
    await chat.input('go');
    expect(await chat.input('add')).toBe('1 of 4\ntotal 3 -> 4');
  });

  it('is kept only if the command succeeds', async () => {
    const { chat, a } = counter();
    a.command('fail').action(({ setFlag }) => {
      setFlag('count', 100);
      throw new Error('no');
    });
    a.command('recover')
      .action(({ setFlag }) => {
        setFlag('count', 100);
        throw new Error('no');
      })
      .catch((_error, { flags, setFlag, state }) => {
        setFlag('count', flags.count + 10);
        return state;
      });
    await chat.input('go');
    await chat.input('add');
    await expect(chat.input('fail')).rejects.toMatchObject({ code: 'COMMAND_ERROR' });
    expect(await chat.input('add')).toBe('2 of 2\ntotal 1 -> 2');
    await chat.input('recover');
    expect(await chat.input('add')).toBe('13 of 3\ntotal 2 -> 3');
  });

  it('is not kept when the command returned a wrong state', async () => {
    const { chat, a } = counter();
    a.command('lost').action(({ setFlag }) => {
      setFlag('count', 100);
      return 'nowhere' as never;
    });
    await chat.input('go');
    await expect(chat.input('lost')).rejects.toMatchObject({ code: 'INVALID_RETURN_STATE' });
    expect(await chat.input('add')).toBe('1 of 1\ntotal 0 -> 1');
  });

  it('that nobody defined is FLAG_NOT_DEFINED, wrapped as the failure of the command', async () => {
    const { chat, a } = counter();
    const wrong = 'cuont' as 'count';
    a.command('typo').action(({ setFlag }) => setFlag(wrong, 1));
    a.command('again')
      .action(({ setFlag }) => setFlag(wrong, 1))
      .catch((error) => {
        throw error;
      });
    await chat.input('go');
    for (const line of ['typo', 'again']) {
      await expect(chat.input(line)).rejects.toMatchObject({
        code: 'COMMAND_ERROR',
        cause: {
          code: 'FLAG_NOT_DEFINED',
          args: { state: 't:root/go:a', flag: 'cuont', known: ['count', 'total'] },
        },
      });
    }
  });

  it('with the name of a prototype’s key is not defined either', async () => {
    const { chat, a } = counter();
    for (const [index, name] of ['__proto__', 'constructor'].entries()) {
      a.command(`p${index}`).action(({ setFlag }) => setFlag(name as 'count', 1));
    }
    await chat.input('go');
    for (const line of ['p0', 'p1']) {
      await expect(chat.input(line)).rejects.toMatchObject({ cause: { code: 'FLAG_NOT_DEFINED' } });
    }
  });

  it('whose hook fails makes the command fail', async () => {
    for (const hook of [
      () => {
        throw new Error('hook');
      },
      async () => {
        throw new Error('hook');
      },
    ]) {
      const tree = commandTree('t');
      const root = tree.root.flag('x', 0, hook);
      root.command('set').action(({ setFlag }) => setFlag('x', 1));
      root.command('show').action(({ flags, say }) => say('%d', flags.x));
      const chat = tree.chat('Bob');
      await expect(chat.input('set')).rejects.toMatchObject({
        code: 'COMMAND_ERROR',
        cause: { message: 'hook' },
      });
      expect(await chat.input('show')).toBe('0');
    }
  });

  it('that cannot be stored is rejected where it is set', async () => {
    const tree = commandTree('t');
    const root = tree.root.flag('at', null as unknown);
    root.command('set').action(({ setFlag }) => setFlag('at', new Date()));
    await expect(tree.chat('Bob').input('set')).rejects.toMatchObject({
      code: 'COMMAND_ERROR',
      cause: { code: 'DATA_NOT_JSON', details: { path: 'flags.at' } },
    });
  });

  it('made by a function is made once for each user', async () => {
    let made = 0;
    const tree = commandTree('t');
    const root = tree.root.flag('id', () => ++made);
    root.command('id').action(({ flags, say }) => say('%d', flags.id));
    expect(await tree.chat('Bob').input('id')).toBe('1');
    expect(await tree.chat('Bob').input('id')).toBe('1');
    expect(await tree.chat('Ann').input('id')).toBe('2');
  });

  it("cannot be changed through the turn's objects", async () => {
    const tree = commandTree('t');
    const root = tree.root.flag('x', { deep: [1] });
    root.command('write').action(({ flags }) => {
      (flags.x.deep as number[]).push(2);
    });
    await expect(tree.chat('Bob').input('write')).rejects.toMatchObject({
      code: 'COMMAND_ERROR',
      cause: { name: 'TypeError' },
    });
  });
});

describe('a condition', () => {
  it('that is false leaves the command out, and only its hint is sent', async () => {
    const tree = commandTree('t');
    const root = tree.root.flag('enabled', false);
    const run: string[] = [];
    root
      .command('do')
      .option('must')
      .condition(async ({ flags, say }) => {
        if (!flags.enabled) say('not enabled');
        return flags.enabled;
      })
      .action(() => void run.push('ran'));
    root.command('enable').action(({ setFlag }) => setFlag('enabled', true));
    const chat = tree.chat('Bob');
    expect(await chat.input('do')).toBe('not enabled');
    await chat.input('enable');
    await expect(chat.input('do')).rejects.toMatchObject({ code: 'OPTIONS_NOT_FULFILLED' });
    expect(await chat.input('do it')).toBe('');
    expect(run).toEqual(['ran']);
  });

  it('that throws is the failure of the command, and its catch is not asked', async () => {
    const tree = commandTree('t');
    tree.root
      .command('do')
      .condition(() => {
        throw new Error('no');
      })
      .catch((_error, { say }) => say('caught'));
    await expect(tree.chat('Bob').input('do')).rejects.toMatchObject({
      code: 'COMMAND_ERROR',
      cause: { message: 'no' },
    });
  });
});

describe('the output of a command', () => {
  it('in the action and then in the catch is joined in order', async () => {
    const { tree, chat } = map();
    tree.root
      .command('do')
      .action(({ say }) => {
        say('one %s', 1);
        throw new Error('no');
      })
      .catch((error, { say }) => say('two: %s', error));
    expect(await chat.input('do')).toBe('one 1\ntwo: no');
  });

  it('before a failure is on the error, with the second one if the catch fails too', async () => {
    const { tree, chat } = map();
    tree.root
      .command('do')
      .action(({ say }) => {
        say('one');
        throw new Error('first');
      })
      .catch((_error, { say }) => {
        say('two');
        throw new Error('second');
      });
    await expect(chat.input('do')).rejects.toMatchObject({
      code: 'COMMAND_ERROR',
      output: 'one\ntwo',
      cause: { message: 'second' },
      message: 'The command "do" failed: second.',
    });
  });

  it('goes through the tree’s own format and join', async () => {
    const words: Record<string, string> = { HELLO: 'Hallo' };
    const { tree, chat } = map({
      format: (template, ...values) => [words[template] ?? template, ...values].join('|'),
      join: (...messages) => messages.join(' / '),
    });
    tree.root.command('do').action(({ say }) => {
      say('HELLO', 'Bob', 1);
      say('BYE');
    });
    expect(await chat.input('do')).toBe('Hallo|Bob|1 / BYE');
  });

  it('is filled in as printf does', async () => {
    const { tree, chat } = map();
    const circle: { self?: unknown } = {};
    circle.self = circle;
    tree.root.command('do').action(({ say }) => {
      say('100%');
      say('%s %d %i %f %j %%', 'a', '0.2', 2.9, 1.5, { b: 1 });
      say('%s', 'a', 'b', { c: 1 });
      say('%s and %s', 'a');
      say('%j %s %d', circle, new Error('no'), 10n);
    });
    expect(await chat.input('do')).toBe(
      ['100%', 'a 0.2 2 1.5 {"b":1} %', 'a b {"c":1}', 'a and %s', '[object Object] no 10'].join(
        '\n',
      ),
    );
  });
});
