/** Formatted texts beside buttons: in views, prompts, captions and replies. */

import { flow, html, invalid, markdownV2, scene, typed } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './view-play.ts';

const picture = 'https://example.org/cake.jpg';

const Menu = scene('menu', { data: typed<{ count: number; note: string; isOpen: boolean }>() }).on({
  view: ({ data, button, again, goto }) => ({
    text: html`<b>Cakes</b> & ${data.note}`,
    rows: [
      data.count && button('count', `Count ${data.count}`, again()),
      data.note && button('note', data.note, again()),
      [
        data.count && button('clear', 'Clear', again({ count: 0, note: '' })),
        data.isOpen && button('cake', 'Cake', goto(Cake)),
        null,
      ],
      null,
    ],
  }),
});
const Cake = scene('cake').on({
  view: ({ button, goto }) => ({
    photo: picture,
    caption: markdownV2`*Cake*\\!`,
    rows: [button('more', 'More', goto(Spread))],
  }),
});
const Spread = scene('spread').on({
  view: ({ button, leave }) => ({
    ...html`<i>Spread</i>`,
    rows: [button('close', 'Close', leave())],
  }),
});
const keyboard = { inline_keyboard: [[{ text: 'Rules', url: 'https://example.org' }]] };
const question = {
  prompt: { text: html`Your <b>name</b>?`, keyboard },
  validate: (text: string) => (text === 'x' ? invalid(html`<i>x</i> & y`) : text),
};
const ask = flow('ask', { trigger: '/ask' })
  .ask('name', question)
  .done(({ name }) => ({ text: html`<b>${name}</b>`, keyboard }));
const edit = flow('edit', { trigger: '/edit', prompts: 'edit' })
  .ask('name', question)
  .done(({ name }) => ({ text: { text: name, entities: [] } }));

describe.each(frameworks)('formatted texts, on %s', (_, framework) => {
  it('are the text of a view, and falsy members of its rows are left out', async () => {
    const { anna, bot } = play(framework, [Menu, Cake, Spread]);
    bot.command('menu', ({ fsm }) => fsm.enter(Menu, { count: 2, note: 'a<b', isOpen: true }));
    await anna.sends('/menu');
    anna.sees({
      text: 'Cakes & a<b',
      buttons: [['Count 2'], ['a<b'], ['Clear', 'Cake']],
    });
    expect(anna.last.message['entities']).toMatchObject([{ type: 'bold', length: 5 }]);
    await anna.taps('Clear');
    anna.sees({ text: 'Cakes & ', buttons: [['Cake']] });
    await anna.taps('Cake');
    anna.sees('Cake!');
    expect(anna.last.message['caption_entities']).toMatchObject([{ type: 'bold' }]);
    await anna.taps('More');
    anna.sees('Spread');
    expect(anna.last.message['entities']).toMatchObject([{ type: 'italic' }]);
    expect(bot.errors).toEqual([]);
  });

  it('are the text of a prompt and of an answer, with a keyboard', async () => {
    const { anna, world, bot } = play(framework, [ask, edit]);
    await anna.sends('/ask');
    anna.sees({ text: 'Your name?', buttons: [['Rules']] });
    expect(anna.last.message['entities']).toMatchObject([{ type: 'bold', offset: 5 }]);
    await anna.sends('x');
    anna.sees('x & y');
    await anna.sends('Anna');
    anna.sees({ text: 'Anna', buttons: [['Rules']] });
    await anna.sends('/edit');
    await anna.sends('x');
    expect(
      world.calls.findLast(({ method }) => method === 'editMessageText')?.payload,
    ).toMatchObject({ text: 'Your <b>name</b>?\n\n<i>x</i> & y', parse_mode: 'HTML' });
    await anna.sends('Anna');
    anna.sees('Anna');
    expect(bot.errors).toEqual([]);
  });

  it('are in the log of messages, also below a photo', async () => {
    const shop = flow('shop', { trigger: '/shop' })
      .ask('a', { prompt: { photo: picture, caption: html`Take <b>one</b>` } })
      .ask('b', { prompt: { text: html`Or <b>two</b>` } })
      .done((_answers, { log }) => log?.map(({ text }) => text).join());
    const { anna } = play(framework, [shop], { log: { last: 10 } });
    await anna.sends('/shop');
    await anna.sends('1');
    await anna.sends('2');
    anna.sees('Take <b>one</b>,1,Or <b>two</b>,2');
  });
});

describe('a value without a text', () => {
  it.each<readonly [string, unknown, string]>([
    ['markup of the other tag', markdownV2`*x*`, 'markup in MarkdownV2'],
    ['a promise', Promise.resolve('x'), '[object Promise]'],
    ['a function', () => 'x', '[object function]'],
    ['a plain object', { name: 'x' }, '[object Object]'],
    ['an object without a prototype', /(?<name>x)/.exec('x')?.groups, '[object object]'],
    ['one inside a list', ['x', {}], '[object Object]'],
  ])('is rejected by the tag: %s', (_name, value, found) => {
    expect(() => html`<b>${value}</b>`).toThrow(
      `Invalid option "value in HTML": found ${found}. Expected a text, or markup of the same tag.`,
    );
  });

  it('does not mean a text that looks like one', () => {
    expect(html`${'[object Object]'} ${7n} ${new Error('<')}`.text).toBe(
      '[object Object] 7 Error: &lt;',
    );
  });
});
