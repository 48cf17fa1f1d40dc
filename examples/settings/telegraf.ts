/** The settings bot on Telegraf. */

import { type Clock, type FsmFlavor, type FsmStorage, fsm } from '@telefsm/telegraf';
import type { Context, Telegraf } from 'telegraf';
import { SettingsPage } from './settings.ts';
import { openUsers } from './users.ts';

const app = [SettingsPage] as const;

/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot; a test passes its clock, a bot on several processes a shared storage. */
export function setUp(
  bot: Telegraf<MyContext>,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  const users = openUsers();
  const machine = fsm({ states: app, services: { users }, ...options });
  bot.use(machine);
  bot.command('settings', async (ctx) =>
    ctx.fsm.enter(SettingsPage, await users.settings(ctx.from?.id ?? 0)),
  );
  return machine;
}
