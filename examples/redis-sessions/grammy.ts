/** A bot on grammY whose session is in Redis, by `@grammyjs/storage-redis`: as it was, and on telefsm. */

import { RedisAdapter } from '@grammyjs/storage-redis';
import { fsm } from '@telefsm/grammy';
import { session } from '@telefsm/grammy/session';
import { redisStorage } from '@telefsm/storage-redis';
import { type Bot, type Context, session as grammySession, type SessionFlavor } from 'grammy';
import type { Redis } from 'ioredis';

interface Data {
  step: 'idle' | 'what' | 'count';
  what?: string;
  orders: string[];
}
/** The context of both bots. */
export type MyContext = Context & SessionFlavor<Data>;

const initial = (): Data => ({ step: 'idle', orders: [] });
const oldSessions = (redis: Redis) => new RedisAdapter<Data>({ instance: redis as never });

/** The bot as it was. */
export function before(bot: Bot<MyContext>, redis: Redis): void {
  bot.use(grammySession({ initial, storage: oldSessions(redis) }));
  addOrders(bot);
}

/** The bot on telefsm: `storage` says where the old sessions are, and `machine` where they go. */
export function after(bot: Bot<MyContext>, redis: Redis): void {
  const machine = fsm({ storage: redisStorage(redis) });
  bot.use(machine as never);
  bot.use(session<Data, MyContext>({ initial, storage: oldSessions(redis), machine }));
  addOrders(bot);
}

function addOrders(bot: Bot<MyContext>): void {
  bot.command('order', async (ctx) => {
    ctx.session.step = 'what';
    await ctx.reply('What would you like?');
  });
  bot.command('orders', (ctx) => ctx.reply(ctx.session.orders.join('\n') || 'No orders yet.'));
  bot.on('message:text', async (ctx) => {
    const { session } = ctx;
    if (session.step === 'what') {
      session.what = ctx.msg.text;
      session.step = 'count';
      await ctx.reply('How many?');
    } else if (session.step === 'count') {
      const order = `${ctx.msg.text} × ${session.what}`;
      session.orders.push(order);
      session.step = 'idle';
      if (Number.isNaN(Number(ctx.msg.text))) throw new Error(`Not a number: ${ctx.msg.text}`);
      await ctx.reply(`Ordered: ${order}`);
    }
  });
}
