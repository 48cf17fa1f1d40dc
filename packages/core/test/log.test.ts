import { describe, expect, it } from 'vitest';
import { flow, type LogEntry, scene } from '../src/index.ts';
import { bench } from './fixtures/bench.ts';

const texts = (log: readonly LogEntry[] | undefined) =>
  (log ?? []).map(({ role, text }) => `${role}: ${text}`);

function setUp(log: object | false = { last: 4 }) {
  const seen: string[][] = [];
  const Chat = scene('chat').on({
    enter: () => 'Hello.',
    handle: async (turn) => {
      seen.push(texts(turn.log));
      await turn.reply(`Re: ${turn.input.text}`);
      if (turn.input.text === 'fail') throw new Error('failed');
    },
  });
  const Form = flow('form', { trigger: '/form' })
    .ask('name', { prompt: 'Name?' })
    .done(({ name }) => ({ text: `Thank you, ${name}.` }));
  const made = bench({ states: [Chat, Form], ...(log && { log }) });
  const enter = () => made.send(1, 'start', ({ state }) => state.enter(Chat as never));
  return { ...made, seen, enter };
}

describe('the log of recent messages', () => {
  it('is there for a handler, with the message of its turn, up to as many as were asked for', async () => {
    const { send, enter, seen, peek } = setUp();
    await enter();
    await send(1, 'one');
    await send(1, 'two');
    expect(seen).toEqual([
      ['user: start', 'bot: Hello.', 'user: one'],
      ['bot: Hello.', 'user: one', 'bot: Re: one', 'user: two'],
    ]);
    expect(texts((await peek(1))?.log)).toEqual([
      'user: one',
      'bot: Re: one',
      'user: two',
      'bot: Re: two',
    ]);
  });

  it('has the prompts and the end of a flow, and is rolled back with its turn', async () => {
    const { send, enter, peek } = setUp({ last: 10 });
    await send(1, '/form');
    await send(1, 'Ann');
    await enter();
    expect(texts((await peek(1))?.log)).toEqual([
      'bot: Name?',
      'user: Ann',
      'bot: Thank you, Ann.',
      'user: start',
      'bot: Hello.',
    ]);
    await send(1, 'fail').catch(() => {});
    expect(texts((await peek(1))?.log).at(-1)).toBe('bot: Hello.');
  });

  it('is bounded in bytes', async () => {
    const { send, enter, peek } = setUp({ last: 40, bytes: 100 });
    await enter();
    for (let number = 0; number < 20; number++) await send(1, `${number}: ${'é'.repeat(15)}`);
    const log = (await peek(1))?.log ?? [];
    const bytes = log.reduce((sum, { text }) => sum + new TextEncoder().encode(text).length, 0);
    expect(log.length).toBeGreaterThan(1);
    expect(bytes).toBeLessThanOrEqual(100);
    expect(log.at(-1)?.text).toMatch(/^Re: 19/);
  });

  it('is cleared with the conversation, and is not kept without the option', async () => {
    const { send, enter, peek, text } = setUp();
    await enter();
    await send(1, 'bye', ({ state }) => state.clear());
    await send(1, '/x', ({ state }) => state.clear());
    expect(await peek(1)).toBeUndefined();
    expect((await text(1)) ?? '').not.toContain('Hello');
    const without = setUp(false);
    await without.enter();
    await without.send(1, 'one');
    expect(without.seen).toEqual([[]]);
    expect(await without.text(1)).not.toContain('"one"');
  });

  it('rejects bounds that are none', () => {
    expect(() => setUp({ last: 0 })).toThrow(/log\.last/);
    expect(() => setUp({ last: 4, bites: 1 })).toThrow(/log\.bites/);
  });
});
