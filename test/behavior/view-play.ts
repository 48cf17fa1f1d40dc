/** A bot with views and who uses it; for several test files. */

import { type Shown, telegram } from '@telefsm/testing';
import type { Framework, Options } from './frameworks.ts';

/** Makes the bot and its user. */
export function play(framework: Framework, states: readonly unknown[], options: Options = {}) {
  const bot = framework.bot();
  bot.noteErrors();
  const machine = bot.fsm({ states, ...options });
  const world = telegram(bot.bot);
  let queries = 0;
  return {
    bot,
    machine,
    world,
    anna: world.user('Anna'),
    /** Methods of the calls since the last question. */
    calls: (() => {
      let before = 0;
      return () => {
        const made = world.calls.slice(before).map(({ method }) => method);
        before = world.calls.length;
        return made;
      };
    })(),
    /** A press as a modified client sends it: any data, below any message. */
    async forges(user: { readonly id: number }, data: string, on: Shown): Promise<unknown> {
      const from = { id: user.id, is_bot: false, first_name: 'User' };
      const query = { id: `f${++queries}`, from, chat_instance: '1', data, message: on.message };
      await world.update({ callback_query: query } as never);
      return world.calls.findLast(({ method }) => method === 'answerCallbackQuery')?.payload[
        'text'
      ];
    },
  };
}

/** Labels of the buttons, by row. */
export const labels = ({ message }: Shown): readonly (readonly string[])[] =>
  (message.reply_markup?.inline_keyboard ?? []).map((row) => row.map(({ text }) => text));
/** The callback data of a button. */
export const dataOf = ({ message }: Shown, label: string): string => {
  const buttons = (message.reply_markup?.inline_keyboard ?? []).flat();
  return String(buttons.find(({ text }) => text === label)?.['callback_data'] ?? '');
};
/** The notification after a press of an outdated button. */
export const stale = 'This button is no longer in use.';
