/** nestjs-telegraf of the page "With your plugins": its scenes and wizards on the drop-in session. Decorators are called, not written. */

import 'reflect-metadata';
import { Logger, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { memoryStorage } from '@telefsm/core';
import { type Scenes, session, type Telegraf } from '@telefsm/telegraf/scenes';
import { telegram } from '@telefsm/testing';
import {
  Command,
  Ctx,
  getBotToken,
  Message,
  TelegrafModule,
  Update,
  Wizard,
  WizardStep,
} from 'nestjs-telegraf';
import { afterEach, describe, expect, it, vi } from 'vitest';

interface MyContext extends Scenes.WizardContext {
  session: Scenes.WizardSession & { orders?: string[] };
}

class OrderWizard {
  async what(ctx: MyContext) {
    await ctx.reply('What would you like?');
    ctx.wizard.next();
  }
  async many(ctx: MyContext, what: string) {
    Object.assign(ctx.wizard.state, { what });
    await ctx.reply('How many?');
    ctx.wizard.next();
  }
  async end(ctx: MyContext, many: string) {
    const { what } = ctx.wizard.state as { what: string };
    ctx.session.orders = [...(ctx.session.orders ?? []), `${many} × ${what}`];
    if (Number.isNaN(Number(many))) throw new Error(`Not a number: ${many}`);
    await ctx.reply(`Ordered: ${many} × ${what}`);
    await ctx.scene.leave();
  }
}
class Commands {
  order(ctx: MyContext) {
    return ctx.scene.enter('order');
  }
  orders(ctx: MyContext) {
    return ctx.session.orders?.join(', ') ?? 'No orders yet.';
  }
}

/** Applies decorators to a method and to its parameters. */
function decorate<T>(
  type: Type<T>,
  name: keyof T & string,
  method: MethodDecorator,
  ...parameters: ParameterDecorator[]
) {
  for (const [at, parameter] of parameters.entries()) parameter(type.prototype, name, at);
  method(
    type.prototype,
    name,
    Object.getOwnPropertyDescriptor(type.prototype, name) as PropertyDescriptor,
  );
}
decorate(OrderWizard, 'what', WizardStep(1), Ctx());
decorate(OrderWizard, 'many', WizardStep(2), Ctx(), Message('text'));
decorate(OrderWizard, 'end', WizardStep(3), Ctx(), Message('text'));
Wizard('order')(OrderWizard);
decorate(Commands, 'order', Command('order'), Ctx());
decorate(Commands, 'orders', Command('orders'), Ctx());
Update()(Commands);

const apps: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  vi.restoreAllMocks();
});

async function botOn(storage = memoryStorage()): Promise<Telegraf> {
  class App {}
  Module({
    imports: [
      TelegrafModule.forRoot({
        token: '1:test',
        launchOptions: false,
        middlewares: [session({ storage })],
      }),
    ],
    providers: [OrderWizard, Commands],
  })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const bot = app.get<Telegraf>(getBotToken());
  // it was never launched, which Nest does not know when it shuts down
  bot.stop = () => {};
  apps.push(app);
  return bot;
}

describe('nestjs-telegraf with session() among its middlewares', () => {
  it('two texts at once run two steps, a redelivered one is skipped, and a restart continues', async () => {
    const storage = memoryStorage();
    const tg = telegram(await botOn(storage));
    const anna = tg.user('Anna');
    await anna.sends('/order');
    anna.sees('What would you like?');
    const next = await botOn(storage);
    await tg.restart(() => next);
    await Promise.all([anna.sends('tea'), anna.sends('3')]);
    anna.sees('Ordered: 3 × tea');
    await tg.redeliver();
    await anna.sends('/orders');
    anna.sees('3 × tea');
  });

  it('a step that throws changes nothing; Nest logs the error, so Telegram does not deliver the update again', async () => {
    const logged = vi.spyOn(Logger, 'error').mockImplementation(() => {});
    const anna = telegram(await botOn()).user('Anna');
    for (const text of ['/order', 'tea', 'three']) await anna.sends(text);
    expect(logged).toHaveBeenCalledTimes(1);
    await anna.sends('3');
    anna.sees('Ordered: 3 × tea');
    await anna.sends('/orders');
    anna.sees('3 × tea');
  });
});
