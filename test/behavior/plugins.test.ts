/** The page "With your plugins": each row runs in a bot with a session and a wizard. */

import { autoRetry } from '@grammyjs/auto-retry';
import { CommandGroup, type CommandsFlavor, commands } from '@grammyjs/commands';
import { hydrateFiles } from '@grammyjs/files';
import { hydrate } from '@grammyjs/hydrate';
import { I18n, type I18nFlavor } from '@grammyjs/i18n';
import { Menu } from '@grammyjs/menu';
import { FormattedString, fmt } from '@grammyjs/parse-mode';
import { limit } from '@grammyjs/ratelimiter';
import { apiThrottler } from '@grammyjs/transformer-throttler';
import { memoryStorage } from '@telefsm/core';
import { type FsmFlavor, fsm } from '@telefsm/grammy';
import { Scenes } from '@telefsm/grammy/scenes';
import { session } from '@telefsm/grammy/session';
import { telegram } from '@telefsm/testing';
import { Bot, type Context, webhookCallback } from 'grammy';
import { MenuMiddleware, MenuTemplate } from 'grammy-inline-menu';
import { describe, expect, it } from 'vitest';

interface Data extends Scenes.WizardSession {
  count: number;
  __language_code?: string;
}
interface Base extends Context {
  session: Data;
  scene: Scenes.SceneContextScene<MyContext, Scenes.WizardSessionData>;
  wizard: Scenes.WizardContextWizard<MyContext>;
}
type MyContext = FsmFlavor<Base & I18nFlavor> & CommandsFlavor;
type Step = (ctx: MyContext) => unknown;

const token = '1:test';

/** A bot whose wizard runs one step for each text after /go. */
function botWith(
  step: Step,
  install: { before?: (bot: Bot<MyContext>) => void; after?: (bot: Bot<MyContext>) => void } = {},
  storage = memoryStorage(),
) {
  const bot = new Bot<MyContext>(token);
  install.before?.(bot);
  const machine = fsm({ storage });
  bot.use(machine as never);
  bot.use(session<Data, MyContext>({ initial: () => ({ count: 0 }), machine }) as never);
  install.after?.(bot);
  const wizard = new Scenes.WizardScene<MyContext>('w', step as never);
  bot.use(new Scenes.Stage<MyContext, Scenes.WizardSessionData>([wizard]));
  bot.command('go', (ctx) => ctx.scene.enter('w', {}, true));
  return bot;
}

