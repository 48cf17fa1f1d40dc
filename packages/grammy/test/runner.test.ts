import { createConcurrentSink, createRunner, createSource } from '@grammyjs/runner';
import { Bot, type Context } from 'grammy';
import { expect, it } from 'vitest';
import { type FsmFlavor, fsm } from '../src/index.ts';

const botInfo = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;

interface Update {
  readonly update_id: number;
}

function textUpdate(update_id: number, user: number, text: string): Update {
  const from = { id: user, is_bot: false, first_name: 'User' };
  const chat = { id: user, type: 'private', first_name: 'User' };
  const message = { message_id: update_id, date: 1, chat, from, text };
  return { update_id, message } as Update;
}

it('the runner’s concurrency needs no sequentialize: each user’s updates stay in order', async () => {
  const bot = new Bot<FsmFlavor<Context>>('1:test', { botInfo });
  const machine = fsm();
  bot.use(machine);
  let inside = 0;
  let most = 0;
  bot.on('message:text', async (ctx) => {
    const seen = [...ctx.state.get<readonly string[]>('seen', [])];
    most = Math.max(most, ++inside);
    for (let waits = ctx.update.update_id % 4; waits > 0; waits--) await new Promise(setImmediate);
    inside--;
    ctx.state.update({ seen: [...seen, ctx.msg.text] });
  });
  const users = [1, 2, 3, 4, 5];
  const texts = Array.from({ length: 40 }, (_, at) => String(at));
  let id = 0;
  const updates = texts.flatMap((text) => users.map((user) => textUpdate(++id, user, text)));
  const done = new Set<Update>();
  await new Promise<void>((resolve, reject) => {
    const source = createSource<Update>({
      async supply(size) {
        // long polling takes its time too
        await new Promise(setImmediate);
        return updates.splice(0, Math.min(size, 30));
      },
    });
    const sink = createConcurrentSink<Update>(
      {
        async consume(update) {
          await bot.handleUpdate(update as never);
          if (done.add(update).size === id) {
            void runner.stop();
            resolve();
          }
        },
      },
      async (error) => reject(error),
    );
    const runner = createRunner(source, sink);
    runner.start();
  });
  for (const user of users) {
    expect(await machine.at({ user }).peek()).toMatchObject({ data: { seen: texts } });
  }
  expect(most).toBeGreaterThan(1);
});
