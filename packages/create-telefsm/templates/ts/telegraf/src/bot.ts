import { type FsmFlavor, type FsmStorage, flow, fsm, memoryStorage } from '@telefsm/telegraf';
import { type Context, Telegraf } from 'telegraf';

/** Asks for a name and a plan. `/back` and `/cancel` work at every question. */
const signup = flow('signup', { trigger: '/start', timeout: '1d', back: true })
  .ask('name', { prompt: 'What is your name?' })
  .ask('plan', {
    prompt: ({ name }) => `Which plan, ${name}?`,
    choices: { free: 'Free', pro: 'Pro' },
  })
  .done(({ name, plan }) => `Welcome, ${name}! Your plan: ${plan === 'pro' ? 'Pro' : 'Free'}.`);

const app = [signup] as const;
export type MyContext = FsmFlavor<Context, typeof app>;

/**
 * Creates the bot without starting it, so that tests can use it too.
 *
 * @param storage - where conversations are kept; in memory if it is omitted
 */
export function createBot(token: string, storage: FsmStorage = memoryStorage()) {
  const bot = new Telegraf<MyContext>(token, {
    // Telegraf would give up a slow update while its handler still runs. telefsm has its own limit.
    handlerTimeout: 11 * 60_000, // a little more than `turn.max`
  });
  const machine = fsm({ states: app, storage });

  bot.catch((error, ctx) => console.error(`Update ${ctx.update.update_id} failed.`, error));
  bot.use(machine);
  bot.command('help', (ctx) => ctx.reply('Send /start to sign up, /cancel to stop.'));
  bot.on('message', (ctx) => ctx.reply('Send /start.'));
  return { bot, machine };
}
