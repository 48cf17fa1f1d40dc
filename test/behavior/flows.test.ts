import { flow, invalid, scene, typed } from '@telefsm/core';
import { album, photo, telegram, video } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { userOf } from './play.ts';

describe.each(frameworks)('flows on %s', (_, framework) => {
  const hello = flow('hello', { trigger: '/start', description: 'Begin' })
    .ask('name', { prompt: 'Name?' })
    .ask('age', { prompt: 'Age?' })
    .done(() => 'Welcome');
  const gift = flow('gift', { deepLink: 'gift' })
    .ask('code', { prompt: 'Code?' })
    .done(() => 'Redeemed', { from: (code) => ({ code }) });
  const card = flow('card', { deepLink: 'gift_card_' })
    .ask('number', { prompt: 'Number?' })
    .done(({ number }) => `Card ${number}`, { from: (number) => ({ number }) });

  it('the deep link of another flow is not the trigger of the one that /start has started', async () => {
    const anna = userOf(framework, [hello, gift, card]);
    await anna.sends('/start');
    await anna.sends('Anna');
    anna.sees('Age?');
    await anna.sends('/start gift');
    anna.sees('Code?');
    await anna.sends('/start');
    anna.sees('Name?');
    await anna.sends('Anna');
    await anna.sends('/start elsewhere');
    anna.sees('Name?');
  });

  it('the longest deep link that fits counts, whatever the order of the flows', async () => {
    for (const states of [
      [gift, card],
      [card, gift],
    ]) {
      const { bot, fsm } = framework.bot();
      fsm({ states });
      const anna = telegram(bot).user('Anna');
      await anna.sends('/start gift_card_7');
      anna.sees('Card 7');
      await anna.sends('/start gift_7');
      anna.sees('Redeemed');
    }
  });

  it('two flows with one trigger are rejected by name when the machine is made', () => {
    const make = (id: string, options: object) =>
      flow(id, options)
        .ask('a', { prompt: 'A?' })
        .done(() => undefined);
    const own = make('own', { trigger: '/Go', deepLink: 'go' });
    const refused: unknown[] = [];
    for (const options of [{ trigger: 'go' }, { trigger: '/x', deepLink: 'go' }]) {
      try {
        framework.bot().fsm({ states: [own, make('other', options)] });
      } catch (error) {
        refused.push((error as { readonly details?: object }).details);
      }
    }
    const expected = 'one that no other scene has';
    expect(refused).toEqual([
      { option: 'other trigger', expected, found: `'/go', which "own" has too` },
      { option: 'other deepLink', expected, found: `'go', which "own" has too` },
    ]);
    // one flow may be named twice, and a deep link begin as another
    framework.bot().fsm({ states: [own, make('longer', { deepLink: 'go_on' })], scenes: [own] });
  });

  it('work on the same conversation inside an ending of a flow is rejected at once', async () => {
    const codes: unknown[] = [];
    const bot = framework.bot();
    const work = async () => {
      await machine
        .at({ user: anna.id })
        .run(() => undefined)
        .catch((error: { readonly code?: string }) => codes.push(error.code));
    };
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?' })
      .done(work, { canceled: work, left: work });
    const machine = bot.fsm({ states: [form] });
    const anna = telegram(bot.bot).user('Anna');
    machine.connect(bot.bot as never);
    machine.at({ user: anna.id });
    await anna.sends('/form');
    await anna.sends('1');
    await anna.sends('/form');
    await anna.sends('/cancel');
    expect(codes).toEqual(['REENTERED', 'REENTERED', 'REENTERED', 'REENTERED']);
  });

  it('the rest of an album whose first part ended a flow reaches neither the bot nor another flow', async () => {
    const picture = flow('picture', { trigger: '/picture' })
      .ask('photo', { prompt: 'A photo?', accept: 'photo' })
      .done(() => 'Thank you.');
    const page = flow('page', { trigger: '/page' })
      .ask('cover', { prompt: 'A cover?', accept: ['photo', 'text'] })
      .done(({ cover }) => `Cover: ${cover.kind}`);
    const bot = framework.bot();
    bot.fsm({ states: [picture, page] });
    const passed: object[] = [];
    bot.command('call', ({ fsm }) => fsm.call(picture));
    bot.use(({ ctx }) => passed.push((ctx as { readonly update: object }).update));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/picture');
    await anna.sends(album(photo(), photo(), photo()));
    anna.sees('Thank you.');
    expect(passed).toEqual([]);
    await anna.sends('/page');
    await anna.sends('/call');
    anna.sees('A photo?');
    await anna.sends(album(photo(), photo()));
    anna.sees('A cover?');
    await anna.sends(album(photo(), photo()));
    anna.sees('Cover: photo');
    expect(passed).toEqual([]);
    await anna.sends(album(photo(), photo()));
    expect(passed).toHaveLength(2);
  });

  it('a start with null instead of answers asks every question', async () => {
    const greet = flow('greet', { trigger: '/greet' })
      .ask('name', { prompt: 'Name?' })
      .done(({ name }) => `Hello, ${name}!`, { from: () => null as never });
    const anna = userOf(framework, [greet]);
    await anna.sends('/greet whoever');
    anna.sees('Name?');
    await anna.sends('Ben');
    anna.sees('Hello, Ben!');
  });

  it('a choice may have any value: none, of punctuation, of a prototype, longer than a button', async () => {
    const long = 'й'.repeat(60);
    const values = { '': 'Nothing', 'a.b:c~=#': 'Dots', constructor: 'Class', [long]: 'Long' };
    const pick = flow('pick', { trigger: '/pick' })
      .ask('one', { prompt: 'Which?', choices: values })
      .done(({ one }) => `Picked ${JSON.stringify(one)}.`);
    const anna = userOf(framework, [pick]);
    for (const [value, label] of Object.entries(values)) {
      await anna.sends('/pick');
      await anna.taps(label);
      anna.sees(`Picked ${JSON.stringify(value)}.`);
    }
  });

  it('a label of a reply keyboard that reads as a command is the answer; the flow’s own commands are not', async () => {
    const sure = flow('sure', { trigger: '/sure', otherCommands: 'block' })
      .ask('yes', {
        prompt: 'Sure?',
        choices: { y: '/yes', n: '/no', c: '/cancel' },
        buttons: 'reply',
      })
      .done(({ yes }) => `Said ${yes}.`);
    const anna = userOf(framework, [sure]);
    await anna.sends('/sure');
    await anna.taps('/yes');
    anna.sees('Said y.');
    await anna.sends('/sure');
    await anna.taps('/cancel');
    anna.sees('Canceled.');
    await anna.sends('/sure');
    await anna.sends('/maybe');
    anna.sees('Please finish this first.');
  });

  it('an empty text sends nothing, wherever a text may be sent', async () => {
    const silent = flow('silent', { trigger: '/silent', texts: { noSkip: '', wrongKind: '' } })
      .ask('a', { prompt: 'A?', validate: (text) => (text === 'no' ? invalid('') : text) })
      .ask('b', { prompt: 'B?', optional: true })
      .done(({ a }) => (a === 'loud' ? 'Done.' : ''), { canceled: () => '' });
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [silent] });
    const anna = telegram(bot.bot).user('Anna');
    for (const [says, hears] of [
      ['/silent', 'A?'],
      ['no', ''],
      ['/skip', ''],
      [photo(), ''],
      ['/cancel', ''],
      ['/silent', 'A?'],
      ['quiet', 'B?'],
      ['/skip', ''],
      ['/silent', 'A?'],
      ['loud', 'B?'],
      ['/skip', 'Done.'],
    ] as const) {
      await anna.sends(says);
      if (hears === '') anna.seesNothing();
      else anna.sees(hears);
    }
    expect(bot.errors).toEqual([]);
  });

  it('a question whose choices are made empty is rejected by name, and the answer before it is not kept', async () => {
    const dishes = { mon: ['Soup'], sun: [] as string[] };
    const lunch = flow('lunch', { trigger: '/lunch' })
      .ask('day', { prompt: 'Which day?', choices: ['mon', 'sun'] })
      .ask('dish', { prompt: 'Which dish?', choices: ({ day }) => dishes[day] })
      .done(({ dish }) => `One ${dish}.`);
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [lunch] });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/lunch');
    await anna.taps('sun');
    anna.sees('Something went wrong. Please try again.');
    expect(bot.errors).toMatchObject([
      { code: 'INVALID_OPTION', details: { option: 'lunch:dish choices', found: 'none' } },
    ]);
    await anna.taps('mon');
    await anna.taps('Soup');
    anna.sees('One Soup.');
  });

  it('a command that is edited begins, restarts and cancels nothing', async () => {
    const bot = framework.bot();
    const edited: unknown[] = [];
    bot.fsm({ states: [hello] });
    bot.use(({ ctx }) => {
      edited.push(
        (ctx as { update: { edited_message?: { text: string } } }).update.edited_message?.text,
      );
    });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/start');
    const trigger = 1;
    await anna.sends('Anna');
    anna.sees('Age?');
    await anna.edits('/start again', trigger);
    anna.seesNothing();
    await anna.edits('/cancel');
    anna.seesNothing();
    await anna.sends('30');
    anna.sees('Welcome');
    await anna.edits('/start', trigger);
    anna.seesNothing();
    expect(edited).toEqual(['/start again', '/cancel', '/start']);
  });

  it('a flow that a command starts during a call gives its caller no result, its own trigger does', async () => {
    const city = flow('city', { trigger: '/city' })
      .ask('name', { prompt: 'City?' })
      .done(() => undefined);
    const home = scene('home', { data: typed<{ at?: { name: string } }>() }).on({
      enter: ({ data }) => `At ${JSON.stringify(data.at)}.`,
      handle: ({ call }) => call(city, {}, { into: 'at' }),
    });
    const bot = framework.bot();
    bot.fsm({ states: [city, home, hello] });
    bot.command('home', ({ fsm }) => fsm.enter(home));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/home');
    await anna.sends('where?');
    anna.sees('City?');
    for (const answer of ['/start', 'Anna', '30']) await anna.sends(answer);
    anna.sees('Welcome');
    anna.sees('At undefined.');
    for (const answer of ['where?', '/city', 'Lisbon']) await anna.sends(answer);
    anna.sees('At {"name":"Lisbon"}.');
  });

  it('an album that is not a valid answer is rejected once, and counts as one attempt', async () => {
    const story = flow('story', { trigger: '/story', attempts: 3 })
      .ask('title', { prompt: 'Title?' })
      .ask('cover', { prompt: 'Cover?', accept: 'photo', validate: () => invalid('Too dark.') })
      .done(() => 'Done.');
    const bot = framework.bot();
    bot.fsm({ states: [story] });
    const world = telegram(bot.bot);
    const anna = world.user('Anna');
    await anna.sends('/story');
    await anna.sends(album(photo({ caption: 'My title' }), photo(), photo(), photo()));
    await anna.sends(album(photo(), photo()));
    await anna.sends('A title');
    anna.sees('Cover?');
    await anna.sends(album(photo(), photo(), photo()));
    await anna.sends('/cancel');
    expect(
      world
        .transcript()
        .split('\n')
        .filter((line) => line.startsWith('Bot')),
    ).toEqual([
      'Bot: Title?',
      'Bot: Please answer the question above.',
      'Bot: Please answer the question above.',
      'Bot: Cover?',
      'Bot: Too dark.',
      'Bot: Canceled.',
    ]);
  });

  it('an album of several kinds gives all its parts of the kind that is asked for', async () => {
    const pictures = flow('pictures', { trigger: '/pictures' })
      .ask('photos', { prompt: 'Photos?', accept: { album: 'photo' } })
      .done(({ photos }) => `${photos.length} photos.`);
    const bot = framework.bot();
    bot.fsm({ states: [pictures] });
    const anna = telegram(bot.bot).user('Anna');
    for (const parts of [
      [photo(), video(), photo()],
      [video(), photo(), photo()],
      [photo(), photo(), video()],
    ]) {
      await anna.sends('/pictures');
      await anna.sends(album(...parts));
      await anna.taps('Done');
      anna.sees('2 photos.');
    }
  });
});
