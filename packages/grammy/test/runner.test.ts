import {
  createConcurrentSink,
  createRunner,
  createSource,
  run,
  sequentialize,
} from '@grammyjs/runner';
import { Bot, type Context } from 'grammy';
import { describe, expect, it } from 'vitest';
import { type FsmFlavor, fsm, isFsmError } from '../src/index.ts';

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

/** A bot that fetches these updates and then waits until its polling ends. */
function pollingBot(updates: readonly Update[]) {
  const bot = new Bot<FsmFlavor<Context>>('1:test', { botInfo });
  let batch: readonly Update[] | undefined = updates;
  bot.api.config.use(async (_previous, _method, _payload, signal) => {
    const result = batch;
    batch = undefined;
    if (result !== undefined) return { ok: true, result } as never;
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('the polling has ended')));
    });
  });
  return bot;
}

describe.each([1, 500])('the runner stops with %i updates at once', (concurrency) => {
  const users = [1, 2, 3];
  const updatesOf = (each: number) =>
    Array.from({ length: each * users.length }, (_, at) =>
      textUpdate(at + 1, users[at % users.length] as number, String(at)),
    );

  it('and machine.stop() waits for all updates that it has fetched', async () => {
    const updates = updatesOf(8);
    const bot = pollingBot(updates);
    const machine = fsm();
    bot.use(machine);
    const errors: unknown[] = [];
    bot.catch(({ error }) => void errors.push(error));
    let begin = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    bot.on('message:text', async (ctx) => {
      begin();
      await new Promise(setImmediate);
      if (ctx.update.update_id === 5) throw new Error('a handler fails');
      ctx.state.update({ handled: ctx.state.get('handled', 0) + 1 });
    });
    const runner = run(bot, { sink: { concurrency } });
    await begun;
    await runner.stop();
    await machine.stop();
    const kept = await Promise.all(users.map((user) => machine.at({ user }).peek()));
    const handled = kept.map((one) => Number(Reflect.get(one?.data ?? {}, 'handled')));
    expect(handled.reduce((sum, each) => sum + each)).toBe(updates.length - 1);
    expect(errors).toEqual([new Error('a handler fails')]);
  });

  it('and with sequentialize() before fsm(), machine.stop() comes when runner.size() is 0', async () => {
    const updates = updatesOf(8);
    const bot = pollingBot(updates);
    const machine = fsm();
    bot.use(sequentialize((ctx) => String(ctx.chat?.id)));
    bot.use(machine);
    const errors: unknown[] = [];
    bot.catch(({ error }) => void errors.push(error));
    let begin = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const handled: number[] = [];
    bot.on('message:text', async (ctx) => {
      begin();
      await new Promise(setImmediate);
      handled.push(ctx.update.update_id);
    });
    const runner = run(bot, { sink: { concurrency } });
    await begun;
    await runner.stop();
    while (runner.size() > 0) await new Promise(setImmediate);
    await machine.stop();
    expect(handled).toHaveLength(updates.length);
    expect(errors.some((error) => isFsmError(error, 'STOPPED'))).toBe(false);
  });
});
