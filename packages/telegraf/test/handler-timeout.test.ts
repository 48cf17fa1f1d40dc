import { type Context, Telegraf } from 'telegraf';
import { expect, it } from 'vitest';
import { type FsmFlavor, fsm, state, states } from '../src/index.ts';

const Form = states('Form', { name: state() });
const from = { id: 5, is_bot: false, first_name: 'Anna' };
const chat = { id: 5, type: 'private', first_name: 'Anna' };
const textUpdate = (update_id: number, text: string) =>
  ({ update_id, message: { message_id: update_id, date: 1, chat, from, text } }) as never;

/** A bot that gives up its handlers at once; `given` resolves when it has. */
function impatientBot() {
  const bot = new Telegraf<FsmFlavor<Context>>('1:test', { handlerTimeout: 1 });
  bot.botInfo = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;
  const machine = fsm();
  bot.use(machine);
  let giveUp = () => {};
  const given = new Promise<void>((resolve) => (giveUp = resolve));
  const caught: unknown[] = [];
  bot.catch((error) => {
    caught.push(Reflect.get(Object(error), 'name'));
    giveUp();
  });
  const ended = new Promise<unknown>((resolve) => {
    machine.observe('turn', ({ error }) => resolve(error));
  });
  return { bot, machine, given, caught, ended };
}

it('a turn continues after handlerTimeout, and is committed', async () => {
  const { bot, machine, given, caught, ended } = impatientBot();
  bot.on('message', async (ctx) => {
    await given;
    ctx.fsm.set(Form.name);
  });
  await bot.handleUpdate(textUpdate(1, 'hello'));
  expect([caught, await ended]).toEqual([['TimeoutError'], undefined]);
  expect(await machine.at({ user: 5 }).peek()).toMatchObject({ current: 'Form:name' });
});

it('what a handler throws after handlerTimeout reaches observers of turns only', async () => {
  const { bot, given, caught, ended } = impatientBot();
  bot.on('message', async () => {
    await given;
    throw new Error('late');
  });
  await bot.handleUpdate(textUpdate(1, 'hello'));
  expect([await ended, caught]).toEqual([new Error('late'), ['TimeoutError']]);
});
