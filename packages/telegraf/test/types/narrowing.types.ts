/** Narrowed handlers, and Telegraf's own scenes beside telefsm. */

import {
  FsmComposer,
  type FsmContext,
  type FsmFlavor,
  fsm,
  inState,
  noState,
  state,
  states,
} from '@telefsm/telegraf';
import { Composer, type Context, Markup, Scenes, session, Telegraf } from 'telegraf';
import { message } from 'telegraf/filters';

const Form = states('Form', {
  name: state(),
  age: state<{ name: string }>(),
  city: state<{ name: string; age: number }>(),
  confirm: state<{ name: string; age: number; city: string }>(),
});

const app = [Form] as const;
type MyContext = FsmFlavor<Context, typeof app>;
const bot = new Telegraf<MyContext>('1:T');

bot.use((ctx, next) => {
  ctx.state['user'] = { role: 'admin' };
  return next();
}); // the bag, as ever
bot.use(fsm({ states: app }));

bot.command('start', async (ctx) => {
  ctx.fsm.set(Form.name); // typed here too
  // @ts-expect-error misspelled
  ctx.fsm.sett(Form.name);
  ctx.state['sett'](Form.name); // compiles: in Telegraf's narrowed handlers ctx.state is the base class's bag
  await ctx.reply('What is your name?');
});
// one-line handlers compile because the verbs return nothing
bot.command('cancel', (ctx) => ctx.fsm.clear());
bot.action('again', (ctx) => ctx.fsm.set(Form.name));

// a) the idiom to teach: a composer with `state`, Telegraf's own filters chained on it
const form = new FsmComposer<MyContext>();
form.state(Form.name).on(message('text'), async (ctx) => {
  const text: string = ctx.message.text;
  // @ts-expect-error name is missing
  ctx.fsm.set(Form.age);
  ctx.fsm.set(Form.age, { name: text });
  await ctx.reply(`How old are you, ${text}?`);
});
form.state(Form.age).hears(/^\d+$/, (ctx) => ctx.fsm.set(Form.city, { age: Number(ctx.match[0]) }));
form.state(Form.age, (ctx, next) => {
  ctx.fsm.data.name.trim();
  return next();
}); // with handlers: returns the composer, as Telegraf's own methods do
form.state([Form.city, Form.confirm], (ctx) => {
  ctx.fsm.data.age.toFixed();
});
bot.use(form);
// b) without a composer
bot.use(
  inState(
    Form.age,
    Composer.on(message('text'), async (ctx) => {
      ctx.fsm.data.name.trim();
      await ctx.reply(ctx.message.text);
    }),
  ),
);
bot.use(
  inState([Form.city, Form.confirm], (ctx, next) => {
    ctx.fsm.data.age.toFixed();
    return next();
  }),
);
// c) inside `on(filter, …)` it compiles too, and costs the compiler 1.7 s per handler (Telegraf's `on` with any generic middleware): never teach it
bot.on(
  message('text'),
  inState(Form.age, (ctx) => {
    ctx.fsm.data.name.trim();
    ctx.message.text.trim();
  }),
);
bot.command(
  'skip',
  inState(Form.name, (ctx) => ctx.fsm.set(Form.age, { name: ctx.payload || 'Anonymous' })),
);
bot.action(
  'yes',
  inState(Form.confirm, async (ctx) => {
    await ctx.editMessageText(`Done, ${ctx.fsm.data.name}!`, Markup.inlineKeyboard([]));
    ctx.fsm.clear();
  }),
);
bot.use(
  Composer.optional<MyContext>(
    (ctx) => ctx.fsm.is(noState),
    (ctx) => ctx.reply('You have no active dialog.'),
  ),
);

// ── existing wizard scenes beside it: an interface, as Telegraf's own guide has it
interface WizardBotContext extends Context {
  fsm: FsmContext<(typeof Form)['age'] | (typeof Form)['name']>;
  session: Scenes.WizardSession;
  scene: Scenes.SceneContextScene<WizardBotContext, Scenes.WizardSessionData>;
  wizard: Scenes.WizardContextWizard<WizardBotContext>;
}
const old = new Scenes.WizardScene<WizardBotContext>(
  'old',
  async (ctx) => {
    ctx.wizard.next();
    await ctx.reply('?');
  },
  (ctx) => ctx.scene.leave(),
);
const stage = new Scenes.Stage<WizardBotContext, Scenes.WizardSessionData>([old]);
const bot2 = new Telegraf<WizardBotContext>('1:T');
bot2.use(session());
bot2.use(fsm({ states: app }));
bot2.use(stage.middleware());
bot2.command('old', (ctx) => ctx.scene.enter('old'));
bot2.command('new', (ctx) => ctx.fsm.set(Form.name));
bot2.use(
  inState(
    Form.age,
    Composer.on(message('text'), (ctx) => {
      ctx.fsm.data.name.trim();
      ctx.message.text.trim();
    }),
  ),
);

// ── the flavor in an interface: own states typed, scenes typed
interface ByInterface extends FsmFlavor<Context, typeof app> {
  session: Scenes.SceneSession;
  scene: Scenes.SceneContextScene<ByInterface>;
}
const bot3 = new Telegraf<ByInterface>('1:T');
bot3.use(session());
bot3.use(fsm({ states: app }));
bot3.use(new Scenes.Stage<ByInterface>([new Scenes.BaseScene<ByInterface>('x')]).middleware());
bot3.use(
  inState(Form.age, (ctx) => {
    ctx.fsm.set(Form.city, { age: 1 });
    return ctx.scene.enter('x');
  }),
);
// `FsmFlavor<Scenes.SceneContext>` is refused by Telegraf's own self-referential constraint:
// @ts-expect-error a context that names itself
new Scenes.Stage<FsmFlavor<Scenes.SceneContext, typeof app>>([]);
