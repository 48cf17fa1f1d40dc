/** The people of a program, the chats where they write, and the buttons that they press. */

import type { Address } from '@telefsm/core';
import type { BotWorld, TestUser } from '@telefsm/testing';
import type { Where } from './program.ts';

const people = [1001, 1002] as const;
const groupId = -1_001_000_000_001;

/** Where the people of a program meet the bot. */
export interface Chats {
  readonly world: BotWorld;
  says(who: 0 | 1, where: Where, text: string): Promise<void>;
  /** Presses a button that is shown; 0 is the last one. */
  presses(who: 0 | 1, where: Where, button: number): Promise<void>;
  /** The conversation of somebody. */
  at(who: 0 | 1, where: Where): Address;
}

/** Opens the chats. The bot is notified of the business connection. */
export async function openChats(world: BotWorld): Promise<Chats> {
  const users = people.map((id) => world.user(`P${id}`, { id }));
  const group = world.group('Group', [], { id: groupId });
  const topic = group.topic('Topic');
  const connection = await world.user('Owner', { id: 4242 }).connects();

  function personAt(who: 0 | 1, where: Where): TestUser {
    const user = users[who] as TestUser;
    const there = { private: undefined, group, topic, business: connection }[where];
    return there === undefined ? user : user.in(there);
  }

  return {
    world,
    says: (who, where, text) => personAt(who, where).sends(text),
    async presses(who, where, at) {
      const person = personAt(who, where);
      const buttons = person
        .screen()
        .flatMap((shown) => shown.buttons.flat().map((label) => ({ label, shown })));
      const button = buttons.at(-1 - (at % Math.max(1, buttons.length)));
      if (button !== undefined) await person.taps(button.label, button.shown);
    },
    at(who, where) {
      const user = people[who];
      switch (where) {
        case 'private':
          return { user, chat: user };
        case 'group':
          return { user, chat: groupId };
        case 'topic':
          return { user, chat: groupId, ...(topic.thread && { thread: topic.thread }) };
        case 'business':
          return { user, chat: user, business: connection.id };
      }
    },
  };
}
