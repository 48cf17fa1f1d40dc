import { flow, type PageRequest, typed } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { buttonsIn } from './keyboards.ts';
import { play, userOf } from './play.ts';

describe.each(frameworks)('choices of flows on %s', (_, framework) => {
  it('a loader that returns the whole list instead of one page is named', async () => {
    const world = framework.bot();
    world.noteErrors();
    const items = Array.from({ length: 100 }, (_each, at) => `item ${at}`);
    const pick = flow('pick', { trigger: '/pick' })
      .ask('item', { prompt: 'Which?', choices: () => ({ items, total: items.length }) })
      .done(() => 'Done');
    world.fsm({ states: [pick] });
    await telegram(world.bot).user('Anna').sends('/pick');
    expect(world.errors.map((each) => String((each as { error?: unknown }).error ?? each))).toEqual(
      [expect.stringMatching(/"pick:item choices": found 100 items\. Expected at most \d+ items/)],
    );
  });

  it('a function that returns no choices is named, with what to do, and the user may answer anew', async () => {
    const world = framework.bot();
    world.noteErrors();
    const pick = flow('pick', { trigger: '/pick' })
      .ask('shop', { prompt: 'Which shop?' })
      .ask('item', { prompt: 'Which item?', choices: ({ shop }) => (shop === 'B' ? ['cup'] : []) })
      .done(() => 'Done');
    world.fsm({ states: [pick] });
    const anna = telegram(world.bot).user('Anna');
    await anna.sends('/pick');
    await anna.sends('A');
    anna.sees('Something went wrong. Please try again.');
    expect(String(world.errors)).toMatch(
      /"pick:item choices": found none\. Expected at least one, or `when` to skip it\./,
    );
    await anna.sends('B');
    anna.sees('Which item?');
  });

  it.each(['inline', 'reply'] as const)(
    'a label that is empty is shown as a dash, %s',
    async (buttons) => {
      const pick = flow('pick', { trigger: '/pick' })
        .ask('item', { prompt: 'Which?', choices: { cup: () => '', tea: 'Tea', hat: '' }, buttons })
        .done(({ item }) => `One ${item}.`);
      const anna = userOf(framework, [pick]);
      await anna.sends('/pick');
      await anna.taps('– (2)');
      anna.sees('One hat.');
    },
  );

  it('choices with the same hash are different buttons in another chat', async () => {
    const { bot, fsm } = framework.bot();
    const group = -1_001_000_000_001;
    const pick = flow('pick', { trigger: '/pick' })
      .ask('word', {
        to: { chat: group },
        prompt: 'Which?',
        // FNV-1a gives both 1582148253
        choices: ['costarring', 'liquid'],
        meanwhile: 'I have asked.',
        answered: (word) => `${word}!`,
      })
      .done(({ word }) => `It is ${word}.`);
    fsm({ states: [pick] });
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    const bob = chat.user('Bob').in(chat.group('Group', [], { id: group }));
    await anna.sends('/pick');
    await bob.taps('liquid');
    bob.sees('liquid!');
    anna.sees('It is liquid.');
  });

  it('a typed label counts with its accents in another form, and with marks of the writing direction', async () => {
    const pick = flow('pick', { trigger: '/pick' })
      .ask('drink', {
        prompt: 'What?',
        choices: { coffee: 'Caf\u00e9', tea: '\u0634\u0627\u064a', cafe: 'Cafe\u0301' },
        buttons: 'reply',
      })
      .done(({ drink }) => `One ${drink}.`);
    const anna = userOf(framework, [pick]);
    for (const [typed, drink] of [
      ['Cafe\u0301', 'coffee'],
      ['\u200f\u0634\u0627\u064a', 'tea'],
      ['Caf\u00e9 (2)', 'cafe'],
    ] as const) {
      await anna.sends('/pick');
      await anna.sends(typed);
      anna.sees(`One ${drink}.`);
    }
  });

  it('typed labels of other buttons count in the same way', async () => {
    const texts = { skip: 'Überspringen', back: 'Zurück', cancel: 'Löschen', done: 'Schließen' };
    const pick = flow('pick', { trigger: '/pick', controls: ['back', 'cancel'], texts })
      .ask('a', { prompt: 'A?', choices: ['x'], buttons: 'reply' })
      .ask('b', { prompt: 'B?', choices: ['y'], buttons: 'reply', optional: true })
      .ask('c', { prompt: 'C?', choices: ['z'], buttons: 'reply', multiple: true })
      .done(() => 'Done.', { canceled: () => 'Canceled.' });
    const anna = userOf(framework, [pick]);
    const types = (label: string) => anna.sends(`\u200f${label.normalize('NFD')}`);
    await anna.sends('/pick');
    await anna.sends('x');
    anna.sees('B?');
    await types(texts.skip);
    anna.sees('C?');
    await types(texts.back);
    anna.sees('B?');
    await types(texts.skip);
    anna.sees('C?');
    await anna.sends('z');
    await types(texts.done);
    anna.sees('Done.');
    await anna.sends('/pick');
    await types(texts.cancel);
    anna.sees('Canceled.');
  });

  it('so do those of a correction', async () => {
    const pick = flow('pick', { trigger: '/pick', texts: { keep: 'So lassen, schön' } })
      .ask('größe', { prompt: 'A?' })
      .confirm({ prompt: 'Right?', edit: true })
      .done(() => {});
    const anna = userOf(framework, [pick]);
    await anna.sends('/pick');
    await anna.sends('1');
    await anna.taps('Edit');
    await anna.sends('So lassen, schön'.normalize('NFD'));
    anna.sees('Right?');
    await anna.taps('Edit');
    await anna.sends('Größe'.normalize('NFD'));
    anna.sees('A?');
  });

  it.each(['😀', '👨‍👩‍👧', '🇩🇪', '👍🏽', '❤️', 'e\u0301'])(
    'maxLength counts %s as one character',
    async (one) => {
      const pick = flow('pick', { trigger: '/pick' })
        .ask('mood', { prompt: 'Mood?', maxLength: 3 })
        .done(({ mood }) => `You feel ${mood}.`);
      const anna = userOf(framework, [pick]);
      await anna.sends('/pick');
      await anna.sends(one.repeat(4));
      anna.sees('That is too long. Please send something shorter.');
      await anna.sends(one.repeat(3));
      anna.sees(`You feel ${one.repeat(3)}.`);
    },
  );

  it('a branch goes by the value of an ordered entry', async () => {
    const rate = flow('rate', { trigger: '/rate' })
      .ask('stars', {
        prompt: 'Stars?',
        choices: [
          ['5', 'Best'],
          ['1', 'Worst'],
        ],
      })
      .branch('stars', { 1: (b) => b.ask('why', { prompt: 'Why?' }) })
      .done((answers) => JSON.stringify(answers));
    const anna = userOf(framework, [rate]);
    await anna.sends('/rate');
    await anna.taps('Worst');
    await anna.sends('Rain');
    anna.sees('{"stars":"1","why":"Rain"}');
  });

  const cities = (
    asked: PageRequest[],
    all = Array.from({ length: 45 }, (_, at) => `City ${at}`),
  ) => ({
    cities: async (page: PageRequest) => {
      asked.push(page);
      const items = all
        .slice(page.offset, page.offset + page.size)
        .map((name): [string, string] => [name.replace('City ', 'c'), name]);
      return { items, total: all.length };
    },
  });
  interface Atlas {
    cities(page: PageRequest): Promise<{ items: [string, string][]; total: number }>;
  }
  const travel = (multiple: boolean) =>
    flow('travel', { trigger: '/travel', services: typed<Atlas>() })
      .ask('city', {
        prompt: 'Which city?',
        choices: (_, { services }, page) => services.cities(page),
        multiple,
        columns: 4,
      })
      .done(({ city }) => `To ${city}`);

  it('a loader gives the page that is shown, and a choice of a later page answers', async () => {
    const { bot, fsm } = framework.bot();
    const asked: PageRequest[] = [];
    fsm({ states: [travel(false)], services: cities(asked) });
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('/travel');
    expect(asked.every(({ offset, size }) => offset === 0 && size === 20)).toBe(true);
    await anna.taps('More »');
    await anna.taps('More »');
    anna.sees('Which city?');
    expect(buttonsIn(chat.calls)).toEqual([
      'City 40',
      'City 41',
      'City 42',
      'City 43',
      'City 44',
      '« Back',
    ]);
    expect(asked.at(-1)).toEqual({ page: 2, size: 20, offset: 40 });
    await anna.taps('City 44');
    anna.sees('To c44');
  });

  it('a typed label of the page that is shown answers', async () => {
    const { bot, fsm } = framework.bot();
    fsm({ states: [travel(false)], services: cities([]) });
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('/travel');
    await anna.taps('More »');
    await anna.sends('City 25');
    anna.sees('To c25');
  });

  it('several choices are kept from page to page', async () => {
    const { bot, fsm } = framework.bot();
    fsm({ states: [travel(true)], services: cities([]) });
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('/travel');
    await anna.taps('City 3');
    await anna.taps('More »');
    await anna.taps('City 21');
    await anna.taps('Done');
    anna.sees('To c3,c21');
  });

  it('a list that has become shorter shows its last page', async () => {
    const { bot, fsm } = framework.bot();
    const all = Array.from({ length: 45 }, (_, at) => `City ${at}`);
    fsm({ states: [travel(false)], services: cities([], all) });
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('/travel');
    await anna.taps('More »');
    all.length = 5;
    await anna.taps('More »');
    anna.sees('Which city?');
    expect(buttonsIn(chat.calls)).toEqual(['City 0', 'City 1', 'City 2', 'City 3', 'City 4']);
  });

  it('labels count in other letters where no text is an answer, and exact ones go first', async () => {
    const places = flow('places', { trigger: '/places', controls: ['back', 'cancel'] })
      .ask('name', { prompt: 'Name?', optional: true })
      .ask('seat', { prompt: 'Seat?', choices: { front: 'Front', back: 'back' }, optional: true })
      .ask('meal', { prompt: 'Meal?', choices: ['Soup', 'Cake'], optional: true })
      .done(({ name, seat, meal }) => [name, seat, meal].join());
    const anna = userOf(framework, [places]);
    // a text question takes other letters as its answer
    for (const text of ['/places', 'skip']) await anna.sends(text);
    anna.sees('Seat?');
    await anna.sends('« Back');
    anna.sees('Name?');
    for (const text of ['Anna', 'BACK']) await anna.sends(text);
    anna.sees('Meal?');
    await anna.sends('« BACK');
    anna.sees('Seat?');
    for (const text of ['fronT', 'SKIP']) await anna.sends(text);
    anna.sees('Anna,front,');
    await anna.sends('/places');
    for (const text of ['skip', 'Front', 'cancel']) await anna.sends(text);
    anna.sees('Canceled.');
  });

  const ticket = flow('ticket', { trigger: '/ticket', back: true })
    .ask('title', { prompt: 'Title?' })
    .ask('text', { prompt: 'Text?' })
    .confirm({ prompt: ({ title, text }) => `${title}: ${text}`, edit: true })
    .done(() => 'Sent.');

  it('the answers to correct can be left as they are, by button, by its label, and by /back', async () => {
    const { bot, fsm } = framework.bot();
    fsm({ states: [ticket] });
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('/ticket');
    await anna.sends('Crash');
    await anna.sends('It crashed.');
    for (const leaves of [
      () => anna.taps('Keep as it is'),
      () => anna.sends('Keep as it is'),
      () => anna.sends('/back'),
    ]) {
      await anna.taps('Edit');
      anna.sees('What would you like to change?');
      expect(buttonsIn(chat.calls)).toEqual(['Title', 'Text', 'Keep as it is']);
      await leaves();
      anna.sees('Crash: It crashed.');
    }
    await anna.taps('Edit');
    await anna.sends('Title');
    anna.sees('Title?');
  });
});

describe.each(frameworks)('choices that are typed one by one, on %s', (_, framework) => {
  it.each(['removeKeyboards', 'delete', 'edit'] as const)(
    'leave one question with buttons: %s',
    async (prompts) => {
      const pizza = flow('pizza', { trigger: '/pizza', prompts })
        .ask('toppings', { prompt: 'Toppings?', choices: ['Ham', 'Olives'], multiple: true })
        .done(() => 'Done.');
      const { anna, bot, unsent } = play(framework, [pizza]);
      for (const text of ['/pizza', 'Ham', 'Olives']) await anna.sends(text);
      const shown = anna.screen().filter(({ text }) => text === 'Toppings?');
      expect(shown.filter(({ buttons }) => buttons.length > 0)).toHaveLength(1);
      if (prompts !== 'removeKeyboards') expect(shown).toHaveLength(1);
      expect([...bot.errors, ...unsent]).toEqual([]);
    },
  );
});
