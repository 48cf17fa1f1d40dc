/** The typed bots of Telegraf's documentation, with the module specifier changed. */

import { flow, fsm } from '@telefsm/telegraf';
import {
  Composer,
  type Context,
  Markup,
  Scenes,
  type SessionStore,
  selectStep,
  session,
  step,
  Telegraf,
} from '@telefsm/telegraf/scenes';
import { message } from 'telegraf/filters';

// A session of the bot's own
interface SessionData {
  messageCount: number;
}
interface SessionContext extends Context {
  session?: SessionData;
}
export function sessionBot(store: SessionStore<SessionData>): void {
  const bot = new Telegraf<SessionContext>('12345:token');
  bot.use(session());
  bot.use(session({ defaultSession: () => ({ messageCount: 0 }), store, ttl: '30d' }));
  bot.on('message', async (ctx) => {
    ctx.session ??= { messageCount: 0 };
    ctx.session.messageCount += 1;
    await ctx.reply(`Seen: ${ctx.session.messageCount}`);
  });
  // @ts-expect-error a default session of another type
  bot.use(session<SessionData, SessionContext>({ defaultSession: () => ({ messages: 0 }) }));
  // @ts-expect-error a length of time that is none
  bot.use(session({ ttl: 'soon' }));
}

// Two sessions
interface TwoSessions extends Context {
  session: { count: number };
  chatSession: { chatCount: number };
}
export function twoSessionsBot(): void {
  const bot = new Telegraf<TwoSessions>('12345:token');
  bot.use(session({ defaultSession: () => ({ count: 0 }) }));
  bot.use(
    session({
      property: 'chatSession',
      getSessionKey: (ctx) => ctx.chat && String(ctx.chat.id),
      defaultSession: () => ({ chatCount: 0 }),
    }),
  );
  bot.on('message', (ctx) => ctx.reply(`${ctx.session.count} ${ctx.chatSession.chatCount}`));
}

// Scenes with the stock context
export function sceneBot(): void {
  const { enter, leave } = Scenes.Stage;
  const greeter = new Scenes.BaseScene<Scenes.SceneContext>('greeter');
  greeter.enter((ctx) => ctx.reply('Hi'));
  greeter.leave((ctx) => ctx.reply('Bye'));
  greeter.hears('hi', enter<Scenes.SceneContext>('greeter'));
  greeter.on('message', (ctx) => ctx.replyWithMarkdown('Send `hi`'));
  const bot = new Telegraf<Scenes.SceneContext>('12345:token');
  const stage = new Scenes.Stage<Scenes.SceneContext>([greeter], { ttl: 10 });
  bot.use(session());
  bot.use(stage.middleware());
  bot.command('greeter', (ctx) => ctx.scene.enter('greeter'));
  bot.command('leave', leave<Scenes.SceneContext>());
}

// A wizard whose context has everything of its own
interface MyWizardSession extends Scenes.WizardSessionData {
  title?: string;
}
interface MySession extends Scenes.WizardSession<MyWizardSession> {
  sent: number;
}
interface MyContext extends Context {
  ownContextProp: string;
  session: MySession;
  scene: Scenes.SceneContextScene<MyContext, MyWizardSession>;
  wizard: Scenes.WizardContextWizard<MyContext>;
}
export function wizardBot(): void {
  const choose = new Composer<MyContext>();
  choose.action('next', async (ctx) => {
    await ctx.reply('Next.');
    return ctx.wizard.next();
  });
  const ticket = new Scenes.WizardScene<MyContext>(
    'ticket',
    async (ctx) => {
      await ctx.reply('What is wrong?', Markup.keyboard(['Yes', 'No']));
      return ctx.wizard.next();
    },
    choose,
    step('details', async (ctx) => {
      if (!ctx.has(message('text'))) return;
      ctx.scene.session.title = ctx.message.text;
      ctx.session.sent = (ctx.session.sent ?? 0) + 1;
      selectStep(ctx, 'details');
      // @ts-expect-error not in the wizard's session
      ctx.scene.session.tittle = 'x';
    }),
    async (ctx) => {
      await ctx.reply(`Sent ${ctx.scene.session.title}`);
      return ctx.scene.leave();
    },
  );
  const survey = flow('survey')
    .ask('stars', { prompt: 'Stars?', choices: ['1', '2', '3'] })
    .done(() => 'Thank you.');
  const bot = new Telegraf<MyContext>('12345:token');
  bot.use(fsm({ states: [survey] }) as never);
  bot.use(session());
  bot.use(
    new Scenes.Stage<MyContext, MyWizardSession>([ticket, survey], { ttl: 600 }).middleware(),
  );
  bot.command('ticket', (ctx) => ctx.scene.enter('ticket'));
  bot.command('late', Scenes.Stage.enter<MyContext>('survey'));
  // @ts-expect-error neither a scene nor a flow
  new Scenes.Stage<MyContext, MyWizardSession>([{ id: 'ticket' }]);
}
