/** Plays random updates against a bot without `bot.catch`, on real polling, and then leaves every conversation by /cancel. */

import type { Subject } from '@telefsm/core';
import { type Shown, type TestUser, telegram, virtualClock } from '@telefsm/testing';
import { expect } from 'vitest';
import type { AnyFsm, Framework, Options } from './frameworks.ts';
import { beginnings, randomBot, willingAnswers } from './random-bot.ts';
import {
  type Bend,
  business,
  channel,
  type Deed,
  group,
  laterGroup,
  people,
  type Shows,
  type Where,
} from './random-updates.ts';

/** A call of the Bot API, and what the bot was answered. */
export interface Call {
  readonly method: string;
  readonly payload: object;
  readonly answer: { readonly result?: unknown } | undefined;
}
interface Keyboard {
  readonly inline_keyboard?: readonly (readonly { readonly callback_data?: string }[])[];
}

/**
 * Plays a list of deeds.
 *
 * @param restarts - whether the bot is another process for every deed
 * @param doubles - whether Telegram delivers every update of a deed twice
 * @returns what the bot has called
 */
export async function playRandom(
  framework: Framework,
  options: Options,
  list: readonly Deed[],
  { restarts = false, doubles = false } = {},
): Promise<readonly Call[]> {
  const clock = virtualClock();
  const places = new Map<string, Subject>();
  let machine!: AnyFsm;
  const start = () => {
    const bot = framework.bot();
    machine = randomBot(bot, { ...options, clock });
    machine.observe(({ key, subject, to }) => {
      if (to.current === null) places.delete(key);
      else if (!places.has(key)) places.set(key, subject);
    });
    // failures on purpose, thousands of them: with an observer, none is a warning
    for (const name of ['sendFailed', 'inputRejected'] as const) machine.observe(name, () => {});
    return bot.bot;
  };
  lastMessage = 1000;
  queries = 0;
  // no bot.catch: what reaches the framework ends the polling, and every later action fails
  const world = telegram(start(), { via: 'polling', updateId: 1 });
  const users = people.map((id) => world.user(`P${id}`, { id }));
  const there = world.group('Group', [], { id: group.id });
  const topic = there.topic('Topic');
  world.group('Later', [], { id: laterGroup.id });
  world.channel('Channel', { id: channel.id });

  async function says(who: number, where: Where, text: string): Promise<void> {
    const user = users[who] as (typeof users)[number];
    // the driver rejects what nobody can send
    if (text.trim() === '') return;
    if (where === 'private') return user.sends(text) as Promise<never>;
    if (where === 'group') return user.in(there).sends(text) as Promise<never>;
    if (where === 'topic') return user.in(topic).sends(text) as Promise<never>;
    if (where === 'business') return user.in(connection).sends(text) as Promise<never>;
    return world.update(writes({ bot: 1, chat: channel.id }, text));
  }

  async function does(deed: Deed): Promise<unknown> {
    switch (deed.do) {
      case 'says':
        return says(deed.who, deed.where, deed.text);
      case 'goes on': {
        const user = users[deed.who] as (typeof users)[number];
        for (const dice of deed.dice) await goesOn(user, dice);
        return;
      }
      case 'sends':
        return world.update(deed.update);
      case 'fails':
        return world.fails(deed.method, deed.failure);
      case 'hurries':
        return Promise.all(deed.texts.map((text) => says(deed.who, 'private', text)));
      case 'repeats': {
        const update = world.updates.at(-1 - deed.at);
        return update && world.redeliver(update);
      }
      case 'votes': {
        const sent = world.calls.filter(({ method }) => method === 'sendPoll').length;
        const id = `poll-${Math.max(1, sent - deed.at)}`;
        const poll = { id, question: 'Lunch?', options: [], total_voter_count: 1 };
        if (deed.isClosed) return world.update({ poll: { ...poll, is_closed: true } });
        const user = { id: people[deed.who], is_bot: false, first_name: 'P' };
        return world.update({ poll_answer: { poll_id: id, user, option_ids: [0] } });
      }
      case 'waits':
        await clock.advance(deed.ms);
        return machine.sweep();
      case 'presses': {
        const buttons = shownIn(world.calls);
        const button = buttons.at(-1 - (deed.at % Math.max(1, buttons.length)));
        return button && world.update(pressOf(button, deed));
      }
    }
  }

  const connection = await world.user('Owner', { id: 4242 }).connects();
  try {
    expect(connection.id).toBe(business);
    for (const deed of list) {
      // ids of entries are made of the time: those of another process are not to repeat them
      await clock.advance(100);
      if (restarts) {
        await machine.stop();
        await world.restart(start);
      }
      const before = world.updates.length;
      await does(deed);
      for (const update of doubles ? world.updates.slice(before) : []) {
        await world.redeliver(update);
      }
    }
    // a group that has become a supergroup has taken its conversations along
    const moved = [...places.values()].filter(({ chat }) => chat === group.id);
    const later = moved.map((subject) => ({ ...subject, chat: laterGroup.id }));
    for (const subject of [...places.values(), ...later]) {
      await world.update(writes(subject, '/cancel'));
      const { chat, user, thread, business: connection } = subject;
      const at = {
        ...(chat !== undefined && { chat }),
        ...(user !== undefined && { user }),
        ...(thread !== undefined && { thread }),
        ...(connection !== undefined && { business: connection }),
      };
      expect([at, (await machine.at(at).peek())?.current ?? null]).toEqual([at, null]);
    }
    return world.calls;
  } finally {
    await world.stop();
    await machine.stop();
  }
}

