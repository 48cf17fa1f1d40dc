/** Raw updates as an attacker would like to send them, and the bot that they go to. */

import { telegram } from '@telefsm/testing';
import type { Framework, Options } from './frameworks.ts';
import { randomBot } from './random-bot.ts';
import { channel, group, laterGroup } from './random-updates.ts';

/** A group that is no supergroup yet. */
export const oldGroup = { id: -77, type: 'group', title: 'Old' };
/** The user of the attacks. */
export const from = { id: 1001, is_bot: false, first_name: 'Anna' };
/** The private chat with that user. */
export const chat = { id: 1001, type: 'private', first_name: 'Anna' };
let lastId = 100;
/** A message. */
export const text = (words: unknown, more: object = {}) => ({
  message_id: ++lastId,
  date: 1,
  chat,
  from,
  text: words,
  ...more,
});
/** The update of a message. */
export const message = (words: unknown, more: object = {}) => ({ message: text(words, more) });
/** The update of a press. */
export const press = (data: unknown, more: object = {}) => ({
  callback_query: { id: `q${++lastId}`, from, chat_instance: '1', data, ...more },
});
/** The entity of a command at the beginning of a text. */
export const command = (length: number, more: object = {}) => ({
  entities: [{ type: 'bot_command', offset: 0, length, ...more }],
});

/** The bot on real polling, where it ends with the first error that reaches the framework. */
export function play(framework: Framework, options: Options) {
  const bot = framework.bot();
  const machine = randomBot(bot, options);
  // no bot.catch: what reaches the framework ends the polling, and every later action fails
  const world = telegram(bot.bot, { via: 'polling', updateId: 1 });
  world.group('Group', [], { id: group.id });
  world.group('Later', [], { id: laterGroup.id });
  world.group('Old', [], { id: oldGroup.id, type: 'group' });
  world.channel('Channel', { id: channel.id });
  const end = async () => {
    await world.stop();
    await machine.stop();
  };
  return { machine, world, anna: world.user('Anna', { id: from.id }), end };
}
