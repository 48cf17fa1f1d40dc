/** Both frameworks under one set of words, so that one scenario runs on each. */

import type { FsmContext, FsmStorage, Machine, MachineOptions, Target } from '@telefsm/core';
import type { AnyMachine } from '@telefsm/core/adapter';
import * as g from '@telefsm/grammy';
import * as t from '@telefsm/telegraf';
import { Bot, type Context as GrammyContext } from 'grammy';
import { Telegraf, type Context as TelegrafContext } from 'telegraf';

/** One update, as a scenario's handler sees it. */
export interface Talk {
  /** The framework's own context. */
  readonly ctx: object;
  /** The FSM at its default property. */
  readonly fsm: FsmContext;
  /** Empty for an update that is no text message. */
  readonly text: string;
  say(text: string): Promise<unknown>;
  /** Answers the callback query. */
  answer(text: string): Promise<unknown>;
}

/** A handler of a scenario. */
export type Handler = (talk: Talk, next: () => Promise<void>) => unknown;

/** Where a scenario registers handlers: a bot, or a composer with branches by state. */
export interface Place {
  use(handler: Handler): void;
  command(name: string, handler: Handler): void;
  /** The framework's filter by state. */
  inState(targets: readonly [Target, ...Target[]], handler: Handler): void;
}

/** A composer with branches by state. */
export interface Form extends Place {
  /** A branch; with a handler on it, if one is given. */
  state(targets: readonly [Target, ...Target[]], handler?: Handler): Form;
}

/** A scene of the framework. */
export interface SceneUnderTest extends Form {
  readonly scene: never;
  enter(handler: Handler): void;
  leave(handler: Handler): void;
  resume(handler: Handler): void;
}

/** Options of any machine. */
export type Options = Omit<Partial<MachineOptions<never, never, never>>, 'states' | 'scenes'> & {
  readonly states?: readonly unknown[];
  readonly scenes?: readonly unknown[];
  readonly services?: unknown;
  readonly storage?: FsmStorage;
};

/** A machine of either adapter. */
export type AnyFsm = Machine & {
  inFilter(targets: readonly [Target, ...Target[]], handler: Handler): void;
};

/** A bot in the making. */
export interface BotUnderTest extends Place {
  /** The framework's bot: for the chat driver. */
  readonly bot: { handleUpdate(update: never): Promise<unknown> };
  /** The errors that have reached the framework's error handler. */
  readonly errors: unknown[];
  /** Makes a machine and installs it here. */
  fsm(options?: Options): AnyFsm;
  /** Registers a composer here. */
  add(form: Form): void;
  /** The same error handler as every bot has: it notes, and goes on. */
  noteErrors(): void;
  handle(update: object): Promise<unknown>;
}

/** One of the frameworks. */
export interface Framework {
  readonly name: 'grammY' | 'Telegraf';
  /** Where this framework shows the FSM. */
  readonly properties: readonly string[];
  /** @param id - of the bot; 1 if left out */
  bot(id?: number): BotUnderTest;
  form(): Form;
  scene(id: string, options?: object): SceneUnderTest;
}

const infoOf = (id: number) =>
  ({ id, is_bot: true as const, first_name: 'Bot', username: 'test_bot' }) as never;

type Loose = (...parameters: never[]) => unknown;
interface Usable {
  use(...handlers: never[]): unknown;
  command(name: never, ...handlers: never[]): unknown;
}

export const grammy: Framework = {
  name: 'grammY',
  properties: ['state', 'fsm'],
  bot(id = 1) {
    const bot = new Bot<g.FsmFlavor<GrammyContext>>(`${id}:test`, { botInfo: infoOf(id) });
    const errors: unknown[] = [];
    return {
      bot,
      errors,
      ...grammyPlace(bot as never),
      fsm(options) {
        const machine = g.fsm((options ?? {}) as never) as AnyMachine as g.GrammyMachine<
          GrammyContext,
          g.AnyState
        >;
        bot.use(machine as never);
        return Object.assign(machine as never as Machine, {
          inFilter: (targets: readonly [Target, ...Target[]], handler: Handler) =>
            void bot.filter(machine.inState(...targets) as never, grammyHandler(handler) as never),
        });
      },
      add: (form) => void bot.use((form as never as { composer: never }).composer),
      noteErrors: () => bot.catch(({ error }) => void errors.push(error)),
      handle: (update) => bot.handleUpdate(update as never),
    };
  },
  form: () => grammyForm(new g.FsmComposer()),
  scene(id, options) {
    const scene = new g.Scene<g.FsmFlavor<GrammyContext>>(id, options as never);
    return {
      ...grammyForm(scene as never),
      scene: scene as never,
      enter: (handler) => void scene.enter(grammyHandler(handler) as never),
      leave: (handler) => void scene.leave(grammyHandler(handler) as never),
      resume: (handler) => void scene.resume(grammyHandler(handler) as never),
    };
  },
};

