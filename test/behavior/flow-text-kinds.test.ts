import { flow, invalid, memoryStorage, scene, translatedTexts } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { userOf } from './play.ts';

describe.each(frameworks)('answers that are found inside a text on %s', (_, framework) => {
  const answered: unknown[] = [];
  const contact = flow('contact', { trigger: '/contact' })
    .ask('mail', { prompt: 'Mail?', accept: 'email' })
    .ask('phone', { prompt: 'Phone?', accept: 'phone' })
    .ask('site', { prompt: 'Site?', accept: 'url' })
    .ask('birthday', { prompt: 'Birthday?', accept: 'date', optional: true })
    .done((answers) => void answered.push(answers));

  it('an e-mail address, a phone number, a link and a date, each with a text for what is none', async () => {
    const anna = userOf(framework, [contact]);
    await anna.sends('/contact');
    await anna.sends('anna');
    anna.sees('Please send an e-mail address.');
    await anna.sends('mine is anna@example.org, thanks');
    anna.sees('Phone?');
    await anna.sends('none');
    anna.sees('Please send a phone number, such as +44 20 7946 0000.');
    await anna.sends('\u2066+49 (151) 123-4567\u2069');
    await anna.sends('my site');
    anna.sees('Please send a link.');
    await anna.sends('see https://example.org/anna for more');
    await anna.sends('tomorrow');
    anna.sees('Please send a date, such as 2026-11-28.');
    await anna.sends('28.11.2026');
    expect(answered).toEqual([
      {
        mail: 'anna@example.org',
        phone: '+49 (151) 123-4567',
        site: 'https://example.org/anna',
        birthday: '2026-11-28',
      },
    ]);
  });

  it.each([
    ['2026-11-28', '2026-11-28'],
    ['2026/1/5', '2026-01-05'],
    ['5. 1. 2026', '2026-01-05'],
    ['28/11/2026', '2026-11-28'],
    ['11/28/2026', '2026-11-28'],
    ['05/05/2026', '2026-05-05'],
    ['29.02.2028', '2028-02-29'],
    ['۲۰۲۶-۱۱-۲۸', '2026-11-28'],
    ['\u200e2026-11-28\u200f', '2026-11-28'],
    ['2026‑11‑28', '2026-11-28'],
    ['２０２６／１１／２８', '2026-11-28'],
    ['2026. 11. 28.', '2026-11-28'],
    ['28.11.2026.', '2026-11-28'],
    ['\u200b2026-11-28\ufeff', '2026-11-28'],
    ['04/05/2026', undefined],
    ['0000-01-01', undefined],
    ['0226-11-28', undefined],
    ['2026-\n11-28', undefined],
    ['29.02.2026', undefined],
    ['31.04.2026', undefined],
    ['2026-13-01', undefined],
    ['28.11.26', undefined],
  ])('the date %s is %s', async (sent, expected) => {
    const day = flow('day', { trigger: '/day' })
      .ask('day', { prompt: 'Day?', accept: 'date' })
      .done(({ day }) => day);
    const anna = userOf(framework, [day]);
    await anna.sends('/day');
    await anna.sends(sent);
    anna.sees(expected ?? 'Please send a date, such as 2026-11-28.');
  });

  it.each([
    ['12', 12],
    [' 12.5 ', 12.5],
    ['12,5', 12.5],
    ['-3', -3],
    ['−3', -3],
    ['+3', 3],
    ['.5', 0.5],
    ['-0', 0],
    ['0.125', 0.125],
    ['1234', 1234],
    ['1 234 567,8', 1_234_567.8],
    ['1\u202f234', 1234],
    ["1'234", 1234],
    ['1,234.56', 1234.56],
    ['1.234,56', 1234.56],
    ['1.234.567', 1_234_567],
    ['1234567,891', 1_234_567.891],
    ['١٢٫٥', 12.5],
    ['۱۲', 12],
    ['\u200f۱۲', 12],
    ['१२', 12],
    ['１２', 12],
    ['１２．５', 12.5],
    ['－３', -3],
    ['1.000,50', 1000.5],
    ['\u200b12\u2060', 12],
    ['1.2340', 1.234],
    ['1,234', undefined],
    ['1.234', undefined],
    ['1\n234', undefined],
    ['10²', undefined],
    ['-1,234', undefined],
    ['1,23,456', undefined],
    ['1.234.56', undefined],
    ['12 5', undefined],
    ['12.', undefined],
    ['5 kg', undefined],
    ['twelve', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['Infinity', undefined],
    ['NaN', undefined],
    ['9007199254740993', undefined],
    ['0.1234567890123456', undefined],
    ['1'.repeat(4000), undefined],
  ])('the number %s is %s', async (sent, expected) => {
    const amount = flow('amount', { trigger: '/amount' })
      .ask('amount', { prompt: 'How much?', accept: 'number' })
      .done(({ amount }) => JSON.stringify({ amount }));
    const anna = userOf(framework, [amount]);
    await anna.sends('/amount');
    await anna.sends(sent);
    anna.sees(
      expected === undefined
        ? 'Please send a number, such as 12 or 12.5.'
        : JSON.stringify({ amount: expected }),
    );
  });

  it.each([
    ['+49 (30) 123-456', '+49 (30) 123-456'],
    ['(+49) 30/123456', '(+49) 30/123456'],
    ['8 800 555 35 35', '8 800 555 35 35'],
    ['01.23.45.67.89', '01.23.45.67.89'],
    ['2912-34-56', '2912-34-56'],
    ['22-33-2011', '22-33-2011'],
    ['12-34-2056', '12-34-2056'],
    ['1999-45-67', '1999-45-67'],
    ['\u200b030‑1234567', '030‑1234567'],
    ['＋８１ ３ １２３４ ５６７８', '＋８１ ３ １２３４ ５６７８'],
    ['2026-01-07', undefined],
    ['28.11.2026', undefined],
    ['28. 11. 2026', undefined],
    ['04/05/2026', undefined],
    ['31/02/2026', undefined],
    ['2026-1-07 10:30', undefined],
    ['1234567\n7654321', undefined],
    ['123456', undefined],
    ['1234567890123456', undefined],
    ['1,234,567', undefined],
  ])('the phone number %s is %s', async (sent, expected) => {
    const call = flow('call', { trigger: '/call' })
      .ask('phone', { prompt: 'Phone?', accept: 'phone' })
      .done(({ phone }) => phone);
    const anna = userOf(framework, [call]);
    await anna.sends('/call');
    await anna.sends(sent);
    anna.sees(expected ?? 'Please send a phone number, such as +44 20 7946 0000.');
  });

  it.each([
    ['анна@пример.рф', 'анна@пример.рф'],
    ['a.b+c@mail.example.org', 'a.b+c@mail.example.org'],
    ['anna@example.org\u200b', 'anna@example.org'],
    ['anna@xn--e1afmkfd.xn--p1ai', 'anna@xn--e1afmkfd.xn--p1ai'],
    ['mailto:anna@example.org,', 'anna@example.org'],
    ['анна@пример.рф,', undefined],
    ['mailto:анна@пример.рф', undefined],
    ['anna@example', undefined],
    ['anna@exa mple.org', undefined],
    ['anna@@example.org', undefined],
    ['anna＠example.org', undefined],
  ])('the e-mail address %s is %s', async (sent, expected) => {
    const mail = flow('mail', { trigger: '/mail' })
      .ask('mail', { prompt: 'Mail?', accept: 'email' })
      .done(({ mail }) => mail);
    const anna = userOf(framework, [mail]);
    await anna.sends('/mail');
    await anna.sends(sent);
    anna.sees(expected ?? 'Please send an e-mail address.');
  });

  it.each([
    ['https://localhost:8080/a', 'https://localhost:8080/a'],
    ['http://[::1]/', 'http://[::1]/'],
    ['https://example.org/A–B', 'https://example.org/A–B'],
    ['пример.рф', 'пример.рф'],
    ['उदाहरण.परीक्षा', 'उदाहरण.परीक्षा'],
    ['example.xn--p1ai/a', 'example.xn--p1ai/a'],
    ['https://', undefined],
    ['https://?a', undefined],
    ['https://.', undefined],
    ['https:///a', undefined],
    ['1.5', undefined],
    ['28.11.2026', undefined],
  ])('the link %s is %s', async (sent, expected) => {
    const visit = flow('visit', { trigger: '/visit' })
      .ask('site', { prompt: 'Site?', accept: 'url' })
      .done(({ site }) => site);
    const anna = userOf(framework, [visit]);
    await anna.sends('/visit');
    await anna.sends(sent);
    anna.sees(expected ?? 'Please send a link.');
  });

  it('a number that code gives or a flow has kept is not read as a text', async () => {
    const storage = memoryStorage();
    const price = (prompt: string) =>
      flow('price', { trigger: '/price' })
        .ask('price', { prompt, accept: 'number' })
        .ask('unit', { prompt: 'Unit?' })
        .done(({ price, unit }) => `${price} ${unit}`, {
          from: (text) => ({ price: Number(text) }),
        });
    const first = framework.bot();
    first.fsm({ states: [price('Price?')], storage });
    const anna = telegram(first.bot).user('Anna');
    await anna.sends('/price 1.234');
    anna.sees('Unit?');
    await anna.sends('kg');
    anna.sees('1.234 kg');
    await anna.sends('/price x');
    await anna.sends('0.0000001');
    anna.sees('Unit?');
    const second = framework.bot();
    second.fsm({ states: [price('Which price?')], storage });
    const later = telegram(second.bot).user('Anna');
    await later.sends('kg');
    later.sees('1e-7 kg');
  });

  it('a number is checked by `validate`, and stays when the flow changes', async () => {
    const years = (value: number) =>
      Number.isInteger(value) ? value : invalid('Whole years, please.');
    const old = flow('age', { trigger: '/age' })
      .ask('age', { prompt: 'Age?', accept: 'number', validate: years })
      .ask('name', { prompt: 'Name?' })
      .done(({ age, name }) => `${name} is ${age + 0}.`);
    const changed = flow('age', { trigger: '/age' })
      .ask('age', { prompt: 'How old?', accept: 'number' })
      .ask('city', { prompt: 'City?' })
      .ask('name', { prompt: 'Name?' })
      .done(({ age, city, name }) => `${name} from ${city} is ${age + 1 - 1}.`);
    const storage = memoryStorage();
    const first = framework.bot();
    first.fsm({ states: [old], storage });
    const anna = telegram(first.bot).user('Anna');
    await anna.sends('/age');
    await anna.sends('1.5');
    anna.sees('Whole years, please.');
    await anna.sends('30');
    anna.sees('Name?');
    const second = framework.bot();
    second.fsm({ states: [changed], storage });
    const later = telegram(second.bot).user('Anna');
    await later.sends('Anna');
    later.sees('City?');
    await later.sends('Bern');
    later.sees('Name?');
    await later.sends('Anna');
    later.sees('Anna from Bern is 30.');
  });

  it('what Telegram has marked counts, also a linked text', async () => {
    const { bot, fsm } = framework.bot();
    const links = flow('links', { trigger: '/links' })
      .ask('link', { prompt: 'Link?', accept: 'url' })
      .ask('phone', { prompt: 'Phone?', accept: ['phone', 'contact'] })
      .done(({ link, phone }) => `${link} ${phone.kind} ${JSON.stringify(phone.value)}`);
    fsm({ states: [links] });
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('/links');
    const from = anna.raw;
    const message = (text: string, entity: object) => ({
      message: {
        message_id: 50,
        date: 1,
        from,
        chat: { id: anna.id, type: 'private', first_name: 'Anna' },
        text,
        entities: [entity],
      },
    });
    await chat.update(
      message('my site', { type: 'text_link', offset: 3, length: 4, url: 'https://example.org/' }),
    );
    anna.sees('Phone?');
    await chat.update(message('call 555-0100 now', { type: 'phone_number', offset: 5, length: 8 }));
    anna.sees('https://example.org/ phone "555-0100"');
    await anna.sends('/links');
    await anna.sends('https://example.org/');
    await anna.sends('call +4915112345678 now');
    anna.sees('https://example.org/ phone "+4915112345678"');
  });

  it('a step that checks says its own words, and other languages have theirs', async () => {
    const { bot, fsm } = framework.bot();
    const own = flow('own', { trigger: '/own' })
      .ask('mail', { prompt: 'Mail?', accept: 'email', otherwise: 'A mail, please.' })
      .ask('other', { prompt: 'Other?', accept: 'email' })
      .done(() => {});
    fsm({ states: [own], texts: translatedTexts() });
    const anna = telegram(bot).user('Anna', { language_code: 'de' });
    await anna.sends('/own');
    await anna.sends('no');
    anna.sees('A mail, please.');
    await anna.sends('a@example.org');
    await anna.sends('nein');
    anna.sees('Bitte sende eine E-Mail-Adresse.');
  });

  it('an answer that came with the trigger is checked, and a node takes them too', async () => {
    const { bot, fsm, command } = framework.bot();
    const invite = flow('invite', { trigger: '/invite' })
      .ask('mail', { prompt: 'Mail?', accept: 'email' })
      .done(({ mail }) => `Invited ${mail}.`, { from: (argument) => ({ mail: argument }) });
    const inbox = scene('inbox', { accept: 'email' }).on({
      handle: async ({ answer, reply, stay }) => {
        await reply(`Mail: ${answer}`);
        return stay();
      },
    });
    fsm({ states: [invite, inbox] });
    command('inbox', ({ fsm: state }) => state.enter(inbox));
    const anna = telegram(bot).user('Anna');
    await anna.sends('/invite bob@example.org');
    anna.sees('Invited bob@example.org.');
    await anna.sends('/invite bob');
    anna.sees('Mail?');
    await anna.sends('/inbox');
    await anna.sends('write to eve@example.org');
    anna.sees('Mail: eve@example.org');
  });
});
