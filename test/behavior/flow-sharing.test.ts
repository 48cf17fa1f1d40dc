import { flow } from '@telefsm/core';
import { contact, location, message, telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { buttonsIn, keysIn } from './keyboards.ts';

describe.each(frameworks)('sharing in flows on %s', (_, framework) => {
  const register = flow('register', { trigger: '/register', controls: ['back', 'cancel'] })
    .ask('name', { prompt: 'Name?' })
    .ask('phone', { prompt: 'Number?', accept: 'contact', share: 'Share my number' })
    .ask('where', { prompt: 'Where?', accept: ['location', 'text'], share: 'Share my location' })
    .ask('mail', { prompt: 'Mail?' })
    .done(({ phone, where }) => `${phone.phone_number} at ${where.kind}`);

  it('a label shares the contact, beside the buttons to go back and to cancel', async () => {
    const { bot, fsm } = framework.bot();
    fsm({ states: [register] });
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('/register');
    await anna.sends('Anna');
    anna.sees('Number?');
    expect(buttonsIn(chat.calls)).toEqual(['Share my number', '« Back', 'Cancel']);
    await anna.taps('« Back');
    anna.sees('Name?');
    await anna.sends('Anna');
    await anna.taps('Share my number');
    anna.sees('Where?');
    await anna.taps('Share my location');
    await anna.sends('anna@example.org');
    anna.sees('+491700000000 at location');
  });

  it("somebody else's contact is an invalid answer to a button that shares one's own, and so is its typed label", async () => {
    const { bot, fsm } = framework.bot();
    fsm({ states: [register] });
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('/register');
    await anna.sends('Anna');
    await anna.sends(contact('+1', 'Ben'));
    anna.sees('Please answer the question above.');
    await anna.sends(message({ text: 'Share my number' }));
    anna.sees('Please answer the question above.');
  });

  it('the next message removes the keyboard, also the last words of the flow', async () => {
    const { bot, fsm } = framework.bot();
    const short = flow('short', { trigger: '/short' })
      .ask('where', { prompt: 'Where?', accept: 'location', share: 'Share' })
      .done(() => 'Thank you.', { canceled: () => 'Bye.' });
    fsm({ states: [register, short] });
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    const removed = () =>
      chat.calls
        .filter(({ payload }) => JSON.stringify(payload).includes('remove_keyboard'))
        .map(({ payload }) => (payload as { text: string }).text);
    await anna.sends('/short');
    await anna.sends(location(1, 2));
    expect(removed()).toEqual(['Thank you.']);
    await anna.sends('/short');
    await anna.sends('/cancel');
    expect(removed()).toEqual(['Thank you.', 'Bye.']);
  });

  it('users and chats are asked for with the conditions of the button', async () => {
    const { bot, fsm } = framework.bot();
    const pick = flow('pick', { trigger: '/pick' })
      .ask('friends', {
        prompt: 'Who?',
        accept: 'users_shared',
        share: { label: 'Pick friends', request: { max_quantity: 3 } },
      })
      .ask('channel', {
        prompt: 'Where?',
        accept: 'chat_shared',
        share: { label: 'Pick a channel', request: { chat_is_channel: true } },
      })
      .done(({ friends, channel }) => `${friends.join()} in ${channel}`);
    fsm({ states: [pick] });
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('/pick');
    const request = () => {
      const [key] = keysIn([chat.calls.at(-1)] as never) as never as [
        Readonly<Record<string, { readonly request_id: number }>>,
      ];
      return (key['request_users'] ?? key['request_chat'])?.request_id;
    };
    const users_shared = { users: [{ user_id: 5 }, { user_id: 6 }] };
    const first = request();
    await anna.sends(message({ users_shared: { ...users_shared, request_id: first } }));
    anna.sees('Where?');
    // the button of the question before stays on the screen of a client that is slow
    await anna.sends(message({ chat_shared: { request_id: first, chat_id: -200 } }));
    anna.seesNothing();
    await anna.sends(message({ chat_shared: { request_id: request(), chat_id: -100 } }));
    anna.sees('5,6 in -100');
    const [ben, clara] = ['Ben', 'Clara'].map((name) => chat.user(name).id);
    const news = chat.channel('News');
    await anna.sends('/pick');
    await anna.taps('Pick friends');
    await anna.taps('Pick a channel');
    anna.sees(`${ben},${clara} in ${news.id}`);
    const buttons = chat.calls.flatMap((call) => keysIn([call]) ?? []);
    expect(buttons.slice(0, 2)).toMatchObject([
      { text: 'Pick friends', request_users: { max_quantity: 3 } },
      { text: 'Pick a channel', request_chat: { chat_is_channel: true } },
    ]);
  });

  it('there is no such button in a group, where Telegram allows none', async () => {
    const { bot, fsm } = framework.bot();
    const place = flow('place', { trigger: '/place' })
      .ask('where', { prompt: 'Where?', accept: 'location', share: 'Share' })
      .done(() => 'Thank you.');
    fsm({ states: [place] });
    const chat = telegram(bot);
    const anna = chat.user('Anna').in(chat.group('Friends'));
    await anna.sends('/place');
    expect(JSON.stringify(chat.calls)).not.toContain('request_location');
    await anna.sends(location(1, 2));
    anna.sees('Thank you.');
  });
});
