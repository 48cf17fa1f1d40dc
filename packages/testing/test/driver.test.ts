import { AssertionError } from 'node:assert';
import { describe, expect, it } from 'vitest';
import {
  album,
  contact,
  dice,
  forwarded,
  location,
  photo,
  poll,
  replying,
  telegram,
  venue,
  virtualClock,
  webAppData,
} from '../src/index.ts';
import { frameworks, type Script } from './bots.ts';

const registration: Script = {
  async onText(text, say) {
    if (text === '/start') await say('What is your name?', { inline: ['Yes', 'No'] });
    else if (text === '/menu') await say('Choose', { reply: ['Left', 'Right'] });
    else if (text === '/silent') return;
    else if (text === '/throw') throw new Error('broken handler');
    else await say(`You wrote ${text}`);
  },
  async onPress(data, say, answer) {
    if (data === 'No') return;
    await answer(`${data}, noted`);
    await say(`Pressed ${data}`);
  },
};

describe.each(frameworks)('chat driver on %s', (_, make) => {
  it("sends text and sees the bot's answers", async () => {
    const tg = telegram(make(registration));
    const anna = tg.user('Anna');
    await anna.sends('/start');
    expect(anna.sees('What is your name?').buttons).toEqual([['Yes', 'No']]);
    await anna.sends('Anna');
    anna.sees(/^You wrote/);
    anna.sees({ text: 'You wrote Anna', method: 'sendMessage' });
    expect(anna.last.message_id).toBeGreaterThan(0);
  });

  it('sends commands with their entities', async () => {
    const seen: unknown[] = [];
    const tg = telegram(
      make({
        async onAny(update) {
          seen.push((update['message'] as { entities?: unknown }).entities);
        },
      }),
    );
    await tg.user('Anna').sends('/start@test_bot now, see https://example.com/a');
    expect(seen).toEqual([
      [
        { type: 'bot_command', offset: 0, length: 15 },
        { type: 'url', offset: 25, length: 21 },
      ],
    ]);
  });

  it('taps inline buttons and gives back the notice', async () => {
    const tg = telegram(make(registration));
    const anna = tg.user('Anna');
    await anna.sends('/start');
    expect(await anna.taps('Yes')).toEqual({ answered: true, alert: 'Yes, noted' });
    anna.sees('Pressed Yes');
    expect(await anna.taps('No')).toEqual({ answered: false, alert: undefined });
    anna.seesNothing();
  });

  it('taps a reply keyboard by sending the label', async () => {
    const tg = telegram(make(registration));
    const anna = tg.user('Anna');
    await anna.sends('/menu');
    await anna.taps('Left');
    anna.sees('You wrote Left');
  });

  it('rejects a tap on a missing button and names the existing ones', async () => {
    const tg = telegram(make(registration));
    const anna = tg.user('Anna');
    await anna.sends('/start');
    await expect(anna.taps('Maybe')).rejects.toThrow(
      /Anna cannot tap \[Maybe\]: there are \[Yes\] \[No\]\./,
    );
    await expect(anna.taps('Maybe')).rejects.toBeInstanceOf(AssertionError);
  });

  it('fails an expectation with the transcript beside it', async () => {
    const tg = telegram(make(registration));
    const anna = tg.user('Anna');
    await anna.sends('/start');
    expect(() => anna.sees('How old are you?')).toThrow(
      'Anna does not see "How old are you?": the bot has shown "What is your name?" since Anna last did something here.\n\nThe conversation so far:\n\nAnna: /start\nBot: What is your name? [Yes] [No]\n',
    );
    expect(() => anna.seesNothing()).toThrow(AssertionError);
    await anna.sends('/silent');
    expect(() => anna.sees('What is your name?')).toThrow(/the bot has shown nothing/);
    anna.seesNothing();
  });

  it('rejects an action with the error of the bot, and continues', async () => {
    const tg = telegram(make(registration));
    const anna = tg.user('Anna');
    // Telegraf's own handler sets it, so a bot of another test may have done so in this process
    process.exitCode = undefined;
    await expect(anna.sends('/throw')).rejects.toThrow(/^broken handler$/);
    await anna.sends('hi');
    anna.sees('You wrote hi');
    expect(process.exitCode).toBeUndefined();
  });

  it('leaves an error to the handler that the bot has', async () => {
    const errors: unknown[] = [];
    const tg = telegram(
      make({ ...registration, onError: (error) => errors.push((error as Error).message) }),
    );
    await tg.user('Anna').sends('/throw');
    expect(errors).toEqual(['broken handler']);
  });

  it('keeps users, groups and topics apart', async () => {
    const tg = telegram(make(registration));
    const anna = tg.user('Anna');
    const ben = tg.user('Ben');
    const team = tg.group('Team', [anna, ben]);
    const dev = team.topic('Dev');
    await anna.in(team).sends('one');
    await ben.in(dev).sends('two');
    anna.in(team).sees('You wrote one');
    expect(() => anna.in(dev).sees('You wrote one')).toThrow(AssertionError);
    anna.in(dev).sees({ text: 'You wrote two' });
    ben.seesNothing();
    expect(team.topic('Dev').id).toBe(team.id);
    expect(dev.messages.map(({ text }) => text)).toEqual(['You wrote two']);
    expect(tg.transcript()).toBe(
      'Anna in Team: one\nBot in Team: You wrote one\nBen in Team / Dev: two\nBot in Team / Dev: You wrote two',
    );
  });

  it('sends media, albums, places, contacts, forwards and replies', async () => {
    const seen: Readonly<Record<string, unknown>>[] = [];
    const tg = telegram(
      make({
        ...registration,
        async onAny(update) {
          seen.push(update['message'] as never);
        },
      }),
    );
    const anna = tg.user('Anna');
    await anna.sends(photo({ caption: 'sea #blue' }));
    await anna.sends(album(photo(), photo({ caption: 'x' })));
    await anna.sends(location(1, 2));
    await anna.sends(contact('+49'));
    await anna.sends(forwarded('Carl', 'psst'));
    await anna.sends(replying(anna.sees('You wrote psst'), 'why?'));
    expect(seen[0]).toMatchObject({
      caption: 'sea #blue',
      caption_entities: [{ type: 'hashtag' }],
      photo: [{}, {}, { width: 800 }],
    });
    expect(seen[1]?.['media_group_id']).toBe(seen[2]?.['media_group_id']);
    expect(seen.slice(3)).toMatchObject([
      { location: { latitude: 1, longitude: 2 } },
      { contact: { phone_number: '+49', user_id: anna.id } },
      { text: 'psst', forward_origin: { sender_user_name: 'Carl' } },
      { text: 'why?', reply_to_message: { text: 'You wrote psst' } },
    ]);
  });

  it('rejects what Telegram does not send, in a sentence that names what was found', async () => {
    const anna = telegram(make(registration)).user('Anna');
    const mistakes: readonly (readonly [string, () => unknown])[] = [
      ["A message needs a text with at least one visible character: found ''.", () => ''],
      ["A message needs a text with at least one visible character: found ' \\n'.", () => ' \n'],
      ['contact(phone_number) needs a phone number', () => contact(undefined as never)],
      ['contact(phone_number) needs a phone number', () => contact({ phone: '1' } as never)],
      ["found 'Ben'.", () => contact('Ben')],
      [
        "contact(name) needs a text with at least one visible character: found ''.",
        () => contact('+49', ''),
      ],
      ['location(latitude) needs a number from -90 to 90: found 100.', () => location(100, 0)],
      [
        "location(longitude) needs a number from -180 to 180: found '5'.",
        () => location(5, '5' as never),
      ],
      ['venue(address) needs a text', () => venue('Zoo', undefined as never)],
      ['A caption needs a text', () => photo({ caption: '' })],
      ['poll(question) needs a text', () => poll('', ['a'])],
      [
        'The number of poll(options) needs a number from 1 to 12: found 0.',
        () => poll('Which?', []),
      ],
      ['poll(options) needs a text', () => poll('Which?', ['a', ''])],
      ['dice(value) needs a number from 1 to 64: found NaN.', () => dice(Number.NaN)],
      ['webAppData(data) needs a text', () => webAppData(undefined as never)],
      ['forwarded(from) needs a text', () => forwarded('', 'psst')],
      ['Pass a text, or the result of photo()', () => album('a' as never)],
    ];
    for (const [sentence, make] of mistakes) {
      await expect(async () => anna.sends(make() as never)).rejects.toThrow(sentence);
    }
    await anna.sends('Hi');
    await expect(async () => anna.edits('')).rejects.toThrow('A message needs a text');
  });

  it('rejects a message that is neither a text nor made for sending', async () => {
    const anna = telegram(make(registration)).user('Anna');
    for (const what of [undefined, null, 5, { photo: 'x' }]) {
      await expect(async () => anna.sends(what as never)).rejects.toThrow(/Pass a text/);
    }
  });

  it('lets calls fail as Telegram fails them', async () => {
    const failures: unknown[] = [];
    const tg = telegram(
      make({
        async onText(_text, say) {
          await say('hello').catch(
            (
              error: Error & {
                error_code?: number;
                code?: unknown;
                parameters?: unknown;
                name: string;
              },
            ) => failures.push([error.error_code ?? error.code ?? error.name, error.parameters]),
          );
        },
      }),
    );
    const anna = tg.user('Anna');
    tg.fails('sendMessage', { error_code: 429, parameters: { retry_after: 5 } });
    await anna.sends('1');
    anna.seesNothing();
    tg.fails('sendMessage', 'unreachable');
    await anna.sends('2');
    anna.seesNothing();
    tg.fails('sendMessage', 'lost answer');
    await anna.sends('3');
    anna.sees('hello');
    expect(failures[0]).toEqual([429, { retry_after: 5 }]);
    expect(failures).toHaveLength(3);
    expect(tg.calls.map(({ method, answer }) => [method, answer?.error_code])).toEqual([
      ['sendMessage', 429],
      ['sendMessage', undefined],
      ['sendMessage', undefined],
    ]);
  });

  it('answers 403 to a bot whose user has blocked it, with the reason', async () => {
    const seen: unknown[] = [];
    const tg = telegram(
      make({
        async onAny(update, call) {
          if (update['my_chat_member'] === undefined) return;
          seen.push(
            (update['my_chat_member'] as { new_chat_member: { status: string } }).new_chat_member
              .status,
          );
          await call('sendMessage', { chat_id: 1001, text: 'bye' }).catch(
            (error: { description: string }) => seen.push(error.description),
          );
        },
      }),
    );
    const anna = tg.user('Anna');
    await anna.blocks();
    await anna.unblocks();
    expect(seen).toEqual(['kicked', 'Forbidden: bot was blocked by the user', 'member']);
    anna.sees('bye');
  });

  it('delivers an update again with its number', async () => {
    const ids: unknown[] = [];
    const tg = telegram(
      make({
        async onAny(update) {
          ids.push(update['update_id']);
        },
      }),
      { updateId: 70 },
    );
    const anna = tg.user('Anna');
    await anna.sends('a');
    await anna.sends('b');
    await tg.redeliver();
    expect(ids).toEqual([70, 71, 71]);
  });

  it('steps two updates through their calls in a chosen order', async () => {
    const order: string[] = [];
    let count = 0;
    const tg = telegram(
      make({
        async onText(text, say) {
          const read = count;
          await say(`read ${text}`);
          order.push(text);
          count = read + 1;
        },
      }),
    );
    const anna = tg.user('Anna');
    const actions = ['a', 'b'].map((text) => () => anna.sends(text));
    const steps = await tg.interleave(actions, [0, 1, 1, 0]);
    expect(steps.map(({ action, did }) => `${action} ${did}`)).toEqual([
      '0 starts',
      '1 starts',
      '1 sendMessage',
      '0 sendMessage',
    ]);
    expect([order, count]).toEqual([['b', 'a'], 1]);
    await tg.interleave(actions, [0, 0, 1, 1]);
    expect([order.slice(2), count]).toEqual([['a', 'b'], 3]);
  });

  it('names the update that the bot never finishes with', async () => {
    const hanging = make({ onText: () => new Promise(() => {}) });
    const tg = telegram(hanging, { patience: 20, updateId: 7 });
    const anna = tg.user('Anna');
    await expect(anna.sends('hang')).rejects.toThrow(
      /still handles update 7 \(message\) after 20 ms.*Anna: hang/s,
    );
    await expect(tg.redeliver()).rejects.toThrow('still handles update 7');
    expect(() => telegram(hanging, { patience: 0 })).toThrow(/patience/);
  });

  it('gives an unfinished update to the bot that comes after a restart', async () => {
    const received: string[] = [];
    let hang = true;
    const script: Script = {
      async onText(text, say) {
        received.push(text);
        if (hang) await new Promise(() => {});
        await say(`You wrote ${text}`);
      },
    };
    const tg = telegram(make(script));
    const anna = tg.user('Anna');
    const sending = anna.sends('hi');
    hang = false;
    await tg.restart(() => make(script));
    await sending;
    anna.sees('You wrote hi');
    expect(received).toEqual(['hi', 'hi']);
  });

  it('dates messages by the clock', async () => {
    const clock = virtualClock(new Date('2026-05-01T00:00:00Z'));
    const dates: unknown[] = [];
    const tg = telegram(
      make({
        async onAny(update) {
          dates.push((update['message'] as { date: number }).date);
        },
      }),
      { clock },
    );
    await tg.user('Anna').sends('a');
    await clock.advance('1h');
    await tg.user('Anna').sends('b');
    expect(dates).toEqual([
      Date.parse('2026-05-01') / 1000,
      Date.parse('2026-05-01') / 1000 + 3600,
    ]);
  });
});
