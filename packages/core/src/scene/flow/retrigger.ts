/** The trigger of a flow that runs already. Loaded when it first comes again. */

import type { ReplyMarkup } from '../../conversation/outgoing.ts';
import { type RawObject, wholeIn } from '../../update/raw-update.ts';
import { buttonData } from '../rows/buttons.ts';
import { shownIn } from '../view/shown-message.ts';
import { type ActiveFlow, bindingOf, locate, note, text } from './active-flow.ts';
import { buttonTyped } from './answer.ts';
import { askAside } from './aside.ts';
import { cleanUp } from './clean-up.ts';
import { sayBeside } from './forced-reply.ts';

/**
 * Does what the flow has chosen for its own trigger while it runs.
 *
 * @returns `false` if the flow cannot start with the argument: then the command is left to the bot
 */
export async function retrigger(active: ActiveFlow, argument: string): Promise<boolean> {
  const { plan, run } = active;
  switch (plan.options.onTrigger) {
    case 'continue':
      run.ask();
      return true;
    case 'reject':
      sayBeside(active, (await locate(active)).pending, await text(active, 'running'));
      return true;
    case 'ask':
      note(active, { again: argument });
      await askAside(active, 'restart', {
        text: await text(active, 'restart'),
        keyboard: await yesOrNo(active),
      });
      return true;
    default:
      return restart(active, argument);
  }
}

async function yesOrNo(active: ActiveFlow): Promise<ReplyMarkup> {
  const binding = bindingOf(active, '');
  const yes = buttonData({ ...binding, action: 'restart' });
  const no = buttonData({ ...binding, action: 'continue' });
  return {
    inline_keyboard: [
      [
        { text: await text(active, 'yes'), callback_data: yes },
        { text: await text(active, 'no'), callback_data: no },
      ],
    ],
  };
}

/** The user has pressed a button of "Start again?". The message loses its buttons: a later press on the other one would lose answers. */
export async function pressedAgain(
  active: ActiveFlow,
  isYes: boolean,
  pressed: RawObject,
): Promise<void> {
  const { plan, run, memo } = active;
  const { prompts } = plan.options;
  const message = wholeIn(pressed, 'message_id');
  const how = prompts === 'delete' || prompts === 'edit' ? 'delete' : 'removeKeyboards';
  // the message that asks last is cleaned up with the prompts, or edited
  const isPrompt =
    (memo.sent !== undefined && message === memo.sent) || message === shownIn(run)?.id;
  if (message !== undefined && !isPrompt) cleanUp(run, how, message);
  return startAgain(active, isYes);
}

/**
 * Takes a typed label of "Start again?", while that was asked last.
 *
 * @returns `false` if the text is not one of the labels
 */
export async function typedAgain(active: ActiveFlow, typed: string): Promise<boolean> {
  const buttons = [
    { isYes: true, label: await text(active, 'yes') },
    { isYes: false, label: await text(active, 'no') },
  ];
  const button = buttonTyped(buttons, typed, undefined);
  if (button !== undefined) await startAgain(active, button.isYes);
  return button !== undefined;
}

async function startAgain(active: ActiveFlow, isYes: boolean): Promise<void> {
  const { run } = active;
  if (isYes && (await restart(active, active.memo.again ?? ''))) return;
  note(active, { again: undefined });
  run.ask();
}

/** Starts the flow anew in its own place; `false` if it cannot start with the argument. Without one it keeps the parameters that it has. */
async function restart({ plan, run }: ActiveFlow, argument: string): Promise<boolean> {
  const given = await plan.trigger?.from?.(argument, run.turn, (error) => run.rejected(error));
  if (given === null && argument !== '') return false;
  run.turn.state.enter(plan.self() as never, given ?? plan.parameters?.of(run.data) ?? {});
  return true;
}
