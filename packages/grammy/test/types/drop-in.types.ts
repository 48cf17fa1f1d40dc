/** Sessions of grammY's documentation with the module specifier changed, conversations, and wizards by Telegraf's names. */

import {
  type Conversation,
  type ConversationFlavor,
  conversations,
  createConversation,
} from '@grammyjs/conversations';
import { conversationStorage, type FsmFlavor, flow, fsm, memoryStorage } from '@telefsm/grammy';
import { Scenes, selectStep, step, session as wizardSession } from '@telefsm/grammy/scenes';
import {
  type Enhance,
  enhanceStorage,
  type LazySessionFlavor,
  lazySession,
  MemorySessionStorage,
  type SessionFlavor,
  session,
} from '@telefsm/grammy/session';
import { Bot, type Context } from 'grammy';

interface Data {
  pizzaCount: number;
}

export function plain(): void {
  const bot = new Bot<Context & SessionFlavor<Data>>('12345:token');
  bot.use(session({ initial: (): Data => ({ pizzaCount: 0 }) }));
  bot.use(
    session({
      initial: (): Data => ({ pizzaCount: 0 }),
      storage: new MemorySessionStorage<Data>(),
      getSessionKey: (ctx) => ctx.from?.id.toString(),
    }),
  );
  bot.use(
    session({
      initial: (): Data => ({ pizzaCount: 0 }),
      storage: enhanceStorage<Data>({ storage: new MemorySessionStorage<Enhance<Data>>() }),
    }),
  );
  bot.use(session({ initial: (): Data => ({ pizzaCount: 0 }), storage: memoryStorage() }));
  bot.command('hunger', (ctx) => ctx.reply(`${ctx.session.pizzaCount}`));
  // @ts-expect-error another session than the context's
  bot.use(session({ initial: () => ({ count: '' }) }));
  const other = new MemorySessionStorage<{ count: string }>();
  // @ts-expect-error an adapter of another session
  bot.use(session({ initial: (): Data => ({ pizzaCount: 0 }), storage: other }));
  // @ts-expect-error no storage
  bot.use(session({ initial: (): Data => ({ pizzaCount: 0 }), storage: new Map() }));
}

export function lazy(): void {
  const bot = new Bot<Context & LazySessionFlavor<Data>>('12345:token');
  bot.use(lazySession({ initial: (): Data => ({ pizzaCount: 0 }) }));
  bot.hears('pizza', async (ctx) => {
    const { pizzaCount } = await ctx.session;
    ctx.session = Promise.resolve({ pizzaCount: pizzaCount + 1 });
  });
}

interface Two {
  cart: { items: string[] };
  prefs: { language: string };
}
export function multi(): void {
  const bot = new Bot<Context & SessionFlavor<Two>>('12345:token');
  bot.use(
    session({
      type: 'multi',
      cart: { initial: () => ({ items: [] as string[] }) },
      prefs: {
        initial: () => ({ language: 'en' }),
        getSessionKey: (ctx) => ctx.from?.id.toString(),
      },
    }),
  );
}

type MyContext = ConversationFlavor<FsmFlavor<Context & SessionFlavor<Data>>>;
export function talking(): void {
  async function order(conversation: Conversation<MyContext>, ctx: Context) {
    await ctx.reply('What would you like?');
    await conversation.waitFor('message:text');
    await conversation.external((outside) => {
      outside.session.pizzaCount += 1;
    });
  }
  const bot = new Bot<MyContext>('12345:token');
  const machine = fsm();
  bot.use(machine);
  bot.use(session({ initial: (): Data => ({ pizzaCount: 0 }), machine }));
  bot.use(conversations({ storage: conversationStorage(machine) }));
  bot.use(createConversation(order));
  bot.command('order', (ctx) => ctx.conversation.enter('order'));
}

interface MyWizardSession extends Scenes.WizardSessionData {
  title?: string;
}
interface WizardContext extends Context {
  session: Scenes.WizardSession<MyWizardSession> & { sent?: number };
  scene: Scenes.SceneContextScene<WizardContext, MyWizardSession>;
  wizard: Scenes.WizardContextWizard<WizardContext>;
}
export function wizards(): void {
  const ticket = new Scenes.WizardScene<WizardContext>(
    'ticket',
    async (ctx) => {
      await ctx.reply('What is wrong?');
      ctx.wizard.next();
    },
    step('details', async (ctx) => {
      ctx.scene.session.title = ctx.msg?.text ?? '';
      ctx.session.sent = (ctx.session.sent ?? 0) + 1;
      selectStep(ctx, 'details');
      // @ts-expect-error not in the wizard's session
      ctx.scene.session.tittle = 'x';
      await ctx.scene.leave();
    }),
  );
  const survey = flow('survey')
    .ask('stars', { prompt: 'Stars?' })
    .done(() => 'Thank you.');
  const bot = new Bot<WizardContext>('12345:token');
  bot.use(wizardSession({ ttl: '7d' }));
  bot.use(new Scenes.Stage<WizardContext, MyWizardSession>([ticket, survey], { ttl: 600 }));
  bot.command('ticket', (ctx) => ctx.scene.enter('ticket'));
  bot.command('late', Scenes.Stage.enter<WizardContext>('survey'));
}
export function stock(): void {
  const hello = new Scenes.BaseScene<Scenes.SceneContext>('hello');
  hello.enter((ctx) => ctx.reply('Hello'));
  const bot = new Bot<Scenes.SceneContext>('12345:token');
  bot.use(wizardSession());
  bot.use(new Scenes.Stage<Scenes.SceneContext>([hello]));
  bot.command('hello', Scenes.Stage.enter<Scenes.SceneContext>('hello'));
  bot.command('bye', Scenes.Stage.leave());
}
