/** The Worker of these tests: a bot that counts, and doors through which the tests reach the objects. */

import { type FsmFlavor, fsm, state, states } from '@telefsm/grammy';
import { Bot, type Context, webhookCallback } from 'grammy';
import {
  ConversationShard,
  durableObjectStorage,
  type ObjectNamespace,
  type ObjectState,
} from '../src/index.ts';

interface Env {
  readonly CONVERSATIONS: ObjectNamespace;
  /** Where the Bot API is. */
  readonly API: string;
}

/** The data of a conversation: the updates that were counted, in the order of the commits. */
interface Tally {
  readonly ids: readonly number[];
}

const Counting = states('Counting', { on: state<Tally>(), slowly: state<Tally>() });
const app = [Counting] as const;
type MyContext = FsmFlavor<Context, typeof app>;

/** Makes a bot for one request: nothing of it outlives the request, so one that is canceled leaves nothing behind. */
function makeBot(env: Env, within?: ConversationShard) {
  const bot = new Bot<MyContext>('1:test', {
    client: { apiRoot: env.API },
    botInfo: {
      id: 1,
      is_bot: true,
      first_name: 'Bot',
      username: 'a_bot',
      can_join_groups: true,
      can_read_all_group_messages: false,
      can_manage_bots: false,
      supports_inline_queries: false,
      supports_join_request_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
      has_topics_enabled: false,
      allows_users_to_create_topics: false,
    },
  });
  const machine = fsm({
    states: app,
    storage: durableObjectStorage(env.CONVERSATIONS, within === undefined ? {} : { within }),
    history: 0,
    onTimeout: async ({ state, api, subject }) => {
      if (state.is(Counting.slowly))
        await api('sendMessage', { chat_id: subject.chat, text: 'firing' });
      state.clear();
      return 'time is up';
    },
  });
  bot.use(machine);
  machine.connect(bot); // a sweep has no update to take the bot from
  bot.on('message:text', async (ctx) => {
    const before = ctx.state.is(Counting.on) ? ctx.state.data.ids : [];
    const ids = [...before, ctx.update.update_id];
    if (/wait|look/.test(ctx.msg.text)) await ctx.api.sendMessage(ctx.chat.id, 'waiting');
    if (ctx.msg.text === 'look') return;
    ctx.state.set(Counting.on, { ids });
    const [, slowly, ms] = /^arm (slowly )?(\d+)$/.exec(ctx.msg.text) ?? [];
    if (slowly !== undefined) ctx.state.set(Counting.slowly, { ids });
    if (ms !== undefined) ctx.state.expire(Number(ms));
    if (ctx.msg.text === 'tell') await ctx.reply(JSON.stringify(ids));
  });
  return { bot, machine };
}

/** The object, with doors for tests. */
export class Conversations extends ConversationShard<Env> {
  /** Fails as often as the Bot API answers its question with an error. */
  override async sweep(): Promise<void> {
    const { ok } = await fetch(`${this.env.API}/alarm`);
    if (!ok) throw new Error('The sweep fails, as the test wants it.');
    await makeBot(this.env, this).machine.sweep();
  }

  override async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const { sql } = this.ctx.storage;
    if (pathname === '/abort') {
      // Cloudflare's own way to end an instance; what it has in memory is gone
      const ctx: ObjectState & { readonly abort?: (reason: string) => void } = this.ctx;
      ctx.abort?.('evicted by a test');
    }
    if (pathname === '/ring') {
      await this.ctx.storage.setAlarm(Date.now());
      return Response.json({});
    }
    if (pathname !== '/shift') return super.fetch(request);
    const ms = Number(searchParams.get('ms'));
    const columns = ['lease_until', 'deadline_at', 'wake_at', 'expires_at'];
    const moved = columns.map((column) => `${column} = ${column} + ${ms}`).join(', ');
    const key = searchParams.get('key') ?? '';
    sql.exec(`update telefsm_conversation set ${moved} where key = ?`, key);
    return Response.json({});
  }
}

// biome-ignore lint/style/noDefaultExport: the shape of a Worker
export default {
  async fetch(
    request: Request,
    env: Env,
    ctx: { waitUntil(work: Promise<unknown>): void },
  ): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === '/bot') {
      const { bot } = makeBot(env);
      const handle = webhookCallback(bot, 'std/http', { timeoutMilliseconds: 55_000 });
      const answer = handle(request);
      ctx.waitUntil(answer);
      return answer;
    }
    // http://worker/object/NAME/PATH goes to the object of that name
    const [, , name = '', path = ''] = url.pathname.split('/');
    const stub = env.CONVERSATIONS.get(env.CONVERSATIONS.idFromName(decodeURIComponent(name)));
    const to = `https://telefsm/${path}${url.search}`;
    const response = await stub.fetch(to, { method: 'POST', body: await request.text() });
    return Response.json(await response.json(), { status: response.status });
  },
};
