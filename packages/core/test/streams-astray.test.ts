/** Streams on which something goes wrong: of the model, of Telegram, or of the text. */

import { describe, expect, it } from 'vitest';
import type { VirtualClock } from '../../testing/src/virtual-clock.ts';
import type { Stream } from '../src/index.ts';
import { bench, type Call, message } from './fixtures/bench.ts';

const rejected = (why: string, error_code = 400) => Object.assign(new Error(why), { error_code });
const tooMany = (retry_after: number) =>
  Object.assign(new Error('Too Many Requests'), { error_code: 429, parameters: { retry_after } });

async function* chunks(clock: VirtualClock, texts: readonly string[], every = 500) {
  for (const text of texts) {
    await new Promise((resolve) => void clock.setTimeout(resolve as () => void, every));
    yield text;
  }
}

/** The message of a group: streams are edited there. */
function inGroup(text: string) {
  const update = message(1, text) as { update_id: number; message: object };
  const chat = { id: -5, type: 'supergroup', title: 'G' };
  return { ...update, message: { ...update.message, chat } };
}

function setUp() {
  const made = bench();
  const show = (make: () => Stream, update = message(1, 'go')) =>
    made.outlast(
      made.give(update, async ({ stream }) => void (await stream(make()))),
      250,
    );
  return { ...made, made, show };
}

const textsOf = (calls: readonly Call[], method: string) =>
  calls.filter((call) => call.method === method).map(({ payload }) => payload['text']);

describe('a stream', () => {
  it('of empty chunks and one huge chunk loses nothing, and sends its messages as a long reply does', async () => {
    const { clock, calls, show } = setUp();
    const text = 'word '.repeat(5000);
    await show(() => chunks(clock, ['', '', text, '', '\n']), inGroup('go'));
    const sent = textsOf(calls, 'sendMessage');
    expect(sent.join('').trim()).toBe(text.trim());
    expect(sent).toHaveLength(7);
  });

  it('of white space alone sends nothing', async () => {
    const { clock, calls, show } = setUp();
    await show(() => chunks(clock, [' ', '\n', '\n\n']));
    expect(calls).toEqual([]);
  });

  it('is sent anew when its message was deleted meanwhile', async () => {
    const { clock, calls, show, made } = setUp();
    const gone = rejected('Bad Request: message to edit not found');
    made.refuses = ({ method }) => (method === 'editMessageText' ? gone : undefined);
    const texts = ['Once ', 'upon ', 'a ', 'time.'];
    await show(() => chunks(clock, texts, 2000), inGroup('go'));
    expect(textsOf(calls, 'sendMessage').at(-1)).toBe('Once upon a time.');
    // at its very end
    calls.length = 0;
    async function* late() {
      yield* chunks(clock, ['Once '], 4000);
      yield* chunks(clock, ['upon '], 250);
    }
    await show(late, inGroup('go'));
    expect(textsOf(calls, 'sendMessage')).toEqual(['Once ', 'Once upon ']);
  });

  it('waits for a limit of 30 seconds at its end, and loses nothing', async () => {
    const { clock, calls, show, made } = setUp();
    const limits = [tooMany(30), tooMany(30)];
    made.refuses = ({ method }) => (method === 'sendMessage' ? limits.pop() : undefined);
    const began = clock.monotonic();
    await show(() => chunks(clock, ['all of it'], 10));
    expect(textsOf(calls, 'sendMessage')).toEqual(['all of it']);
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(60_000);
  });

  it('continues after a failure of the network, in the same draft', async () => {
    const { clock, calls, show, made } = setUp();
    let failures = 2;
    made.refuses = ({ method }) =>
      method === 'sendMessageDraft' && failures-- > 0 ? new Error('socket hang up') : undefined;
    await show(() => chunks(clock, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 1000));
    expect(textsOf(calls, 'sendMessageDraft').length).toBeGreaterThan(3);
    expect(textsOf(calls, 'sendMessage')).toEqual(['abcdefgh']);
  });

  it('closes its source and fails at once if the user has blocked the bot', async () => {
    const { clock, show, made } = setUp();
    let isClosed = false;
    async function* endless() {
      try {
        for (;;) yield* chunks(clock, ['word '], 100);
      } finally {
        isClosed = true;
      }
    }
    made.refuses = () => rejected('Forbidden: bot was blocked by the user', 403);
    await expect(show(endless)).rejects.toMatchObject({ error_code: 403 });
    await clock.advance(1000);
    expect(isClosed).toBe(true);
  });

  it('may have a source that answers without promises, as `for await` allows', async () => {
    const { calls, show } = setUp();
    let isClosed = false;
    const source = (last: unknown) => {
      const given: unknown[] = ['Once ', last];
      const next = () => ({ done: given.length === 0, value: given.shift() });
      const close = () => {
        isClosed = true;
        return { done: true, value: undefined };
      };
      return { [Symbol.asyncIterator]: () => ({ next, return: close }) } as never;
    };
    await show(() => source('more.'));
    expect(textsOf(calls, 'sendMessage')).toEqual(['Once more.']);
    await expect(show(() => source(7))).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    expect(isClosed).toBe(true);
  });

  it('shows no half of an emoji that comes in two chunks', async () => {
    const { clock, calls, show } = setUp();
    await show(() => chunks(clock, ['smile \uD83D', '\uDE00 ', 'on'], 1100));
    for (const { payload } of calls) expect(payload['text']).not.toMatch(/[\uD800-\uDBFF]$/);
    expect(textsOf(calls, 'sendMessage')).toEqual(['smile 😀 on']);
  });

  it('rejects chunks that are not texts', async () => {
    const { show } = setUp();
    async function* parts() {
      yield { type: 'text-delta', text: 'hello' };
    }
    await expect(show(() => parts() as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('keeps a code block in one format over several messages', async () => {
    const { clock, calls, show } = setUp();
    const code = 'const a = 1;\n'.repeat(400);
    const text = `Look:\n\`\`\`ts\n${code}\`\`\`\nThat is all.`;
    await show(() => ({ text: chunks(clock, [text]), format: 'markdown' }));
    const rich = calls.filter(({ method }) => method === 'sendRichMessage');
    const sent = rich.map(
      ({ payload }) =>
        (payload['rich_message'] as { markdown: string } | undefined)?.markdown ?? '',
    );
    expect(sent).toHaveLength(2);
    expect(sent[0]).toMatch(/^Look:\n```ts\n[^`]*\n```$/);
    expect(sent[1]).toMatch(/^```ts\n[^`]*\n```\nThat is all\.$/);
  });
});