describe('With your plugins', () => {
  it('menu: behind the session, which its buttons change', async () => {
    const menu = new Menu<MyContext>('counter').text(
      (ctx) => `Count ${ctx.session.count}`,
      async (ctx) => {
        ctx.session.count += 1;
        ctx.menu.update();
      },
    );
    const bot = botWith((ctx) => ctx.reply('Your menu', { reply_markup: menu }), {
      after: (one) => one.use(menu),
    });
    const anna = telegram(bot).user('Anna');
    await anna.sends('/go');
    await anna.sends('hello');
    await anna.taps('Count 0');
    await anna.taps('Count 1');
    await anna.sends('again');
    await anna.taps('Count 2');
  });

  it('inline menus: behind the session, whose data they show', async () => {
    const template = new MenuTemplate<MyContext>((ctx) => `Count ${ctx.session.count}`);
    template.interact('add', {
      text: 'Add',
      do: (ctx) => {
        ctx.session.count += 1;
        return true;
      },
    });
    const middleware = new MenuMiddleware<MyContext>('/', template);
    const bot = botWith((ctx) => middleware.replyToContext(ctx), {
      after: (one) => one.use(middleware),
    });
    const anna = telegram(bot).user('Anna');
    await anna.sends('/go');
    await anna.sends('hello');
    anna.sees('Count 0');
    await anna.taps('Add');
    await anna.sends('again');
    anna.sees('Count 1');
  });

  it.each(['before', 'after'] as const)('hydrate: %s the machine', async (place) => {
    const bot = botWith(
      async (ctx) => {
        const sent: object = await ctx.reply('Wait…');
        await (sent as { editText(text: string): Promise<unknown> }).editText(
          `You said ${ctx.msg?.text}`,
        );
      },
      { [place]: (one: Bot<MyContext>) => one.use(hydrate() as never) },
    );
    const anna = telegram(bot).user('Anna');
    await anna.sends('/go');
    await anna.sends('hello');
    anna.sees('You said hello');
  });

  it('i18n: behind the session, which keeps the language over restarts', async () => {
    const storage = memoryStorage();
    const make = () => {
      const i18n = new I18n<MyContext>({ defaultLocale: 'en', useSession: true });
      i18n.loadLocaleSync('en', { source: 'hello = Hello' });
      i18n.loadLocaleSync('de', { source: 'hello = Hallo' });
      return botWith(
        async (ctx) => {
          await ctx.i18n.setLocale('de');
          await ctx.reply(ctx.t('hello'));
        },
        { after: (one) => one.use(i18n) },
        storage,
      );
    };
    const tg = telegram(make());
    const anna = tg.user('Anna');
    await anna.sends('/go');
    await anna.sends('hello');
    anna.sees('Hallo');
    await tg.restart(make);
    await anna.sends('hello');
    anna.sees('Hallo');
  });

  it('auto-retry and throttler: on the API, so that a turn waits for them', async () => {
    const bot = botWith((ctx) => ctx.reply(`You said ${ctx.msg?.text}`));
    bot.api.config.use(autoRetry(), apiThrottler());
    const tg = telegram(bot);
    const anna = tg.user('Anna');
    await anna.sends('/go');
    tg.fails('sendMessage', { error_code: 429, parameters: { retry_after: 0 } } as never);
    await anna.sends('hello');
    anna.sees('You said hello');
  });

  it('ratelimiter: before the machine, so that what it drops costs nothing', async () => {
    const bot = botWith((ctx) => ctx.reply(`${++ctx.session.count}`), {
      before: (one) => one.use(limit({ timeFrame: 3_600_000, limit: 2 })),
    });
    const anna = telegram(bot).user('Anna');
    await anna.sends('/go');
    await anna.sends('a');
    anna.sees('1');
    await anna.sends('b');
    anna.seesNothing();
  });

  it('commands: before the stage they win over its scenes', async () => {
    const group = new CommandGroup<MyContext>();
    group.command('help', 'Helps', (ctx) => ctx.reply('Help is here.'));
    const bot = botWith((ctx) => ctx.reply(`Step for ${ctx.msg?.text}`), {
      before: (one) => one.use(commands()),
      after: (one) => one.use(group),
    });
    const anna = telegram(bot).user('Anna');
    await anna.sends('/go');
    await anna.sends('/help');
    anna.sees('Help is here.');
    await anna.sends('hello');
    anna.sees('Step for hello');
  });

  it('commands: behind the stage its scenes see them first', async () => {
    const group = new CommandGroup<MyContext>();
    group.command('start', 'Starts', (ctx) => ctx.scene.enter('w'));
    const bot = botWith((ctx) => ctx.reply(`Step for ${ctx.msg?.text}`), {
      before: (one) => one.use(commands()),
    });
    bot.use(group);
    const anna = telegram(bot).user('Anna');
    await anna.sends('/start');
    anna.sees('Step for /start');
    await anna.sends('/start');
    anna.sees('Step for /start');
  });

  it('files: on the API', async () => {
    const bot = botWith(async (ctx) => {
      const file: object | undefined = await ctx.api.getFile('an-id').catch(() => undefined);
      await ctx.reply(typeof Reflect.get(file ?? {}, 'getUrl'));
    });
    bot.api.config.use(
      (previous, method, payload, signal) =>
        method === 'getFile'
          ? Promise.resolve({ ok: true, result: { file_id: 'an-id', file_path: 'x' } } as never)
          : previous(method, payload, signal),
      hydrateFiles(token),
    );
    const anna = telegram(bot).user('Anna');
    await anna.sends('/go');
    await anna.sends('hello');
    anna.sees('function');
  });

  it('parse-mode: anywhere', async () => {
    const bot = botWith(async (ctx) => {
      const text = fmt`You said ${FormattedString.b(ctx.msg?.text ?? '')}`;
      await ctx.reply(text.text, { entities: text.entities });
    });
    const anna = telegram(bot).user('Anna');
    await anna.sends('/go');
    await anna.sends('hello');
    anna.sees('You said hello');
  });

  it("web frameworks: through the framework's own webhook handler", async () => {
    const bot = botWith((ctx) => ctx.reply(`You said ${ctx.msg?.text}`));
    bot.botInfo = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;
    const tg = telegram(bot, {
      via: 'webhook',
      webhook: { handler: webhookCallback(bot, 'http') },
    });
    try {
      const anna = tg.user('Anna');
      await anna.sends('/go');
      await anna.sends('hello');
      anna.sees('You said hello');
      expect(tg.calls.some(({ method }) => method === 'sendMessage')).toBe(true);
    } finally {
      await tg.stop();
    }
  });
});
