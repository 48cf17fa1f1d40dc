/** telefsm on grammY: by a switch, by states, by nodes, as a flow, as a command tree. */

import { FsmComposer, fsm } from '@telefsm/grammy';
import { grammyBot, running } from '../workload/grammy-bot.mjs';
import { scenesOfProgram } from './telefsm-scenes.mjs';
import { statesOfProgram } from './telefsm-states.mjs';
import { telefsmStorage } from './telefsm-storage.mjs';

export async function create(options) {
  const bot = grammyBot(options);
  const { storage, close } = await telefsmStorage(options);
  if (options.variant === 'states' || options.variant === 'switch') {
    bot.use(fsm({ storage }));
    const form = new FsmComposer();
    statesOfProgram(options, {
      command: (name, handle) => bot.command(name, (ctx) => handle(ctx.state, ctx)),
      state: (target, handle) =>
        form.state(target).on('message:text', (ctx) => handle(ctx.state, ctx, ctx.msg.text)),
      text: (handle) => bot.on('message:text', (ctx) => handle(ctx.state, ctx, ctx.msg.text)),
    });
    // a switch has no states to branch by, as the row with the framework's session has none
    if (options.variant === 'states') bot.use(form);
  } else {
    const { states, enter } = await scenesOfProgram(options);
    bot.use(fsm({ storage, states }));
    const command = options.program === 'press' ? 'menu' : 'form';
    if (enter !== undefined) bot.command(command, (ctx) => enter(ctx.state));
  }
  return running(bot, close);
}
