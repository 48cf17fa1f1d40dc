import { flow } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { dataOf, play } from './play.ts';

const stale = 'This button is no longer in use.';

/** The data of a button with another action: the letter behind the question. */
const withAction = (data: string, letter: string) =>
  data.replace(/^(~[^.]*\.[^.]*\.[^.]*\.).*$/s, `$1${letter}`);

describe.each(frameworks)('buttons that the pending question offers, on %s', (_, framework) => {
  it.each([
    ['cancel', 'x'],
    ['back', 'b'],
    ['skip', 's'],
    ['finish', 'd'],
    ['restart', 'n'],
    ['continue', 'k'],
    ['a page', 'p=1'],
    ['a page that is none', 'pNaN'],
    ['a correction', 'e=a'],
    ['another choice', 'c=none'],
    ['a selection', 'a=x'],
  ])('a forged press of %s, which is not offered, is stale', async (_name, letter) => {
    const form = flow('form', { trigger: '/form', onTrigger: 'refuse', back: true, attempts: 3 })
      .ask('a', { prompt: 'A?' })
      .ask('pin', { prompt: 'PIN?', choices: ['x', 'y'] })
      .done(() => 'Done.');
    const { anna, machine, forges, bot } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('1');
    const before = await machine.at({ user: anna.id }).peek();
    const { message } = anna.last;
    const { reply_markup: _markup, ...bare } = message;
    for (const on of [message, bare]) {
      const said = await forges(anna, withAction(dataOf(anna.last, 'x'), letter), {
        ...anna.last,
        message: on as never,
      });
      expect(said).toBe(stale);
    }
    expect(await machine.at({ user: anna.id }).peek()).toEqual(before);
    expect(bot.errors).toEqual([]);
  });

  it('a typed choice is taken in any case where nothing else is', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('drink', { prompt: 'Drink?', choices: { t: 'Tea', c: 'Cake' } })
      .done(({ drink }) => `${drink}.`);
    const { anna } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends(' tea ');
    anna.sees('t.');
  });

  it('a typed Cancel leaves a flow that shows the button', async () => {
    const form = flow('form', { trigger: '/form', controls: ['cancel'] })
      .ask('name', { prompt: 'Name?' })
      .done(({ name }) => `${name}.`);
    const { anna } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('Cancel');
    anna.sees('Canceled.');
  });
});
