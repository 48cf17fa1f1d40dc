/** Mistakes of earlier command trees: each line of the list is a test. */

import { virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { commandTree } from '../src/index.ts';

describe('an action', () => {
  it('that throws undefined has failed too', async () => {
    for (const thrown of [undefined, null, 0, '', false]) {
      const tree = commandTree('t');
      const go = tree.root.command('go');
      go.state('there');
      go.action(() => {
        throw thrown;
      });
      tree.root
        .command('caught')
        .action(() => Promise.reject(thrown))
        .catch((error, { say }) => say('caught %j', error ?? null));
      const chat = tree.chat('Bob');
      await expect(chat.input('go')).rejects.toMatchObject({
        code: 'COMMAND_ERROR',
        args: { command: 'go', error: thrown },
      });
      expect(await chat.input('caught')).toBe(`caught ${JSON.stringify(thrown ?? null)}`);
    }
  });

  it('that is too slow is a COMMAND_TIMEOUT: its signal is aborted and its later effects are dropped', async () => {
    const clock = virtualClock();
    const tree = commandTree('t', { clock, actionTimeout: '1s' });
    const reported: string[] = [];
    const root = tree.root.flag('x', 0, (now) => void reported.push(`x is ${now}`));
    let go: () => void = () => {};
    let ended = false;
    root
      .command('slow')
      .action(async ({ say, setFlag, signal }) => {
        say('begun');
        await new Promise<void>((resolve) => (go = resolve));
        say('too late');
        setFlag('x', 1);
        ended = signal.aborted;
      })
      .catch((_error, { say }) => say('caught'));
    root.command('show').action(({ flags, say }) => say('%d', flags.x));
    const chat = tree.chat('Bob');
    const refused = expect(chat.input('slow')).rejects.toMatchObject({
      code: 'COMMAND_TIMEOUT',
      args: { command: 'slow', ms: 1000 },
      output: 'begun',
    });
    await clock.advance(999);
    await clock.advance(1);
    await refused;
    const next = chat.input('show');
    go();
    expect(await next).toBe('0');
    await clock.advance(0);
    expect({ ended, reported }).toEqual({ ended: true, reported: [] });
    expect(await chat.input('show')).toBe('0');
  });

  it('that ends because its signal was aborted is late, not failed', async () => {
    const clock = virtualClock();
    const tree = commandTree('t', { clock, actionTimeout: 10 });
    const caught: unknown[] = [];
    tree.root
      .command('slow')
      .action(
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      )
      .catch((error) => void caught.push(error));
    const refused = expect(tree.chat('Bob').input('slow')).rejects.toMatchObject({
      code: 'COMMAND_TIMEOUT',
    });
    await clock.advance(10);
    await refused;
    expect(caught).toEqual([]);
  });

  it('and its catch share one time limit', async () => {
    const clock = virtualClock();
    const tree = commandTree('t', { clock, actionTimeout: 10 });
    const wait = (ms: number) =>
      new Promise<void>((resolve) => void clock.setTimeout(() => resolve(), ms));
    tree.root
      .command('slow')
      .action(async () => {
        await wait(6);
        throw new Error('no');
      })
      .catch(() => wait(6));
    const refused = expect(tree.chat('Bob').input('slow')).rejects.toMatchObject({
      code: 'COMMAND_TIMEOUT',
    });
    await clock.advance(6);
    await clock.advance(4);
    await refused;
  });

  it('adds nothing to the next answer if it did not await its work', async () => {
    const tree = commandTree('t');
    let late: () => void = () => {};
    tree.root.command('careless').action(({ say }) => {
      late = () => say('late');
    });
    tree.root.command('next').action(({ say }) => {
      late();
      say('next');
    });
    const chat = tree.chat('Bob');
    expect(await chat.input('careless')).toBe('');
    expect(await chat.input('next')).toBe('next');
  });
});

describe('a slow condition or finder', () => {
  it('is a COMMAND_TIMEOUT', async () => {
    const clock = virtualClock();
    const tree = commandTree('t', { clock, actionTimeout: 10 });
    tree.root.command('do').condition(() => new Promise(() => {}));
    tree.root.default(() => new Promise(() => {}));
    const chat = tree.chat('Bob');
    for (const [line, command] of [
      ['do', 'do'],
      ['what', 't:root'],
    ] as const) {
      const refused = expect(chat.input(line)).rejects.toMatchObject({
        code: 'COMMAND_TIMEOUT',
        args: { command },
      });
      await clock.advance(10);
      await refused;
    }
  });
});
