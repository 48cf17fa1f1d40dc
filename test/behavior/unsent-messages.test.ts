import { flow, html, markdownV2 } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';

const failed = 'Something went wrong. Please try again.';

function play(framework: Framework, states: readonly unknown[]) {
  const bot = framework.bot();
  bot.noteErrors();
  const unsent: unknown[] = [];
  const machine = bot.fsm({ states });
  machine.observe('sendFailed', ({ error }) => unsent.push(error));
  const world = telegram(bot.bot);
  return { bot, machine, world, unsent, anna: world.user('Anna') };
}

const choices = Array.from({ length: 45 }, (_, at) => `Choice ${at}`);

describe.each(frameworks)('messages that cannot be sent, on %s', (_, framework) => {
  it('a page that is turned twice on one message is an error of nobody', async () => {
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
  });

  it.each([
    [403, { error_code: 403, description: 'Forbidden' }],
    [429, { error_code: 429, parameters: { retry_after: 1 } }],
    ['network', 'unreachable'],
  ] as const)(
    'a redraw of a selection that fails (%s) is reported to observers only',
    async (_name, failure) => {
      const pick = flow('pick', { trigger: '/pick' })
        .ask('some', { prompt: 'Which?', choices, multiple: true })
        .done(({ some }) => `${some.join()}.`);
      const { bot, world, anna, unsent } = play(framework, [pick]);
      await anna.sends('/pick');
      world.fails('editMessageReplyMarkup', failure);
      await anna.taps('Choice 1');
      expect([unsent.length, bot.errors]).toEqual([1, []]);
      await anna.taps('Done');
      anna.sees('Choice 1.');
    },
  );

  it('a clean-up that fails is reported to observers only', async () => {
    const form = flow('form', { trigger: '/form', prompts: 'delete' })
      .ask('a', { prompt: 'A?' })
      .done(({ a }) => `${a}.`);
    const { bot, world, anna, unsent } = play(framework, [form]);
    await anna.sends('/form');
    world.fails('deleteMessage', { error_code: 400, description: 'Bad Request: too old' });
    await anna.sends('1');
    anna.sees('1.');
    expect([unsent.length, bot.errors]).toEqual([1, []]);
  });

  it('a text of done that Telegram rejects is reported once to the user, and the flow is over', async () => {
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
  });

  it('a prompt that echoes the longest message is split, and its keyboard is below the last part', async () => {
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
    expect(texts.every((text) => text.length <= 4096 && !/\p{Surrogate}/u.test(text))).toBe(true);
    expect(sent.map(({ payload }) => 'reply_markup' in payload)).toEqual([false, true]);
    await anna.taps('yes');
    anna.sees('Done.');
    expect(bot.errors).toEqual([]);
  });

  it('a text in HTML that is too long is rejected by name, and the user reads that something failed', async () => {
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
  });

  it('entities go with the part that they format', async () => {
    const word = 'word '.repeat(1000);
    const form = flow('form', { trigger: '/form' })
      .ask('text', {
        prompt: { text: word, entities: [{ type: 'bold', offset: 4000, length: 500 }] },
      })
      .done(() => 'Done.');
    const { world, anna } = play(framework, [form]);
    await anna.sends('/form');
    const entities = world.calls
      .filter(({ method }) => method === 'sendMessage')
      .map(({ payload }) => payload['entities']);
    expect(entities).toEqual([
      [{ type: 'bold', offset: 4000, length: 95 }],
      [{ type: 'bold', offset: 0, length: 405 }],
    ]);
  });

  it('a caption beyond 1,024 characters continues in a message below', async () => {
    const caption = 'word '.repeat(400);
    const form = flow('form', { trigger: '/form' })
      .ask('text', { prompt: { photo: 'file', caption } })
      .done(() => 'Done.');
    const { bot, world, anna } = play(framework, [form]);
    await anna.sends('/form');
    const said = world.calls.filter(({ method }) => method.startsWith('send'));
    expect(said.map(({ method }) => method)).toEqual(['sendPhoto', 'sendMessage']);
    expect(said.map(({ payload }) => payload['caption'] ?? payload['text']).join('')).toBe(caption);
    expect(bot.errors).toEqual([]);
  });

  it('users’ words in html and markdownV2 stay text, whatever they are', async () => {
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
    expect(world.calls.at(-1)?.payload['text']).toContain('<i>I &lt;3 &quot;you&quot; &amp; _me_');
  });
});
