import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flow } from '../../src/index.ts';
import { chat } from './chat.ts';

const first = flow('form', { trigger: '/form' })
  .ask('name', { prompt: 'Name?' })
  .ask('age', { prompt: 'Age?', schema: z.coerce.number() })
  .ask('city', { prompt: 'City?' })
  .done((a) => JSON.stringify(a));

/** A user who has answered name and age and has been asked for the city. */
async function midway(next: readonly object[]) {
  const bot = chat([first]);
  const ann = bot.user(1);
  for (const text of ['/form', 'Ann', '15']) await ann.sends(text);
  bot.newTexts();
  bot.deploys(next);
  return { ...bot, ann };
}

describe('a deploy under a user in mid-flow', () => {
  it('that changes nothing continues', async () => {
    const { ann, newTexts } = await midway([first]);
    await ann.sends('Rome');
    expect(newTexts()).toEqual(['{"name":"Ann","age":15,"city":"Rome"}']);
  });

  it('that inserts a step before it asks the new step, and accepts no text that was sent to the old one', async () => {
    const next = flow('form', { trigger: '/form' })
      .ask('name', { prompt: 'Name?' })
      .ask('mail', { prompt: 'Mail?' })
      .ask('age', { prompt: 'Age?', schema: z.coerce.number() })
      .ask('city', { prompt: 'City?' })
      .done((a) => JSON.stringify(a));
    const { ann, newTexts } = await midway([next]);
    for (const text of ['Rome', 'a@b', 'Rome']) await ann.sends(text);
    expect(newTexts()).toEqual([
      'Mail?',
      'City?',
      '{"name":"Ann","mail":"a@b","age":15,"city":"Rome"}',
    ]);
  });

  it('that renames the pending step accepts the answer', async () => {
    const next = flow('form', { trigger: '/form' })
      .ask('name', { prompt: 'Name?' })
      .ask('age', { prompt: 'Age?', schema: z.coerce.number() })
      .ask('town', { prompt: 'Town?', was: 'city' })
      .done((a) => JSON.stringify(a));
    const { ann, newTexts } = await midway([next]);
    await ann.sends('Rome');
    expect(newTexts()).toEqual(['{"name":"Ann","age":15,"town":"Rome"}']);
  });

  it('that renames an answered step keeps the answer', async () => {
    const next = flow('form', { trigger: '/form' })
      .ask('fullName', { prompt: 'Name?', was: 'name' })
      .ask('age', { prompt: 'Age?', schema: z.coerce.number() })
      .ask('city', { prompt: 'City?' })
      .done((a) => JSON.stringify([a.fullName, a.age, a.city]));
    const { ann, newTexts } = await midway([next]);
    await ann.sends('Rome');
    expect(newTexts()).toEqual(['["Ann",15,"Rome"]']);
  });

  it('that drops the pending step asks the next one, and ends the flow if there is none', async () => {
    const done = flow('form', { trigger: '/form' })
      .ask('name', { prompt: 'Name?' })
      .ask('age', { prompt: 'Age?', schema: z.coerce.number() })
      .done((a) => JSON.stringify(a));
    const one = await midway([done]);
    await one.ann.sends('Rome');
    expect(one.newTexts()).toEqual(['{"name":"Ann","age":15}']);
    const more = flow('form', { trigger: '/form' })
      .ask('name', { prompt: 'Name?' })
      .ask('mail', { prompt: 'Mail?' })
      .done((a) => JSON.stringify(a));
    const other = await midway([more]);
    for (const text of ['Rome', 'a@b']) await other.ann.sends(text);
    expect(other.newTexts()).toEqual(['Mail?', '{"name":"Ann","mail":"a@b"}']);
  });

  it('that drops the first step accepts no answer of the old one for the new one', async () => {
    const bot = chat([first]);
    const ann = bot.user(1);
    await ann.sends('/form');
    bot.newTexts();
    bot.deploys([
      flow('form', { trigger: '/form' })
        .ask('mail', { prompt: 'Mail?' })
        .done((a) => JSON.stringify(a)),
    ]);
    for (const text of ['Ann', 'a@b']) await ann.sends(text);
    expect(bot.newTexts()).toEqual(['Mail?', '{"mail":"a@b"}']);
  });

  it('that changes a schema asks only questions again whose answers no longer pass', async () => {
    const next = flow('form', { trigger: '/form' })
      .ask('name', { prompt: 'Name?' })
      .ask('age', { prompt: 'Age?', schema: z.coerce.number().min(18, 'Adults only.') })
      .ask('city', { prompt: 'City?' })
      .done((a) => JSON.stringify(a));
    const { ann, newTexts } = await midway([next]);
    for (const text of ['Rome', '12', '20']) await ann.sends(text);
    expect(newTexts()).toEqual(['Age?', 'Adults only.', '{"name":"Ann","age":20,"city":"Rome"}']);
  });

  it('that removes a choice asks users again who had chosen it', async () => {
    const v1 = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'A?', choices: ['x', 'y'] })
      .ask('b', { prompt: 'B?' })
      .done((a) => JSON.stringify(a));
    const v2 = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'A2?', choices: ['y', 'z'] })
      .ask('b', { prompt: 'B?' })
      .done((a) => JSON.stringify(a));
    const { user, newTexts, deploys } = chat([v1]);
    const [ann, bob] = [user(1), user(2)];
    await ann.sends('/f');
    await ann.taps('x');
    await bob.sends('/f');
    await bob.taps('y');
    newTexts();
    deploys([v2]);
    await ann.sends('b');
    await bob.sends('b');
    expect(newTexts()).toEqual(['A2?', '{"a":"y","b":"b"}']);
  });

  it('that rejects an answer of an earlier round asks again from there', async () => {
    const make = (kinds: readonly string[]) =>
      flow('f', { trigger: '/f' })
        .repeat('pets', {
          each: (b) =>
            b.ask('nick', { prompt: 'Nick?' }).ask('kind', { prompt: 'Kind?', choices: kinds }),
          again: 'More?',
        })
        .ask('end', { prompt: 'End?' })
        .done((a) => JSON.stringify(a.pets));
    const { user, newTexts, deploys } = chat([make(['cat', 'dodo'])]);
    const ann = user(1);
    for (const [nick, kind, more] of [
      ['Tom', 'dodo', 'Yes'],
      ['Rex', 'cat', 'No'],
    ] as const) {
      if (nick === 'Tom') await ann.sends('/f');
      await ann.sends(nick);
      await ann.taps(kind);
      await ann.taps(more);
    }
    newTexts();
    deploys([make(['cat'])]);
    await ann.sends('the end');
    await ann.taps('cat');
    await ann.taps('No');
    expect(newTexts()).toEqual(['Kind?', 'More?', '[{"nick":"Tom","kind":"cat"}]']);
  });

  it('that renames the flow continues', async () => {
    const next = flow('profile', { trigger: '/form', was: 'form' })
      .ask('name', { prompt: 'Name?' })
      .ask('age', { prompt: 'Age?', schema: z.coerce.number() })
      .ask('city', { prompt: 'City?' })
      .done((a) => JSON.stringify(a));
    const { ann, newTexts } = await midway([next]);
    await ann.sends('Rome');
    expect(newTexts()).toEqual(['{"name":"Ann","age":15,"city":"Rome"}']);
  });

  it('that removes the flow sends the user one text, and the next message works', async () => {
    const other = flow('other', { trigger: '/other' })
      .ask('x', { prompt: 'X?' })
      .done(() => {});
    const { ann, newTexts, state } = await midway([other]);
    await ann.sends('Rome');
    expect(newTexts().length).toBe(1);
    expect(await state(1)).toBe(null);
    await ann.sends('/other');
    expect(newTexts()).toEqual(['X?']);
  });
});
