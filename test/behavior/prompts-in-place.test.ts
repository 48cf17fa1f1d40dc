/** Flows whose questions are all asked in one message. */

import { flow, html, invalid, markdownV2, scene, typed } from '@telefsm/core';
import { contact, dice, photo, type Shown, telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';
import { play as playFlows, userOf } from './play.ts';

const order = flow('order', { trigger: '/order', prompts: 'edit', controls: ['back'] })
  .ask('size', { prompt: 'Which size?', choices: ['S', 'L'] })
  .ask('address', {
    prompt: ({ size }) => html`Where to, <b>${size}</b>?`,
    validate: (text) => (text.length < 3 ? invalid('Too short & vague.') : text),
  })
  .confirm({ prompt: ({ address }) => `To ${address}?`, edit: true })
  .done(({ address }) => `On its way to ${address}.`);

const Menu = scene('menu', { data: typed<{ paid?: boolean }>() }).on({
  view: ({ button, goto, call }) => ({
    text: 'Menu',
    rows: [button('order', 'Order', goto(order)), button('ask', 'Ask', call(order))],
  }),
});

function play(framework: Framework) {
  const bot = framework.bot();
  bot.noteErrors();
  const machine = bot.fsm({ states: [order, Menu] });
  bot.command('menu', ({ fsm }) => fsm.enter(Menu));
  const world = telegram(bot.bot);
  const anna = world.user('Anna');
  const buttons = ({ message }: Shown) =>
    (message.reply_markup?.inline_keyboard ?? []).flat().map(({ text }) => text);
  return {
    bot,
    machine,
    world,
    anna,
    /** The chat now: texts of the bot, with labels of buttons. */
    chat: () => anna.screen().map((shown) => [shown.text, ...buttons(shown)]),
  };
}

const post = flow('post', { trigger: '/post', prompts: 'edit' })
  .ask('photo', { prompt: { photo: 'example-id', caption: 'Your photo?' }, accept: 'photo' })
  .ask('message', { prompt: 'Your message?', accept: 'message' })
  .done(async ({ message }, { api, subject }) => {
    await api('copyMessage', { chat_id: subject.chat, ...message });
  });
const card = flow('card', { trigger: '/contact', prompts: 'edit' })
  .ask('name', { prompt: 'Your name?' })
  .ask('number', { prompt: 'Your number?', accept: 'contact', share: 'Share' })
  .done(({ name }) => `Thanks, ${name}.`);

function asks(framework: Framework) {
  const bot = framework.bot();
  bot.noteErrors();
  bot.fsm({ states: [post, card] });
  const world = telegram(bot.bot);
  return { bot, world, anna: world.user('Anna') };
}

describe.each(frameworks)('questions in one message, on %s', (_, framework) => {
  it('each question takes the message of the one before, and answers are deleted', async () => {
    const { anna, chat, world, bot } = play(framework);
    await anna.sends('/order');
    await anna.taps('L');
    expect(chat()).toEqual([['Where to, L?', '« Back']]);
    await anna.sends('Oak Street');
    expect(chat()).toEqual([['To Oak Street?', 'Yes', 'Cancel', 'Edit', '« Back']]);
    expect(world.calls.filter(({ method }) => method === 'deleteMessage')).toHaveLength(1);
    await anna.taps('Yes');
    expect(chat()).toEqual([['To Oak Street?'], ['On its way to Oak Street.']]);
    expect(bot.errors).toEqual([]);
  });

  it('what is wrong with an answer is shown below the question', async () => {
    const { anna, chat, bot } = play(framework);
    await anna.sends('/order');
    await anna.taps('L');
    await anna.sends('?');
    expect(chat()).toEqual([['Where to, L?\n\nToo short & vague.', '« Back']]);
    await anna.sends('Oak Street');
    expect(chat()).toHaveLength(1);
    expect(bot.errors).toEqual([]);
  });

  it('what is wrong is shown in the caption of a photo', async () => {
    const { anna, bot, world } = asks(framework);
    await anna.sends('/post');
    await anna.sends('no photo');
    expect(anna.screen().map(({ text }) => text)).toEqual([
      'Your photo?\n\nPlease answer the question above.',
    ]);
    await anna.sends(photo());
    expect(anna.screen().map(({ text }) => text)).toEqual(['Your message?']);
    expect(world.calls.filter(({ method }) => method === 'sendMessage')).toHaveLength(1);
    expect(bot.errors).toEqual([]);
  });

  const bold = (text: string) => ({ text, entities: [{ type: 'bold', offset: 0, length: 1 }] });
  it.each<readonly [string, object | string, object | string, string]>([
    ['HTML and a plain text', html`<b>A</b>?`, 'No & no', 'A?\n\nNo & no'],
    ['a plain text and HTML', 'A & B?', html`<b>No</b>`, 'A & B?\n\nNo'],
    ['Markdown and a plain text', markdownV2`*A*?`, 'No. <b>', 'A?\n\nNo. <b>'],
    ['a plain text and Markdown', 'A.?', markdownV2`*No*`, 'A.?\n\nNo'],
    ['entities and a plain text', bold('A?'), 'No', 'A?\n\nNo'],
    ['a plain text and entities', 'A?', bold('No'), 'A?\n\nNo'],
    [
      'a caption with entities and entities',
      { photo: 'x', caption: bold('A?') },
      bold('No'),
      'A?\n\nNo',
    ],
    ['a photo without a caption and a text', { photo: 'x' }, 'No', 'No'],
  ])('shows together %s', async (_name, prompt, wrong, text) => {
    const form = flow('form', { trigger: '/form', prompts: 'edit' })
      .ask('a', { prompt: prompt as string, validate: () => invalid(wrong as string) })
      .done(() => 'Done.');
    const anna = userOf(framework, [form]);
    await anna.sends('/form');
    await anna.sends('a');
    expect(anna.screen().map((shown) => shown.text)).toEqual([text]);
  });

  it.each<readonly [string, object | string, object | string, readonly string[]]>([
    ['Markdown and HTML', markdownV2`*A*?`, html`<b>No</b>`, ['A?', 'No']],
    ['HTML and Markdown', html`<b>A</b>?`, markdownV2`*No*`, ['A?', 'No']],
    ['entities and HTML', bold('A?'), html`<b>No</b>`, ['A?', 'No']],
    ['a text and a photo', 'A?', { photo: 'x', caption: 'No' }, ['A?', 'No']],
  ])(
    'shows one below the other what cannot be one text: %s',
    async (_name, prompt, wrong, texts) => {
      const form = flow('form', { trigger: '/form', prompts: 'edit' })
        .ask('a', { prompt: prompt as string, validate: () => invalid(wrong as string) })
        .done(() => 'Done.');
      const anna = userOf(framework, [form]);
      await anna.sends('/form');
      await anna.sends('a');
      expect(anna.screen().map((shown) => shown.text)).toEqual(texts);
    },
  );

  it.each([
    ['the flow ends', 'end', ['A?', 'Time is up. Please start again.']],
    ['an answer is given', { answer: 'late' }, ['B?']],
  ] as const)('when the time for a question is over, %s', async (_name, decision, texts) => {
    const clock = virtualClock();
    const form = flow('form', { trigger: '/form', prompts: 'edit' })
      .ask('a', { prompt: 'A?', timeout: '1m', onTimeout: () => decision })
      .ask('b', { prompt: 'B?', choices: ['x'] })
      .done(({ a }) => a);
    const { anna, machine, bot } = playFlows(framework, [form], { clock });
    machine.start(bot.bot as never);
    await anna.sends('/form');
    await clock.advance('2m');
    expect(anna.screen().map((shown) => shown.text)).toEqual(texts);
    await machine.stop();
  });

  it('a message that its answer names is not deleted: it is copied later', async () => {
    const { anna, bot, world } = asks(framework);
    await anna.sends('/post');
    await anna.sends(photo());
    const before = world.calls.length;
    await anna.sends(dice());
    const later = world.calls.slice(before).map(({ method }) => method);
    expect(later).not.toContain('deleteMessage');
    expect(later).toContain('copyMessage');
    expect(bot.errors).toEqual([]);
  });

  it('asked again, a list shows the page that its buttons belong to', async () => {
    const all = Array.from({ length: 45 }, (_, at) => `item ${at}`);
    const pick = flow('pick', { trigger: '/pick', prompts: 'edit' })
      .ask('item', {
        prompt: 'Which?',
        choices: (_answers, _turn, { offset, size }) => ({
          items: all.slice(offset, offset + size),
          total: all.length,
        }),
      })
      .done(({ item }) => `One ${item}.`);
    const anna = userOf(framework, [pick]);
    await anna.sends('/pick');
    await anna.sends(photo());
    await anna.taps('More »');
    await anna.sends(photo());
    expect(anna.last.buttons.flat()).toContain('item 0');
    await anna.taps('item 0');
    anna.sees('One item 0.');
  });

  it('a question with a keyboard of its own is a new message, and the one before goes', async () => {
    const { anna, bot } = asks(framework);
    await anna.sends('/contact');
    await anna.sends('Anna');
    expect(anna.screen().map(({ text }) => text)).toEqual(['Your number?']);
    await anna.sends(contact('+4912345'));
    anna.sees('Thanks, Anna.');
    expect(bot.errors).toEqual([]);
  });

  it.each([
    ['a long text', 'Pick. '.repeat(1000)],
    ['a long caption', { photo: 'example-id', caption: 'Pick. '.repeat(200) }],
    ['a voice message', { voice: 'example-id' }],
    ['a sticker', { sticker: 'example-id' }],
    ['a location', { method: 'sendLocation', payload: { latitude: 1, longitude: 2 } }],
  ] as const)(
    'the next question takes the place of %s, which cannot be edited',
    async (_, prompt) => {
      const form = flow('form', { trigger: '/form', prompts: 'edit', controls: ['back'] })
        .ask('size', { prompt: 'Size?', choices: ['S', 'L'] })
        .ask('pick', { prompt, choices: ['a', 'b'] })
        .ask('last', { prompt: 'Last?', choices: ['x'] })
        .done(() => 'Done.');
      const { bot, fsm } = framework.bot();
      fsm({ states: [form] });
      const anna = telegram(bot).user('Anna');
      const open = () => anna.screen().filter(({ message }) => message.reply_markup !== undefined);
      await anna.sends('/form');
      await anna.taps('S');
      await anna.taps('a');
      expect(open().map(({ text }) => text)).toEqual(['Last?']);
      await anna.taps('« Back');
      expect(open()).toHaveLength(1);
      await anna.sends('b');
      await anna.taps('x');
      anna.sees('Done.');
      expect(open()).toEqual([]);
    },
  );

  it('a message that cannot be edited loses its buttons at the end', async () => {
    const form = flow('form', { trigger: '/form', prompts: 'edit' })
      .ask('pick', { prompt: { sticker: 'example-id' }, choices: ['a', 'b'] })
      .done(() => 'Done.');
    const { bot, fsm } = framework.bot();
    fsm({ states: [form] });
    const anna = telegram(bot).user('Anna');
    await anna.sends('/form');
    await anna.taps('a');
    anna.sees('Done.');
    expect(anna.screen().filter(({ message }) => message.reply_markup !== undefined)).toEqual([]);
  });

  it('a poll that is a question is not sent again below what is wrong with an answer', async () => {
    const bot = framework.bot();
    bot.noteErrors();
    const payload = { question: 'Tea?', options: [{ text: 'Yes' }], is_anonymous: false };
    const tea = flow('tea', { trigger: '/tea', prompts: 'edit' })
      .ask('vote', { prompt: { method: 'sendPoll', payload }, accept: 'poll_answer' })
      .done(() => 'Noted.');
    bot.fsm({ states: [tea] });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/tea');
    await anna.sends('maybe');
    expect(anna.screen().map(({ message }) => message['poll'] !== undefined)).toEqual([
      true,
      false,
    ]);
    await anna.votes('Yes');
    anna.sees('Noted.');
    expect(bot.errors).toEqual([]);
  });

  it('an invoice can be paid after a message that is not an answer', async () => {
    const bot = framework.bot();
    const seat = flow('seat', { trigger: '/seat', prompts: 'edit', back: true })
      .ask('name', { prompt: 'Your name?' })
      .ask('paid', {
        prompt: ({ name }) => ({
          method: 'sendInvoice',
          payload: {
            title: name,
            description: 'A seat',
            payload: 'seat',
            currency: 'XTR',
            prices: [{ label: 'Seat', amount: 3 }],
          },
        }),
        accept: 'payment',
      })
      .done(({ name }) => `${name} has a seat.`);
    bot.fsm({ states: [seat] });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/seat');
    await anna.sends('Ann');
    const old = anna.last;
    await anna.sends('/back');
    await anna.sends('Anna');
    const invoice = anna.last;
    await anna.sends('May I?');
    anna.sees('Please answer the question above.');
    expect(await anna.pays(old)).toMatchObject({ accepted: false });
    expect(await anna.pays(invoice)).toMatchObject({ accepted: true });
    anna.sees('Anna has a seat.');
  });

  it('a message that is no answer, and a command of the flow, leave the question where it is', async () => {
    const { anna, chat } = play(framework);
    await anna.sends('/order');
    const { message_id } = anna.last;
    await anna.sends('medium');
    expect(chat().map(([text]) => text)).toEqual([
      'Which size?\n\nPlease answer the question above.',
    ]);
    await anna.taps('S');
    await anna.sends('/back');
    expect(chat()).toEqual([['Which size?', 'S', 'L']]);
    expect(anna.last.message_id).toBe(message_id);
  });

  it('the answer to correct is picked in the same message', async () => {
    const { anna, chat } = play(framework);
    await anna.sends('/order');
    await anna.taps('L');
    await anna.sends('Oak Street');
    await anna.taps('Edit');
    expect(chat()).toHaveLength(1);
    await anna.taps('Address');
    expect(chat()).toEqual([['Where to, L?', '« Back']]);
  });

  it('a flow that is entered from a view takes over its message', async () => {
    const { anna, chat } = play(framework);
    await anna.sends('/menu');
    await anna.taps('Order');
    expect(chat()).toEqual([['Which size?', 'S', 'L']]);
  });

  it('a view whose flow is over has its message back', async () => {
    const { anna, chat, bot } = play(framework);
    await anna.sends('/menu');
    await anna.taps('Ask');
    await anna.taps('S');
    await anna.sends('Oak Street');
    await anna.taps('Yes');
    expect(chat()).toEqual([['Menu', 'Order', 'Ask'], ['On its way to Oak Street.']]);
    expect(bot.errors).toEqual([]);
  });

  it('a flow that is canceled loses its buttons', async () => {
    const { anna, chat } = play(framework);
    await anna.sends('/order');
    await anna.sends('/cancel');
    expect(chat()).toEqual([['Which size?'], ['Canceled.']]);
  });
});