function grammyHandler(handler: Handler): Loose {
  return (ctx: g.FsmFlavor<GrammyContext>, next: () => Promise<void>) => handler(talkOf(ctx), next);
}

function grammyPlace(place: Usable & { filter(...parameters: never[]): unknown }): Place {
  return {
    use: (handler) => void place.use(grammyHandler(handler) as never),
    command: (name, handler) => void place.command(name as never, grammyHandler(handler) as never),
    inState: (targets, handler) =>
      void place.filter(g.inState(...targets) as never, grammyHandler(handler) as never),
  };
}

function grammyForm(composer: g.FsmComposer<g.FsmFlavor<GrammyContext>>): Form {
  return {
    ...grammyPlace(composer as never),
    state: (targets, handler) =>
      grammyForm(
        composer.state(
          targets as never,
          ...((handler ? [grammyHandler(handler)] : []) as never[]),
        ) as never,
      ),
    composer,
  } as Form;
}

export const telegraf: Framework = {
  name: 'Telegraf',
  properties: ['fsm'],
  bot(id = 1) {
    const bot = new Telegraf<t.FsmFlavor<TelegrafContext>>(`${id}:test`);
    bot.botInfo = infoOf(id);
    const errors: unknown[] = [];
    return {
      bot,
      errors,
      ...telegrafPlace(bot as never),
      fsm(options) {
        const machine = t.fsm((options ?? {}) as never) as AnyMachine as t.TelegrafMachine<
          TelegrafContext,
          t.AnyState
        >;
        bot.use(machine as never);
        return Object.assign(machine as never as Machine, {
          inFilter: (targets: readonly [Target, ...Target[]], handler: Handler) =>
            void bot.use(machine.inState(targets as never, telegrafHandler(handler) as never)),
        });
      },
      add: (form) => void bot.use((form as never as { composer: never }).composer),
      noteErrors: () => void bot.catch((error) => void errors.push(error)),
      handle: (update) => bot.handleUpdate(update as never),
    };
  },
  form: () => telegrafForm(new t.FsmComposer()),
  scene(id, options) {
    const scene = new t.Scene<t.FsmFlavor<TelegrafContext>>(id, options as never);
    return {
      ...telegrafForm(scene as never),
      scene: scene as never,
      enter: (handler) => void scene.enter(telegrafHandler(handler) as never),
      leave: (handler) => void scene.leave(telegrafHandler(handler) as never),
      resume: (handler) => void scene.resume(telegrafHandler(handler) as never),
    };
  },
};

function telegrafHandler(handler: Handler): Loose {
  return (ctx: t.FsmFlavor<TelegrafContext>, next: () => Promise<void>) =>
    handler(talkOf(ctx), next);
}

function telegrafPlace(place: Usable): Place {
  return {
    use: (handler) => void place.use(telegrafHandler(handler) as never),
    command: (name, handler) =>
      void place.command(name as never, telegrafHandler(handler) as never),
    inState: (targets, handler) =>
      void place.use(t.inState(targets as never, telegrafHandler(handler) as never) as never),
  };
}

function telegrafForm(composer: t.FsmComposer<t.FsmFlavor<TelegrafContext>>): Form {
  return {
    ...telegrafPlace(composer as never),
    state(targets, handler) {
      const branch = composer.state(targets as never);
      if (handler) branch.use(telegrafHandler(handler) as never);
      return telegrafForm(branch as never);
    },
    composer,
  } as Form;
}

function talkOf(ctx: {
  readonly fsm: FsmContext;
  readonly update: object;
  reply(text: string): Promise<unknown>;
  answerCallbackQuery?: (text: string) => Promise<unknown>;
  answerCbQuery?: (text: string) => Promise<unknown>;
}): Talk {
  return {
    ctx,
    get fsm() {
      return ctx.fsm;
    },
    text: (ctx.update as { readonly message?: { readonly text?: string } }).message?.text ?? '',
    say: (text) => ctx.reply(text),
    answer: (text) =>
      (ctx.answerCbQuery ?? ctx.answerCallbackQuery)?.call(ctx, text) as Promise<unknown>,
  };
}

/** For `describe.each`. */
export const frameworks: readonly (readonly [string, Framework])[] = [grammy, telegraf].map(
  (framework) => [framework.name, framework],
);

/** A text message of a user, by default in the private chat. */
export function textUpdate(
  update_id: number,
  text: string,
  { user = 5, chat = user }: { readonly user?: number; readonly chat?: number } = {},
): object {
  const type = chat === user ? 'private' : 'supergroup';
  return {
    update_id,
    message: {
      message_id: update_id,
      date: 1,
      chat: { id: chat, type, title: 'Chat', first_name: 'User' },
      from: { id: user, is_bot: false, first_name: 'User' },
      text,
    },
  };
}