/** Presses a button of the last message that asks the user something, pays, votes, or gives an answer; without such a message, begins. */
async function goesOn(user: TestUser, dice: number): Promise<unknown> {
  const answersTo = (text: string) =>
    willingAnswers.find(([question]) => question.test(text))?.[1] ?? [];
  const asks = ({ text, buttons }: Shown) => buttons.length + answersTo(text).length > 0;
  const shown = user.screen().slice(-3);
  const last = shown.at(-1);
  if (last?.kind === 'invoice') return user.pays(last);
  if (last?.kind === 'poll') return user.votes('Soup', last);
  const asked = shown.findLast(asks);
  const answers = answersTo(asked?.text ?? '');
  const labels = asked?.buttons.flat() ?? [];
  const label = labels[dice % Math.max(1, labels.length)];
  if (label !== undefined && dice % 5 > answers.length) {
    // a reply keyboard may have gone: then its label is typed
    return user.taps(label).catch(() => user.sends(label));
  }
  const words = answers.length === 0 ? beginnings : answers;
  return user.sends(words[dice % words.length] as (typeof words)[number]);
}

let lastMessage = 1000;

/** A message of somebody, wherever their conversation is. */
function writes(subject: Subject, text: string): Readonly<Record<string, object>> {
  const { chat = 0, user, thread, business: connection } = subject;
  const type = chat > 0 ? 'private' : chat === channel.id ? 'channel' : 'supergroup';
  const message = {
    message_id: ++lastMessage,
    date: 1,
    chat: { id: chat, type, title: 'Chat', first_name: 'P' },
    text,
    ...(text.startsWith('/') && {
      entities: [{ type: 'bot_command', offset: 0, length: text.split(' ')[0]?.length }],
    }),
    ...(user !== undefined && user > 0 && { from: { id: user, is_bot: false, first_name: 'P' } }),
    ...(user !== undefined && user <= 0 && { sender_chat: { id: user, type: 'channel' } }),
    ...(thread !== undefined && { message_thread_id: thread, is_topic_message: true }),
    ...(connection !== undefined && { business_connection_id: connection }),
  };
  if (connection === 'guest') return { guest_message: message };
  if (connection !== undefined) return { business_message: message };
  return type === 'channel' ? { channel_post: message } : { message };
}

interface ShownButton {
  readonly chat: number;
  readonly message: number;
  readonly data: string;
  readonly markup: Keyboard;
}

/** Every button that the bot has sent, oldest first. */
function shownIn(calls: readonly Call[]): readonly ShownButton[] {
  return calls.flatMap(({ payload, answer }) => {
    const { reply_markup: markup, chat_id } = payload as {
      readonly reply_markup?: Keyboard;
      readonly chat_id?: number;
    };
    const { message_id = 1 } = Object(answer?.result);
    return (markup?.inline_keyboard?.flat() ?? []).map(({ callback_data = '' }) => ({
      chat: chat_id ?? 0,
      message: message_id,
      data: callback_data,
      markup: markup as Keyboard,
    }));
  });
}

let queries = 0;

function pressOf(
  button: ShownButton,
  { who, bend, shows }: Extract<Deed, { readonly do: 'presses' }>,
): Readonly<Record<string, object>> {
  const data = bent(button.data, bend);
  const type = button.chat > 0 ? 'private' : 'supergroup';
  const bare = { message_id: button.message, date: 1, chat: { id: button.chat, type } };
  const shown: Record<Shows, object> = {
    // whatever the bot's own handler does with it: the data is that of a button all the same
    'the button': {
      ...bare,
      reply_markup: { inline_keyboard: [[{ text: 'x', callback_data: data }]] },
    },
    'another keyboard': { ...bare, reply_markup: button.markup },
    'no keyboard': bare,
    nothing: { ...bare, date: 0 },
  };
  return {
    callback_query: {
      id: `q${++queries}`,
      from: { id: people[who], is_bot: false, first_name: 'P' },
      chat_instance: '1',
      data,
      message: shown[shows],
    },
  };
}

function bent(data: string, bend: Bend): string {
  switch (bend) {
    case 'nothing':
      return data;
    case 'cut':
      return data.slice(0, Math.floor(data.length / 2));
    case 'other action':
      return data.replace(/\.([a-z])(=?[^.]*)$/, '.n$2');
    case 'other visit':
      return data.replace(/\.([0-9a-z]+)\./, '.zz.');
    case 'other tag':
      return data.replace(/^([~^])..../, '$1zzzz');
    case 'noise':
      return `${data[0]}\u0000.\uD800.-.__proto__.${data.slice(9)}\n`;
  }
}
