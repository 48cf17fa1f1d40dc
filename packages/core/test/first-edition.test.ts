import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { flow, type RawUpdate, state, states } from '../src/index.ts';
import { bench, message } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

/** Conversations as telefsm wrote them before records had marks. */
const records = JSON.parse(
  readFileSync(new URL('./fixtures/first-edition.json', import.meta.url), 'utf8'),
) as readonly { key: string; text: string; state: string | null; deadlineIn?: number }[];

const Form = states('Form', { name: state(), age: state() });
const single = flow('single', { trigger: '/single' })
  .ask('photo', { prompt: 'One photo?', accept: 'photo' })
  .ask('title', { prompt: 'A title?' })
  .done(({ title }) => `Thank you for ${title}.`);

async function found() {
  const clock = virtualClock();
  const storage = textStorage(clock);
  for (const { key, ...write } of records) {
    const { fence } = await storage.acquire(key, { token: `old.${key}`, lease: 9, queue: false });
    await storage.commit(key, { token: `old.${key}`, fence }, write);
  }
  return bench({ clock, storage, states: [Form, single] });
}

function part(user: number, album: string): RawUpdate {
  const update = message(user, '');
  const { text: _, ...rest } = update['message'] as { readonly text: string };
  const photo = [{ file_id: 'q', file_unique_id: 'q', width: 1, height: 1 }];
  return { ...update, message: { ...rest, photo, media_group_id: album } };
}

describe('a record of the first edition', () => {
  it('with a pending prompt is asked by the next update, and continues', async () => {
    const { send, give, sentTexts } = await found();
    await send(1, 'hello');
    expect(sentTexts()).toEqual(['One photo?']);
    await give(part(1, 'album 2'));
    await send(1, 'tea');
    expect(sentTexts()).toEqual(['One photo?', 'A title?', 'Thank you for tea.']);
  });

  it('with an album in progress takes the rest of it for no message of its own', async () => {
    const { send, give, sentTexts } = await found();
    const passed: unknown[] = [];
    await give(part(2, 'album 1'), ({ update }) => void passed.push(update));
    expect([sentTexts(), passed]).toEqual([[], []]);
    await send(2, 'tea');
    expect(sentTexts()).toEqual(['Thank you for tea.']);
  });

  it('with a deadline is due at its time', async () => {
    const { clock, machine, peek } = await found();
    expect((await peek(3))?.deadlineIn).toBe(600_000);
    await clock.advance('9m');
    expect(await machine.sweep()).toBe(0);
    await clock.advance('1m');
    expect(await machine.sweep()).toBe(1);
    expect(await peek(3)).toBe(undefined);
  });

  it('of a cleared conversation still has the ids of its updates', async () => {
    const { give } = await found();
    let handled = 0;
    for (const id of [900, 901, 902]) await give(message(4, 'x', id), () => void handled++);
    expect(handled).toBe(1);
  });

  it('of a group that became a supergroup continues there', async () => {
    const { give, machine, bot } = await found();
    const base = message(5, 'x');
    const chat = { id: -1005, type: 'supergroup', title: 'G' };
    await give({ ...base, message: { ...(base['message'] as object), chat } }, (turn) => {
      expect(turn.state.current).toBe('Form:age');
      turn.state.update({ n: 2 });
    });
    const now = await machine.at({ chat: -1005, user: 5, bot: bot.id }).peek();
    expect(now).toMatchObject({ current: 'Form:age', data: { n: 2 } });
  });

  it('has marks after its first commit, and keeps what else it had', async () => {
    const { send, text } = await found();
    await send(3, 'a', ({ state: fsm }) => void fsm.update({ more: 1 }));
    expect(JSON.parse((await text(3)) as string)).toMatchObject({
      s: 'Form:name',
      d: { cart: ['tea'], more: 1 },
      e: expect.stringMatching(/^.{6}$/),
    });
  });
});
