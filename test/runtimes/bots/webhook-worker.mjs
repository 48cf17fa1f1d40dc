/** A webhook bot on an edge worker: each request is an update, its answer the bot's replies. */

import { memoryStorage } from '@telefsm/grammy';
import { webhookCallback } from 'grammy';
import { makeBot } from './bot.mjs';

const replies = [];
const handle = webhookCallback(makeBot(memoryStorage(), replies), 'cloudflare-mod', {
  secretToken: 'secret',
});

// biome-ignore lint/style/noDefaultExport: the shape of a Worker
export default {
  async fetch(request) {
    const response = await handle(request);
    return new Response(replies.splice(0).join(' '), { status: response.status });
  },
};
