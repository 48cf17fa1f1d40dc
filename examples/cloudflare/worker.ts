/** A bot as a Cloudflare Worker: orders, kept in Durable Objects, dropped by an alarm when the user does not come back. */

import { type FsmFlavor, fsm, state, states } from '@telefsm/grammy';
import {
  ConversationShard,
  durableObjectStorage,
  type ObjectNamespace,
} from '@telefsm/storage-cloudflare';
import { Bot, type Context, webhookCallback } from 'grammy';

/** The bindings, as `wrangler.jsonc` and `wrangler secret put` name them. */
interface Env {
  readonly CONVERSATIONS: ObjectNamespace;
  readonly BOT_TOKEN: string;
  /** The `secret_token` that `setWebhook` was given. */
  readonly WEBHOOK_SECRET: string;
  /** The answer of `getMe` as JSON. Without it each update begins with a call of `getMe`. */
  readonly BOT_INFO?: string;
  /** How long an unfinished order is kept, in seconds. */
  readonly KEPT_FOR?: string;
  /** Where the Bot API is, if it is not Telegram's. */
  readonly API_ROOT?: string;
}

const Order = states('Order', {
  dish: state(),
  address: state<{ dish: string }>(),
});
const app = [Order] as const;
type MyContext = FsmFlavor<Context, typeof app>;

/** Makes a bot for one request or alarm. Workers may cancel a request at any time, so nothing of it is shared with the next one. */
function makeBot(env: Env, within?: ConversationShard) {
  const bot = new Bot<MyContext>(env.BOT_TOKEN, {
    ...(env.BOT_INFO !== undefined && { botInfo: JSON.parse(env.BOT_INFO) }),
    ...(env.API_ROOT !== undefined && { client: { apiRoot: env.API_ROOT } }),
  });
  const keptFor = Number(env.KEPT_FOR ?? 600) * 1000;
  const machine = fsm({
    states: app,
    storage: durableObjectStorage(env.CONVERSATIONS, { ...(within && { within }) }),
    onTimeout: ({ state }) => {
      state.clear();
      return 'You have been away for a while, so I dropped your order.';
    },
  });
  bot.use(machine);
  machine.connect(bot); // an alarm has no update to take the bot from

  bot.command('order', async (ctx) => {
    ctx.state.set(Order.dish);
    ctx.state.expire(keptFor);
    await ctx.reply('What would you like?');
  });
  bot.on('message:text', async (ctx) => {
    if (ctx.state.is(Order.dish)) {
      ctx.state.set(Order.address, { dish: ctx.msg.text });
      ctx.state.expire(keptFor);
      return void (await ctx.reply('Where shall we bring it?'));
    }
    if (ctx.state.is(Order.address)) {
      const { dish } = ctx.state.data;
      ctx.state.clear();
      return void (await ctx.reply(`${dish} is on its way to ${ctx.msg.text}.`));
    }
    await ctx.reply('Send /order to begin.');
  });
  return { bot, machine };
}

/** The Durable Object class. Its alarm fires deadlines, with no request coming in. */
export class Conversations extends ConversationShard<Env> {
  override sweep(): Promise<number> {
    return makeBot(this.env, this).machine.sweep();
  }
}

// biome-ignore lint/style/noDefaultExport: the shape of a Worker
export default {
  async fetch(
    request: Request,
    env: Env,
    ctx: { waitUntil(work: Promise<unknown>): void },
  ): Promise<Response> {
    // grammY checks nothing if the secret is empty
    if (!env.WEBHOOK_SECRET) throw new Error('Run: wrangler secret put WEBHOOK_SECRET');
    const handle = webhookCallback(makeBot(env).bot, 'std/http', {
      secretToken: env.WEBHOOK_SECRET,
      timeoutMilliseconds: 25_000,
    });
    const answer = handle(request);
    ctx.waitUntil(answer); // the turn goes on if Telegram hangs up
    return answer;
  },
};
