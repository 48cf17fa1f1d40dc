import { describe, expect, it } from 'vitest';
import { flow } from '../../src/index.ts';
import { chat } from './chat.ts';

const feedback = flow('feedback', { trigger: '/feedback', controls: ['back', 'cancel'] })
  .ask('mail', { prompt: 'Mail?' })
  .ask('stars', { prompt: 'Stars?', choices: ['1', '2'] })
  .confirm({ prompt: ({ mail, stars }) => `${mail}: ${stars}`, no: 'Stop' })
  .done(() => 'Sent.');
const labelsOf = ({ buttons }: { readonly buttons: readonly (readonly [string, string])[] }) =>
  buttons.map(([label]) => label);

describe('controls', () => {
  it('are buttons below every question; back only where there is an earlier one, cancel not beside the No of a summary', async () => {
    const { user, last } = chat([feedback]);
    const ann = user(1);
    await ann.sends('/feedback');
    expect(labelsOf(last())).toEqual(['Cancel']);
    await ann.sends('a@b.c');
    expect(labelsOf(last())).toEqual(['1', '2', '« Back', 'Cancel']);
    await ann.taps('2');
    expect(labelsOf(last())).toEqual(['Yes', 'Stop', '« Back']);
  });

  it('act like the commands, and are stale with their question', async () => {
    const { user, newTexts, answers, data, shown } = chat([feedback]);
    const ann = user(1);
    await ann.sends('/feedback');
    await ann.sends('a@b.c');
    await ann.taps('« Back');
    expect([newTexts(), await data(1)]).toEqual([['Mail?', 'Stars?', 'Mail?'], {}]);
    await ann.taps('« Back', shown[1]);
    expect([newTexts(), answers().at(-1)]).toEqual([[], 'This button is no longer in use.']);
    await ann.taps('Cancel');
    expect([newTexts(), await data(1)]).toEqual([['Canceled.'], undefined]);
  });

  it('allow /back, but where a question or the flow forbids it', async () => {
    const once = flow('once', { trigger: '/once', controls: ['back'] })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?', back: false })
      .ask('c', { prompt: 'C?' })
      .done(() => {});
    const { user, newTexts, last } = chat([once]);
    const ann = user(1);
    for (const text of ['/once', 'a', '/back']) await ann.sends(text);
    expect(newTexts()).toEqual(['A?', 'B?', 'You cannot go back here.']);
    expect(labelsOf(last())).toEqual([]);
    await ann.sends('b');
    await ann.sends('/back');
    expect(newTexts()).toEqual(['C?', 'B?']);
  });

  it('are on a reply keyboard where the choices are', async () => {
    const reply = flow('reply', { trigger: '/reply', controls: ['back', 'cancel'] })
      .ask('a', { prompt: 'A?', choices: ['x'], buttons: 'reply' })
      .ask('b', { prompt: 'B?', choices: ['y'], buttons: 'reply' })
      .done(() => {});
    const { user, newTexts } = chat([reply]);
    const ann = user(1);
    for (const text of ['/reply', 'x', '« Back', 'Cancel']) await ann.sends(text);
    expect(newTexts()).toEqual(['A?', 'B?', 'A?', 'Canceled.']);
  });

  it('give way to a forced reply, an invoice, and a keyboard of the bot', async () => {
    const keyboard = { inline_keyboard: [[{ text: 'Own', callback_data: 'own' }]] };
    const prices = [{ label: 'T', amount: 1 }];
    const invoice = {
      method: 'sendInvoice',
      payload: { title: 'T', payload: 'p', prices },
    } as const;
    const other = flow('other', { trigger: '/other', controls: ['cancel'] })
      .ask('own', { prompt: { text: 'Own?', keyboard }, accept: ['button', 'text'] })
      .ask('text', { prompt: 'Text?' })
      .ask('paid', { prompt: invoice, accept: 'payment' })
      .done(() => {});
    const { user, last } = chat([other]);
    const ann = user(1, -100);
    await ann.sends('/other');
    expect(labelsOf(last())).toEqual(['Own']);
    await ann.sends('x');
    expect(last().payload['reply_markup']).toMatchObject({ force_reply: true });
    await ann.sends('y');
    expect(last().payload['reply_markup']).toBe(undefined);
  });

  it('are beside Skip in a group, where the reply is not forced', async () => {
    const other = flow('other', { trigger: '/other', controls: ['back', 'cancel'] })
      .ask('first', { prompt: 'First?' })
      .ask('note', { prompt: 'Note?', optional: true })
      .done(() => {});
    const { user, last } = chat([other]);
    const ann = user(1, -100);
    for (const text of ['/other', 'x']) await ann.sends(text);
    expect(labelsOf(last())).toEqual(['Skip', '« Back', 'Cancel']);
    await ann.sends('« Back');
    expect(last().payload).toMatchObject({ text: 'First?', reply_markup: { force_reply: true } });
  });

  it('turn a page back before they leave a long list', async () => {
    const long = flow('long', { trigger: '/long', controls: ['back'] })
      .ask('a', { prompt: 'A?' })
      .ask('n', { prompt: 'N?', choices: Array.from({ length: 40 }, (_, i) => `L${i}`) })
      .done(() => {});
    const { user, last, newTexts } = chat([long]);
    const ann = user(1);
    await ann.sends('/long');
    await ann.sends('a');
    expect(labelsOf(last()).slice(-2)).toEqual(['More »', '« Back']);
    await ann.taps('More »');
    expect(labelsOf(last()).filter((label) => label === '« Back')).toHaveLength(1);
    await ann.taps('« Back');
    await ann.taps('« Back');
    expect(newTexts()).toEqual(['A?', 'N?', 'A?']);
  });
});
