/** The trigger of a flow that runs already. Loaded when it first comes again. */

import type { ReplyMarkup } from '../../conversation/outgoing.ts';
import { type RawObject, wholeIn } from '../../update/raw-update.ts';
import { buttonData } from '../rows/buttons.ts';
import { cleanUp } from './clean-up.ts';
import { bindingOf, type FlowRun, text } from './flow-run.ts';

/** Does what the flow has chosen for its own trigger while it runs. */
export async function retrigger(flowRun: FlowRun, argument: string): Promise<void> {
  const { plan, run } = flowRun;
  switch (plan.options.onTrigger ?? 'restart') {
    case 'restart':
      return restart(flowRun, argument);
    case 'continue':
      return run.ask();
    case 'reject':
      return run.say(await text(flowRun, 'running'));
    case 'ask':
      return run.say({ text: await text(flowRun, 'restart'), keyboard: await yesOrNo(flowRun) });
  }
}

async function yesOrNo(flowRun: FlowRun): Promise<ReplyMarkup> {
  const binding = bindingOf(flowRun, '');
  const yes = buttonData({ ...binding, action: 'restart' });
  const no = buttonData({ ...binding, action: 'continue' });
  return {
    inline_keyboard: [
      [
        { text: await text(flowRun, 'yes'), callback_data: yes },
        { text: await text(flowRun, 'no'), callback_data: no },
      ],
    ],
  };
}

/** The user has answered whether to start again. The question is answered once: a later press on its other button would lose answers. */
export async function startAgain(
  flowRun: FlowRun,
  isYes: boolean,
  dialog: RawObject,
): Promise<void> {
  const { plan, run } = flowRun;
  const { prompts } = plan.options;
  const message = wholeIn(dialog, 'message_id');
  const how = prompts === 'delete' || prompts === 'edit' ? 'delete' : 'removeKeyboards';
  if (message !== undefined) cleanUp(run, how, message);
  return isYes ? restart(flowRun, '') : run.ask();
}

/** Starts the flow anew in its own place. */
async function restart({ plan, run }: FlowRun, argument: string): Promise<void> {
  // without new parameters it keeps those that it has
  const data =
    (await plan.trigger?.from?.(argument, run.turn, run.rejected)) ?? plan.parameters?.of(run.data);
  run.turn.state.enter(plan.self() as never, (data ?? {}) as never);
}
