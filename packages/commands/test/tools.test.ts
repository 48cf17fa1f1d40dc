import { scene, typed } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { bench } from '../../core/test/fixtures/bench.ts';
import { commandTree } from '../src/index.ts';

/** A trader that writes down what it has bought. */
function trader(permissions?: () => readonly string[] | Promise<readonly string[]>) {
  const bought: string[] = [];
  const tree = commandTree('trader', {
    services: typed<{ readonly fee: string }>(),
    ...(permissions && { permissions }),
  });
  const buy = tree.root
    .command('buy')
    .option('symbol', { alias: ['s'], description: 'The share' })
    .option('amount', { default: '1' })
    .option('price', { prompt: 'At what price?' });
  buy.describe('Buys shares').action(({ options, say, services }) => {
    bought.push(`${options.amount} ${options.symbol}`);
    say(
      'Bought %s of %s at %s, fee %s',
      options.amount,
      options.symbol,
      options.price,
      services.fee,
    );
  });
  const account = tree.root.command('account');
  const open = account.state('account');
  account.action(() => open);
  open.command('close').action(({ say }) => {
    say('Closed.');
    return tree.root;
  });
  tree.root.command('break').action(() => {
    throw new Error('broken');
  });
  return { tree, bought };
}

describe('tools of a tree', () => {
  it('are its commands, with a JSON Schema of their options', () => {
    const { tree } = trader();
    const tools = tree.chat('a', { services: { fee: '1' } }).tools();
    expect(Object.keys(tools)).toEqual(['buy', 'account', 'account_close', 'break']);
    const parameters = {
      type: 'object',
      properties: {
        symbol: { type: 'string', description: 'The share' },
        amount: { type: 'string' },
        price: { type: 'string' },
      },
      required: ['symbol'],
      additionalProperties: false,
    };
    expect(tools['buy']).toMatchObject({ description: 'Buys shares', parameters });
    const { jsonSchema, validate } = tools['buy']?.inputSchema['~standard'] ?? {};
    expect(jsonSchema?.input({ target: 'draft-07' })).toEqual(parameters);
    expect(validate?.({ symbol: 'TSLA', amount: 3 })).toEqual({
      value: { symbol: 'TSLA', amount: '3' },
    });
    expect(validate?.({})).toHaveProperty('issues');
    expect(validate?.({ symbol: {} })).toHaveProperty('issues');
    expect(validate?.(null)).toHaveProperty('issues');
  });

  it('run commands in a turn of a node: checked, allowed, asked as if they were typed', async () => {
    const { tree, bought } = trader();
    const results: unknown[] = [];
    const Assistant = scene('assistant', { services: typed<{ readonly fee: string }>() }).on({
      handle: async (turn) => {
        const { buy, account, account_close: close } = tree.tools(turn);
        results.push(await buy?.execute({ symbol: 'TSLA', price: '10' }));
        results.push(await buy?.execute({ s: 'AAPL' }));
        results.push(await buy?.execute({ amount: '2' }));
        results.push(await buy?.execute({ symbol: 'X', color: 'red' }));
        results.push(await close?.execute({}));
        results.push(await account?.execute({}));
        results.push(await close?.execute({}));
      },
    });
    const { send } = bench({ states: [Assistant], initial: Assistant, services: { fee: '5' } });
    await send(1, 'hello');
    await send(1, 'buy things');
    expect(results[0]).toBe('Bought 1 of TSLA at 10, fee 5');
    expect(results[1]).toBe('At what price?');
    expect(results[2]).toMatch(/symbol/);
    expect(results[3]).toMatch(/color/);
    expect(results[4]).toMatch(/close/);
    expect(results.slice(5)).toEqual(['', 'Closed.']);
    expect(bought).toEqual(['1 TSLA']);
  });

  it('leave out commands that the user may not use, and reject them if the check is asynchronous', async () => {
    const names = (permissions: () => readonly string[] | Promise<readonly string[]>) => {
      const { tree, bought } = trader(permissions);
      let tools = {};
      const outcome: unknown[] = [];
      const Node = scene('node').on({
        handle: async (turn) => {
          const made = tree.tools(turn as never);
          tools = made;
          outcome.push(await made['buy']?.execute({ symbol: 'TSLA', price: '1' }));
        },
      });
      const { send } = bench({ states: [Node], initial: Node });
      return (async () => {
        await send(1, 'hello');
        await send(1, 'go');
        return { names: Object.keys(tools), outcome, bought };
      })();
    };
    expect(await names(() => ['account'])).toEqual({
      names: ['account'],
      outcome: [undefined],
      bought: [],
    });
    const late = await names(async () => ['account']);
    expect(late.names).toContain('buy');
    expect(late.outcome[0]).toMatch(/buy/);
    expect(late.bought).toEqual([]);
  });

  it('run no command if the permissions decide nothing', async () => {
    const thrown: unknown[] = [];
    for (const permissions of [() => undefined, async () => undefined, () => async () => true]) {
      const { tree, bought } = trader(permissions as never);
      const Node = scene('node').on({
        handle: async (turn) => {
          await tree.tools(turn as never)['buy']?.execute({ symbol: 'TSLA', price: '1' });
        },
      });
      const { send } = bench({ states: [Node], initial: Node });
      await send(1, 'hello');
      thrown.push(
        await send(1, 'go').catch((error: unknown) => Reflect.get(Object(error), 'code')),
      );
      expect(bought).toEqual([]);
    }
    expect(thrown).toEqual(['INVALID_OPTION', 'INVALID_OPTION', 'INVALID_OPTION']);
  });

  it('that no model calls hide a lookup of permissions that fails', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      const { tree } = trader(() => Promise.reject(new Error('no database')));
      const Node = scene('node').on({ handle: (turn) => void tree.tools(turn as never) });
      const { send } = bench({ states: [Node], initial: Node });
      await send(1, 'hello');
      await send(1, 'go');
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unhandled).toEqual([]);
  });

  it('of a headless chat share its position, and throw errors that are not mistakes of the caller', async () => {
    const { tree } = trader();
    const chat = tree.chat('b', { services: { fee: '1' } });
    const tools = chat.tools();
    await tools['account']?.execute({});
    expect(await chat.input('close')).toBe('Closed.');
    await expect(tools['break']?.execute({})).rejects.toMatchObject({ code: 'COMMAND_ERROR' });
    const { signal } = new AbortController();
    expect(
      await tools['buy']?.execute({ symbol: 'A', price: '1' }, { abortSignal: signal }),
    ).toMatch(/^Bought 1 of A/);
  });

  it('run one after the other when a model calls several at once', async () => {
    const tree = commandTree('trader');
    const log: string[] = [];
    const account = tree.root.command('account');
    const open = account.state('account');
    account.action(async () => {
      log.push('opening');
      await new Promise((resolve) => setImmediate(resolve));
      log.push('open');
      return open;
    });
    open.command('close').action(({ say }) => {
      log.push('closed');
      say('Closed.');
      return tree.root;
    });
    let results: unknown;
    const Node = scene('node').on({
      handle: async (turn) => {
        const { account, account_close: close } = tree.tools(turn);
        results = await Promise.all([account?.execute({}), close?.execute({})]);
      },
    });
    const { send } = bench({ states: [Node], initial: Node });
    await send(1, 'hello');
    await send(1, 'go');
    expect(results).toEqual(['', 'Closed.']);
    expect(log).toEqual(['opening', 'open', 'closed']);
  });

  it('answer wrong arguments with the mistake, whatever a model writes', async () => {
    const tree = commandTree('trader');
    tree.root
      .command('toString')
      .option('constructor')
      .action(({ options, say }) => say('got %s', options.constructor));
    const tools = tree.chat('c').tools();
    expect(Object.keys(tools)).toEqual(['toString']);
    const call = (json: string) => tools['toString']?.execute(JSON.parse(json));
    expect(await call('{"constructor": 5}')).toBe('got 5');
    expect(await call('{}')).toMatch(/constructor.*missing/);
    expect(await call('{"constructor": "a", "__proto__": "polluted"}')).toMatch(/__proto__/);
    expect(await call('{"constructor": {"prototype": "polluted"}}')).toMatch(/must be a text/);
    for (const json of ['null', '[]', '"a"', '5']) expect(await call(json)).toMatch(/object/);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
