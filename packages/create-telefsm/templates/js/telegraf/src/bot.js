import { flow, fsm, memoryStorage } from '@telefsm/telegraf';
import { Telegraf } from 'telegraf';

/** Asks for a name and a plan. `/back` and `/cancel` work at every question. */
const signup = flow('signup', { trigger: '/start', timeout: '1d', back: true })
  .ask('name', { prompt: 'What is your name?' })
  .ask('plan', {
    prompt: ({ name }) => `Which plan, ${name}?`,
    choices: { free: 'Free', pro: 'Pro' },
  })
  .done(({ name, plan }) => `Welcome, ${name}! Your plan: ${plan === 'pro' ? 'Pro' : 'Free'}.`);

/** @typedef {import('@telefsm/telegraf').FsmFlavor<import('telegraf').Context, [typeof signup]>} MyContext */

/**
 * Creates the bot without starting it, so that tests can use it too.
 *
 * @param {string} token
 * @param {import('@telefsm/telegraf').FsmStorage} storage where conversations are kept; in memory if it is omitted
 */
export function createBot(token, storage = memoryStorage()) {
  /** @type {Telegraf<MyContext>} */
  const bot = new Telegraf(token, {
    // Telegraf would give up a slow update while its handler still runs. telefsm has its own limit.
    handlerTimeout: 11 * 60_000, // a little more than `turn.max`
  });
  const machine = fsm({ states: [signup], storage });

  bot.catch((error, ctx) => console.error(`Update ${ctx.update.update_id} failed.`, error));
  bot.use(machine);
  bot.command('help', (ctx) => ctx.reply('Send /start to sign up, /cancel to stop.'));
  bot.on('message', (ctx) => ctx.reply('Send /start.'));
  return { bot, machine };
}
