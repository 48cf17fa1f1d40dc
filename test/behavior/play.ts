/** A bot with its machine and a chat, for cases that need no more than that. */

import { isFsmError } from '@telefsm/core';
import { type Shown, telegram } from '@telefsm/testing';
import type { Framework, Options } from './frameworks.ts';

/** A reply keyboard, as a prompt shows it. */
export const yesOrNo = { keyboard: [[{ text: 'Yes' }, { text: 'No' }]] };

/** Makes a bot of these states and scenes, and a user of it. What a handler throws is thrown to the test. */
export function userOf(framework: Framework, states: readonly unknown[], options: Options = {}) {
  const { bot, fsm } = framework.bot();
  fsm({ states, ...options });
  return telegram(bot).user('Anna');
}

/** Makes a bot of these states and scenes; what goes wrong is collected. */
export function play(framework: Framework, states: readonly unknown[], options: Options = {}) {
  const bot = framework.bot();
  bot.noteErrors();
  /** Codes of rejected inputs. */
  const rejected: (string | undefined)[] = [];
  /** Errors of messages that were not sent. */
  const unsent: unknown[] = [];
  const machine = bot.fsm({ states, ...options });
  machine.observe('inputRejected', ({ error }) => {
    rejected.push(isFsmError(error) ? error.code : undefined);
  });
  machine.observe('sendFailed', ({ error }) => unsent.push(error));
  const world = telegram(bot.bot, options.clock && { clock: options.clock as never });
  /** The changes of the keyboard below the chat, message by message. */
  const markups = () =>
    world.calls
      .filter(({ method }) => method.startsWith('send') || method === 'deleteMessage')
      .map(({ method, payload }) =>
        method === 'deleteMessage' ? 'deleted' : keyboardIn(payload['reply_markup']),
      );
  /** Texts that the bot has sent. */
  const sentTexts = () =>
    world.calls
      .filter(({ method }) => method === 'sendMessage')
      .map(({ payload }) => payload['text']);
  let queries = 0;
  return {
    bot,
    machine,
    world,
    rejected,
    unsent,
    markups,
    sentTexts,
    anna: world.user('Anna'),
    /**
     * A press as a modified client sends it: any data, below any message, or on an inline message. @returns the text that answers it
     */
    async forges(
      user: { readonly id: number },
      data: string,
      on: Shown | { readonly inline_message_id: string },
    ): Promise<unknown> {
      const from = { id: user.id, is_bot: false, first_name: 'User' };
      const where = 'message' in on ? { message: on.message } : on;
      const query = { id: `f${++queries}`, from, chat_instance: '1', data, ...where };
      await world.update({ callback_query: query } as never);
      return world.calls.findLast(({ method }) => method === 'answerCallbackQuery')?.payload[
        'text'
      ];
    },
  };
}

function keyboardIn(markup: unknown): string {
  const kinds = ['keyboard', 'inline_keyboard', 'remove_keyboard'];
  return kinds.find((kind) => kind in Object(markup)) ?? 'plain';
}

/** The data of a button that was shown. */
export function dataOf({ message }: Shown, label: string): string {
  const buttons = (message.reply_markup?.inline_keyboard ?? []).flat();
  return String(buttons.find(({ text }) => text === label)?.['callback_data'] ?? '');
}
