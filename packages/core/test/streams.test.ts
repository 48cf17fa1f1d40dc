import { describe, expect, it } from 'vitest';
import { type VirtualClock, virtualClock } from '../../testing/src/virtual-clock.ts';
import { flow, interruptBy, type Stream, scene, type Turn } from '../src/index.ts';
import { bench, type Call, gate, message } from './fixtures/bench.ts';

/** Writes a text in so many chunks over so many ms. */
async function* written(clock: VirtualClock, text: string, ms: number, chunks: number) {
  const size = Math.ceil(text.length / chunks);
  for (let at = 0; at < text.length; at += size) {
    await new Promise((resolve) => void clock.setTimeout(resolve as () => void, ms / chunks));
    yield text.slice(at, at + size);
  }
}

/** An API error, as grammY's client throws it. */
const tooMany = (retry_after: number) =>
  Object.assign(new Error('Too Many Requests'), { error_code: 429, parameters: { retry_after } });
const rejected = (why: string) => Object.assign(new Error(why), { error_code: 400 });

/** A group's message. */
function inGroup(text: string): ReturnType<typeof message> {
  const update = message(1, text) as { update_id: number; message: object };
  return {
    ...update,
    message: { ...update.message, chat: { id: -5, type: 'supergroup', title: 'G' } },
  };
}

const methods = (calls: readonly Call[]) => calls.map(({ method }) => method);

describe('a stream', () => {
  it('of 4,000 characters in 20 seconds takes at most 25 calls, one a second', async () => {
    const { clock, give, calls, outlast } = bench();
    const text = 'word '.repeat(800);
    let result: unknown;
    const at: number[] = [];
    const before = calls.push.bind(calls);
    calls.push = (...made) => {
      at.push(clock.monotonic());
      return before(...made);
    };
    await outlast(
      give(message(1, 'go'), async ({ stream }) => {
        result = await stream(written(clock, text, 20_000, 400));
      }),
      50,
    );
    expect(result).toEqual({ message_id: calls.length, text });
    expect(calls.length).toBeLessThanOrEqual(25);
    expect(calls.length).toBeGreaterThan(15);
    // the finished message does not wait
    for (const [index, time] of at.slice(0, -1).entries()) {
      if (index > 0) expect(time - (at[index - 1] ?? 0)).toBeGreaterThanOrEqual(1000);
    }
    expect(new Set(methods(calls.slice(0, -1)))).toEqual(new Set(['sendMessageDraft']));
    const drafts = new Set(calls.slice(0, -1).map(({ payload }) => payload['draft_id']));
    expect(drafts.size).toBe(1);
    expect(calls.at(-1)).toEqual({ method: 'sendMessage', payload: { chat_id: 1, text } });
  });

  it('in a group is a message that is edited, 20 times a minute at most', async () => {
    const { clock, give, calls, outlast } = bench();
    const text = 'word '.repeat(800);
    await outlast(
      give(inGroup('go'), async ({ stream }) => {
        await stream(written(clock, text, 60_000, 600));
      }),
      100,
    );
    expect(methods(calls)[0]).toBe('sendMessage');
    expect(new Set(methods(calls).slice(1))).toEqual(new Set(['editMessageText']));
    expect(calls.length).toBeLessThanOrEqual(20);
    expect(calls.at(-1)?.payload).toMatchObject({ text, message_id: 1, chat_id: -5 });
  });

  it('waits as long as a limit asks for, and loses nothing', async () => {
    const made = bench();
    const { clock, give, calls, outlast } = made;
    let refusals = 0;
    const refusedAt: number[] = [];
    made.refuses = () => {
      if (refusals++ !== 1) return undefined;
      refusedAt.push(clock.monotonic());
      return tooMany(7);
    };
    const at: number[] = [];
    const handled = give(message(1, 'go'), async ({ stream }) => {
      await stream(written(clock, 'a'.repeat(100), 5000, 50));
      at.push(clock.monotonic());
    });
    await outlast(handled, 50);
    expect((at[0] ?? 0) - (refusedAt[0] ?? 0)).toBeGreaterThanOrEqual(7000);
    expect(calls.at(-1)?.payload).toMatchObject({ text: 'a'.repeat(100) });
  });

  it('edits a message where the server has no drafts', async () => {
    const made = bench();
    const { clock, give, calls, outlast } = made;
    made.refuses = ({ method }) =>
      method === 'sendMessageDraft' ? rejected('Bad Request: method not found') : undefined;
    await outlast(
      give(message(1, 'go'), async ({ stream }) => {
        await stream(written(clock, 'abcdefgh', 4000, 8));
      }),
      50,
    );
    expect(methods(calls)[0]).toBe('sendMessage');
    expect(calls.at(-1)).toMatchObject({
      method: 'editMessageText',
      payload: { text: 'abcdefgh' },
    });
  });

  it('longer than a message becomes several, split between words, each formatted once', async () => {
    const { clock, give, calls, outlast } = bench();
    const text = 'word '.repeat(2000);
    const formatted: string[] = [];
    const format = (part: string) => {
      formatted.push(part);
      return { text: part, parse_mode: 'MarkdownV2' as const };
    };
    let result: unknown;
    await outlast(
      give(message(1, 'go'), async ({ stream }) => {
        result = await stream({ text: written(clock, text, 10_000, 100), format });
      }),
      50,
    );
    const sent = calls.filter(({ method }) => method === 'sendMessage');
    expect(sent.length).toBe(3);
    expect(sent.map(({ payload }) => payload['text']).join('')).toBe(text);
    for (const { payload } of sent) {
      expect(String(payload['text']).length).toBeLessThanOrEqual(4096);
      expect(String(payload['text'])).toMatch(/^word.* $/);
      expect(payload['parse_mode']).toBe('MarkdownV2');
    }
    expect(formatted).toHaveLength(3);
    expect(result).toMatchObject({ text });
  });

  it('in Markdown is sent once for Telegram to read, and as it is where Telegram rejects it', async () => {
    const made = bench();
    const { clock, give, calls, outlast } = made;
    const go = () =>
      outlast(
        give(message(1, 'go'), async ({ stream }) => {
          await stream({ text: written(clock, '**bold** `x`', 1500, 3), format: 'markdown' });
        }),
        50,
      );
    await go();
    expect(calls.at(-1)).toEqual({
      method: 'sendRichMessage',
      payload: { chat_id: 1, rich_message: { markdown: '**bold** `x`' } },
    });
    made.refuses = ({ method }) =>
      method === 'sendRichMessage' ? rejected("Bad Request: can't parse") : undefined;
    await go();
    expect(calls.at(-1)).toEqual({
      method: 'sendMessage',
      payload: { chat_id: 1, text: '**bold** `x`' },
    });
  });

  it('without text sends nothing', async () => {
    const { clock, give, calls } = bench();
    let result: unknown;
    await give(message(1, 'go'), async ({ stream }) => {
      result = await stream(written(clock, '', 0, 1));
    });
    expect(result).toEqual({ message_id: 0, text: '' });
    expect(calls).toEqual([]);
  });

  it('that fails shows the text so far, and fails the handler', async () => {
    const { clock, give, calls, outlast } = bench();
    async function* broken() {
      yield* written(clock, 'half an ans', 500, 2);
      throw new Error('The model is gone.');
    }
    const handled = give(message(1, 'go'), async ({ stream }) => void (await stream(broken())));
    await expect(outlast(handled, 50)).rejects.toThrow('The model is gone.');
    expect(calls.at(-1)).toMatchObject({ method: 'sendMessage', payload: { text: 'half an ans' } });
  });

  it('stops with the signal: the text so far stays, and the source is closed', async () => {
    const { clock, give, send, calls, outlast } = bench({
      waiting: { interrupt: interruptBy(['stop']) },
    });
    let isClosed = false;
    async function* endless() {
      try {
        for (let number = 1; ; number++) {
          await new Promise((resolve) => void clock.setTimeout(resolve as () => void, 100));
          yield `${number} `;
        }
      } finally {
        isClosed = true;
      }
    }
    const outcome: unknown[] = [];
    const slow = give(message(1, 'count'), async ({ stream }) => {
      await stream(endless()).catch((error) => outcome.push(error));
    });
    await clock.advance(1050);
    const stop = send(1, '/stop', ({ reply }) => reply('Stopped.'));
    await outlast(Promise.all([slow, stop]), 10);
    await clock.advance(1000);
    expect(outcome).toMatchObject([{ code: 'INTERRUPTED' }]);
    expect(isClosed).toBe(true);
    const sent = calls.filter(({ method }) => method === 'sendMessage');
    expect(sent.map(({ payload }) => payload['text'])).toEqual([
      '1 2 3 4 5 6 7 8 9 10 ',
      'Stopped.',
    ]);
  });
});

