/** Class use, as with dependency injection: handlers as methods, the machine a provider. */

import type { AnyMachine } from '@telefsm/core/adapter';
import { type FsmFlavor, flow, fsm, inState, Scene, state, states, typed } from '@telefsm/telegraf';
import { Composer, type Context, Telegraf } from 'telegraf';
import { message } from 'telegraf/filters';

// decorators stand-ins
const Injectable =
  () => (_: new (...parameters: never[]) => unknown, __: ClassDecoratorContext) => {};

const Form = states('Form', { name: state(), age: state<{ name: string }>() });
interface Services {
  users: UsersService;
}
export const onboarding = flow('onboarding', { services: typed<Services>() }) // a module constant; what it needs is injected by `services`
  .ask('email', {
    prompt: 'E-mail?',
    validate: async (text, _a, { services }) => ((await services.users.exists(text)) ? text : text),
  })
  .done(async (a, { services, subject }) => {
    await services.users.save(subject.user, a.email);
    return 'Saved.';
  });
const app = [Form, onboarding] as const;
export type BotContext = FsmFlavor<Context, typeof app>;

@Injectable()
class UsersService {
  async exists(_email: string) {
    return false;
  }
  async save(_id: number | undefined, _email: string) {}
}

@Injectable()
class SettingsScene {
  readonly scene = new Scene<BotContext, { lang: string }>('settings');
  private readonly users: UsersService;
  constructor(users: UsersService) {
    this.users = users;
    this.scene.enter((ctx) => this.onEnter(ctx));
    this.scene.on(message('text'), (ctx) => this.onText(ctx.message.text, ctx));
  }
  private async onEnter(ctx: BotContext) {
    await ctx.reply('…');
  }
  private async onText(text: string, ctx: BotContext) {
    await this.users.save(ctx.from?.id, text);
    ctx.fsm.leave();
  }
}
@Injectable()
class FormUpdate {
  async name(text: string, ctx: BotContext) {
    ctx.fsm.set(Form.age, { name: text });
    await ctx.reply('?');
  }
}
/** The factory of a module. */
export function makeMachine(users: UsersService, settings: SettingsScene) {
  return fsm({ states: app, scenes: [settings.scene], services: { users } });
}
@Injectable()
class Reminder {
  // a cron provider gets the machine itself
  private readonly machine: AnyMachine;
  constructor(machine: AnyMachine) {
    this.machine = machine;
  }
  remind(user: number) {
    return this.machine.at({ user }).run((turn) => turn.state.enter(onboarding));
  }
}
const users = new UsersService(),
  settings = new SettingsScene(users),
  form = new FormUpdate(),
  machine = makeMachine(users, settings);
const bot = new Telegraf<BotContext>('1:T'); // nestjs-telegraf: TelegrafModule.forRootAsync({ middlewares: [machine.middleware()] })
bot.use(machine.middleware());
bot.use(
  inState(
    Form.name,
    Composer.on(message('text'), (ctx) => form.name(ctx.message.text, ctx)),
  ),
);
bot.command('settings', (ctx) => ctx.fsm.enter(settings.scene, { lang: 'en' }));
new Reminder(machine);
