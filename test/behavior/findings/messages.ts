/** Messages that Telegram does not take: nobody waits in silence, and no bot stops. */

import { flow, html, invalid, markdownV2 } from '@telefsm/core';
import { expect } from 'vitest';
import { play } from '../play.ts';
import { played, type Table } from './table.ts';

const failed = 'Something went wrong. Please try again.';
const choices = Array.from({ length: 45 }, (_, at) => `Choice ${at}`);

export const messages: Table<'P8' | 'P12'> = {
  P8: [
    played(
      'a page that is turned twice on one message is an error of nobody',
      async ({ framework }) => {
        const pick = flow('pick', { trigger: '/pick' })
          .ask('one', { prompt: 'Which?', choices })
          .done(({ one }) => `${one}.`);
        const { bot, world, anna, unsent } = play(framework, [pick]);
        await anna.sends('/pick');
        world.fails('editMessageReplyMarkup', {
          error_code: 400,
          description: 'Bad Request: message is not modified',
        });
        await anna.taps('More »');
        expect([unsent.length, bot.errors]).toEqual([1, []]);
        anna.seesNothing();
        await anna.taps('Choice 1');
        anna.sees('Choice 1.');
      },
    ),
    played('a clean-up that fails is reported to observers only', async ({ framework }) => {
      const form = flow('form', { trigger: '/form', prompts: 'delete' })
        .ask('a', { prompt: 'A?' })
        .done(({ a }) => `${a}.`);
      const { bot, world, anna, unsent } = play(framework, [form]);
      await anna.sends('/form');
      world.fails('deleteMessage', { error_code: 400, description: 'Bad Request: too old' });
      await anna.sends('1');
      anna.sees('1.');
      expect([unsent.length, bot.errors]).toEqual([1, []]);
    }),
    played('a selection that Telegram refuses to redraw is kept', async ({ framework }) => {
      const pick = flow('pick', { trigger: '/pick' })
        .ask('some', { prompt: 'Which?', choices, multiple: true })
        .done(({ some }) => `${some.join()}.`);
      const { bot, world, anna, unsent } = play(framework, [pick]);
      await anna.sends('/pick');
      world.fails('editMessageReplyMarkup', {
        error_code: 400,
        description: 'Bad Request: message is not modified',
      });
      await anna.taps('Choice 1');
      expect([unsent.length, bot.errors]).toEqual([1, []]);
      await anna.taps('Done');
      anna.sees('Choice 1.');
    }),
  ],
  P12: [
    played(
      'a text of done that Telegram rejects is reported once to the user, and the flow is over',
      async ({ framework }) => {
        const form = flow('form', { trigger: '/form' })
          .ask('name', { prompt: 'Name?' })
          .done(({ name }) => ({ text: `Hello, ${name}`, parse_mode: 'HTML' }));
        const { bot, world, machine, anna, unsent } = play(framework, [form]);
        await anna.sends('/form');
        await anna.sends('I <3 you');
        anna.sees(failed);
        expect(world.calls.filter(({ payload }) => payload['text'] === failed)).toHaveLength(1);
        expect([unsent.length, bot.errors]).toEqual([1, []]);
        expect((await machine.at({ user: anna.id }).peek())?.current ?? null).toBe(null);
      },
    ),
    played(
      'a prompt that echoes the longest message is split, and its keyboard is below the last part',
      async ({ framework }) => {
        const form = flow('form', { trigger: '/form' })
          .ask('text', { prompt: 'Text?' })
          .ask('sure', { prompt: ({ text }) => `You wrote:\n${text}\nSure?`, choices: ['yes'] })
          .done(() => 'Done.');
        const { bot, world, anna } = play(framework, [form]);
        await anna.sends('/form');
        const echoed = '😀'.repeat(2048);
        await anna.sends(echoed);
        const sent = world.calls.filter(({ method }) => method === 'sendMessage').slice(1);
        const texts = sent.map(({ payload }) => String(payload['text']));
        expect(texts.join('')).toBe(`You wrote:\n${echoed}\nSure?`);
        expect(texts.every((text) => text.length <= 4096 && !/\p{Surrogate}/u.test(text))).toBe(
          true,
        );
        expect(sent.map(({ payload }) => 'reply_markup' in payload)).toEqual([false, true]);
        await anna.taps('yes');
        anna.sees('Done.');
        expect(bot.errors).toEqual([]);
      },
    ),
    played(
      'a text in HTML that is too long is rejected by name, and the user reads that something failed',
      async ({ framework }) => {
        const form = flow('form', { trigger: '/form' })
          .ask('name', { prompt: html`<b>${'a'.repeat(5000)}</b>` })
          .done(() => 'Done.');
        const { bot, anna, unsent } = play(framework, [form]);
        await anna.sends('/form');
        anna.sees(failed);
        expect(bot.errors).toEqual([]);
        expect(unsent).toMatchObject([
          { code: 'TEXT_TOO_LONG', details: { found: 'Bad Request: message is too long' } },
        ]);
      },
    ),
    played(
      'a caption beyond 1,024 characters continues in a message below',
      async ({ framework }) => {
        const caption = 'word '.repeat(400);
        const form = flow('form', { trigger: '/form' })
          .ask('text', { prompt: { photo: 'file', caption } })
          .done(() => 'Done.');
        const { bot, world, anna } = play(framework, [form]);
        await anna.sends('/form');
        const sends = world.calls.filter(({ method }) => method.startsWith('send'));
        expect(sends.map(({ method }) => method)).toEqual(['sendPhoto', 'sendMessage']);
        expect(sends.map(({ payload }) => payload['caption'] ?? payload['text']).join('')).toBe(
          caption,
        );
        expect(bot.errors).toEqual([]);
      },
    ),
    played(
      'users’ words in html and markdownV2 stay text, whatever they are',
      async ({ framework }) => {
        const hostile = 'I <3 "you" & _me_ *! [x](y) \\ `z` {1} #2 +3 -4 =5 |6 >7 ~8.';
        const form = flow('form', { trigger: '/form' })
          .ask('name', { prompt: html`Your <b>name</b>?` })
          .ask('more', { prompt: ({ name }) => markdownV2`*${name}*\nMore?` })
          .done(({ name, more }) => html`${html`<i>${name}</i>`} and ${more}${undefined}${false}`);
        const { bot, world, anna, unsent } = play(framework, [form]);
        await anna.sends('/form');
        anna.sees('Your name?');
        await anna.sends(hostile);
        await anna.sends('<b>');
        anna.sees(`${hostile} and <b>`);
        expect([unsent, bot.errors]).toEqual([[], []]);
        expect(world.calls.at(-1)?.payload['text']).toContain(
          '<i>I &lt;3 &quot;you&quot; &amp; _me_',
        );
      },
    ),
    played(
      'a prompt that Telegram always rejects is reported to the user once, and /cancel works',
      async ({ framework }) => {
        const form = flow('form', { trigger: '/form' })
          .ask('name', { prompt: { text: 'I <3 you', parse_mode: 'HTML' } })
          .done(() => 'Done.');
        const { bot, anna, sentTexts, unsent } = play(framework, [form]);
        await anna.sends('/form');
        anna.sees(failed);
        await anna.sends('Anna');
        await anna.sends('/cancel');
        anna.sees('Canceled.');
        expect(sentTexts().filter((text) => text === failed)).toHaveLength(1);
        expect(unsent.length).toBeGreaterThan(1);
        expect(bot.errors).toEqual([]);
      },
    ),
    played(
      'a reason of more than 200 characters after a press arrives as a message',
      async ({ framework }) => {
        const why = 'Sold out. '.repeat(25);
        const pick = flow('pick', { trigger: '/pick' })
          .ask('one', { prompt: 'Which?', choices: ['a'], validate: () => invalid(why) as never })
          .done(() => 'Done.');
        const { bot, anna, unsent } = play(framework, [pick]);
        await anna.sends('/pick');
        await anna.taps('a');
        anna.sees(why);
        expect([unsent, bot.errors]).toEqual([[], []]);
      },
    ),
  ],
};
