/** The menu of test/behavior/menus on `@gramio/dialogs`, as its documentation shows it. menus.mjs fetches the library and runs this. */

import { createServer } from 'node:http';

const { Bot } = await import('gramio');
const { Back, Button, Column, Dialog, dialogs, SwitchTo } = await import('#dialogs');
const { playMenu, Rejected } = await import('#play');
const { test } = await import('vitest');

function menu() {
  const numberIn = ({ dialogData }) => dialogData.n ?? 0;
  const change = (to) => (ctx) => {
    ctx.dialogData.n = to(numberIn(ctx));
  };
  return new Dialog('menu')
    .window('main', {
      text: (data) => `n = ${numberIn(data)}`,
      keyboard: Column([
        Button('Up', { id: 'up', onClick: change((n) => n + 1) }),
        Button('Double', {
          id: 'double',
          onClick: change(() => 10),
          when: ({ data }) => numberIn(data) === 0,
        }),
        Button('Fail', {
          id: 'fail',
          onClick(ctx) {
            ctx.dialogData.n = 99;
            throw new Error('broken');
          },
        }),
        SwitchTo('Details', 'details'),
      ]),
    })
    .window('details', { text: 'Details', keyboard: Column([Back('Back')]) });
}

/** A Bot API server that hands every call on; a failure that is no rejection cuts the connection. */
async function serve(call) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    try {
      const method = String(request.url).split('/').at(-1);
      const result = await call(method, body === '' ? {} : JSON.parse(body));
      response.end(JSON.stringify({ ok: true, result }));
    } catch (error) {
      if (!(error instanceof Rejected)) return void request.socket.destroy();
      const { error_code, description } = error;
      response.statusCode = error_code;
      response.end(JSON.stringify({ ok: false, error_code, description }));
    }
  });
  server.unref();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}/bot`;
}

const peer = {
  storage: () => new Map(),
  async process(map, call) {
    const storage = {
      get: async (key) => JSON.parse(map.get(key) ?? 'null') ?? undefined,
      set: async (key, value) => void map.set(key, JSON.stringify(value)),
      has: async (key) => map.has(key),
      delete: async (key) => map.delete(key),
    };
    const bot = new Bot('1:test', { api: { baseURL: await serve(call) } })
      .extend(dialogs([menu()], { storage }))
      .command('menu', (ctx) => ctx.dialog.start('menu'))
      .onError(() => {});
    await bot.init();
    return { handle: (update) => bot.updates.handleUpdate(update) };
  },
};

test('@gramio/dialogs', async () => {
  console.log(JSON.stringify(await playMenu(peer), null, 2));
});