describe('a stream that a scene returns', () => {
  it('is shown by enter, by a prompt with its keyboard, and by done', async () => {
    const clock = virtualClock();
    const say = (text: string): Stream => ({ text: written(clock, text, 100, 2) });
    const Node = scene('node').on({
      enter: () => written(clock, 'entered', 100, 2),
      handle: () => {},
    });
    const Form = flow('form', { trigger: '/form' })
      .ask('sure', { prompt: () => say('Are you sure?'), choices: ['yes', 'no'] })
      .done(({ sure }) => say(`So: ${sure}`));
    const { send, sentTexts, calls, outlast, peek } = bench({ clock, states: [Node, Form] });
    const go = (text: string, handler?: (turn: Turn) => unknown) =>
      outlast(send(1, text, handler), 50);
    await go('go', ({ state }) => state.enter(Node as never));
    await go('/form');
    expect(calls.at(-1)?.payload['reply_markup']).toMatchObject({ inline_keyboard: [[{}, {}]] });
    await go('yes');
    expect(sentTexts().filter((text) => /entered|sure\?|So/.test(String(text)))).toEqual(
      expect.arrayContaining(['entered', 'Are you sure?', 'So: yes']),
    );
    expect(await peek(1)).toBeUndefined();
  });

  it('is stopped by an update that interrupts: its question was asked', async () => {
    const clock = virtualClock();
    const held = gate();
    async function* stuck() {
      yield 'Once upon a time';
      await held.opened;
    }
    let entered = 0;
    const Story = scene('story').on({
      enter: () => {
        entered++;
        return stuck();
      },
      handle: () => {},
    });
    const made = bench({ clock, states: [Story], waiting: { interrupt: interruptBy(['stop']) } });
    const { send, sentTexts, outlast, peek } = made;
    const begun = send(1, 'go', ({ state }) => state.enter(Story as never));
    await clock.advance(1500);
    const log: string[] = [];
    const stop = send(1, '/stop', () => void log.push('stop'));
    await outlast(Promise.all([begun, stop]), 50);
    expect(log).toEqual(['stop']);
    expect(sentTexts().at(-1)).toBe('Once upon a time');
    expect(await peek(1)).toMatchObject({ current: 'story' });
    await outlast(send(1, 'and now?'), 50);
    expect(entered).toBe(1);
  });
});
