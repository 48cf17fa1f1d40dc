/** Reply keyboards that handlers show by the methods of their framework, and what removes them. Brought by the option `replyKeyboards`. */

import { holds } from '../base/holds.ts';
import type { ReplyKeyboards } from '../conversation/reply-keyboards.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import { callWithout, isOfState, ownerIn, showsMarkup } from './shown-keyboard.ts';

/**
 * Removes reply keyboards that handlers have shown, by their framework as in `ctx.reply(…)`, or by the turn of a deadline or of `machine.at(…).run`: the value of the option `replyKeyboards`.
 *
 * A keyboard belongs to the state in which its turn ends. It is removed by the first message of a later handler that has no `reply_markup` of its own, once the
 * user has left that state. Two kinds of keyboards are the bot's menu, and stay: one with `is_persistent: true`, and one that is shown
 * to a user without a state.
 *
 * @example
 * ```ts
 * import { fsm, removeReplyKeyboards, state, states } from '@telefsm/grammy';
 *
 * const Form = states('Form', { size: state(), name: state() });
 * const machine = fsm({ states: [Form], replyKeyboards: removeReplyKeyboards() });
 * ```
 */
export function removeReplyKeyboards(): ReplyKeyboards {
  return {
    '~opened': (opened) => (turn, ctx) => {
      watch(turn as OpenTurn);
      opened?.(turn, ctx);
    },
  };
}

/** Whether a keyboard is shown whose scene or state the user has left. */
function isOld(turn: OpenTurn): boolean {
  const { keyboard, top } = turn.copy;
  return keyboard !== undefined && keyboard !== top.entry && !isOfState(turn);
}

/** Watches the calls of a turn's handlers that go to its own chat, by their framework or by the turn. */
function watch(turn: OpenTurn): void {
  const { copy, facts } = turn;
  if (facts.key === undefined) return;
  let isShown = false;
  const show = (isMenu: boolean) => {
    if (!isShown) {
      // at the commit it is known to which state the handler has moved the user
      turn.effects.beforeCommit(() => {
        // a question has shown one since
        if (copy.keyboard === copy.top.entry) return;
        copy.keyboard = isShown && copy.top.state !== null ? ownerIn(turn) : undefined;
      });
    }
    isShown = !isMenu;
  };
  const each = (method: string, payload: object): object => {
    const { chat_id, reply_markup: markup }: Partial<Record<string, unknown>> = { ...payload };
    const isElsewhere = String(chat_id) !== String(facts.subject.chat ?? turn.replyAddress?.chat);
    if (turn.phase !== 'open' || isElsewhere || !showsMarkup(method)) return payload;
    if (holds(markup, 'keyboard')) show(Object(markup)['is_persistent'] === true);
    else if (holds(markup, 'remove_keyboard')) {
      isShown = false;
      copy.keyboard = undefined;
    } else if (markup === undefined && !isShown && isOld(turn)) {
      return callWithout(turn, method, payload);
    }
    return payload;
  };
  // without a context, handlers call by the turn alone
  if (facts.ctx === undefined) turn.intercept = each;
  else facts.bot?.intercept?.(each);
}
