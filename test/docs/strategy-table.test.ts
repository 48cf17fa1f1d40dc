import type { RawUpdate, Strategy } from '@telefsm/core';
import { type Scope, scopeOf, subjectOf } from '@telefsm/core/adapter';
import { sampleUpdate, updateTypes } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { fileOf } from './pages.ts';

const strategies = ['userInChat', 'chat', 'globalUser', 'userInTopic', 'chatTopic'] as const;

/** The ids of the samples, as words. */
const names: Readonly<Record<number, string>> = {
  1001: 'Anna',
  [-1_001_000_000_001]: 'group',
  [-1_001_000_000_002]: 'channel',
};

function chatOf(id: number): string {
  return id === 1001 ? 'private chat' : (names[id] ?? String(id));
}

function cellOf(scope: Scope | undefined): string {
  if (scope === undefined) return '-';
  const { chat, user, thread } = scope;
  const parts = [
    ...(user === undefined ? [] : [names[user] ?? String(user)]),
    ...(chat === undefined ? [] : [chatOf(chat)]),
    ...(thread === undefined ? [] : [`topic ${thread}`]),
  ];
  return parts.join(', ');
}

function rowOf(title: string, update: RawUpdate): string {
  const subject = subjectOf(update, 1);
  const cells = strategies.map((strategy: Strategy) => cellOf(scopeOf(strategy, subject)));
  const apart = subject.business === undefined ? '' : ' ¹';
  return `| ${title}${apart} | ${cells.join(' | ')} |`;
}

function rowsOfPage(beginning: RegExp): readonly string[] {
  return fileOf('docs/guide-strategies.md')
    .split('\n')
    .filter((line) => beginning.test(line));
}

const anna = { id: 1001, is_bot: false, first_name: 'Anna' };
const group = { id: -1_001_000_000_001, type: 'supergroup', title: 'Group' };
const channel = { id: -1_001_000_000_002, type: 'channel', title: 'Channel' };
const stranger = { id: 1087968824, is_bot: true, first_name: 'Group' };
const inGroup = { message_id: 1, date: 1, from: anna, chat: group, text: 'hello' };
const inTopic = { ...inGroup, is_topic_message: true, message_thread_id: 9 };
const button = { id: 'q', from: anna, chat_instance: 'c', data: 'yes' };
const fromBot = { ...inGroup, from: { id: 1, is_bot: true, first_name: 'Bot' } };

/** A payload as a payment step of a flow in that chat leaves it. */
function markedWith(chat: number): string {
  return `tea~fsm.1.1.${chat.toString(36)}`;
}

/** Updates whose place matters more than their type. */
const places: Readonly<Record<string, object>> = {
  'a message in a group': { message: inGroup },
  'a message in a topic': { message: inTopic },
  'a reply in a thread of replies': { message: { ...inGroup, message_thread_id: 9 } },
  'a button below a message in a group': { callback_query: { ...button, message: fromBot } },
  'a button below a message in a topic': {
    callback_query: { ...button, message: { ...inTopic, from: fromBot.from } },
  },
  'a button of an inline message': { callback_query: { ...button, inline_message_id: 'i' } },
  "a checkout of a flow's invoice in a group": {
    pre_checkout_query: { id: 'q', from: anna, invoice_payload: markedWith(group.id) },
  },
  'an anonymous administrator': { message: { ...inGroup, from: stranger, sender_chat: group } },
  'a channel that writes in a group': {
    message: { ...inGroup, from: stranger, sender_chat: channel },
  },
};

describe('the tables of keys in the page about strategies', () => {
  it('match the code for every type of update', () => {
    const expected = updateTypes.map((type) => rowOf(`\`${type}\``, sampleUpdate(type)));
    expect(rowsOfPage(/^\| `[a-z_]+`/)).toEqual(expected);
  });

  it('match the code for every kind of chat', () => {
    const expected = Object.entries(places).map(([title, update]) =>
      rowOf(title, { update_id: 1, ...update }),
    );
    expect(rowsOfPage(/^\| an? /)).toEqual(expected);
  });
});
