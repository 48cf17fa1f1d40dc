/** Scenes, wizards and sessions of both frameworks under one set of words, so that one scenario runs on each. */

import type { AnyScene, FsmContext, FsmStorage, Machine } from '@telefsm/core';
import * as g from '@telefsm/grammy';
import * as grammyScenes from '@telefsm/grammy/scenes';
import * as t from '@telefsm/telegraf';
import * as telegrafScenes from '@telefsm/telegraf/scenes';
import { Bot } from 'grammy';
import * as telegraf from 'telegraf';

/** The members of either context that a scenario's handlers use. */
export interface StageContext {
  session: Record<string, unknown> | undefined;
  readonly scene: {
    readonly session: Record<string, unknown>;
    state: Record<string, unknown>;
    readonly current: { readonly id: string } | undefined;
    enter(id: string, state?: object, silent?: boolean): Promise<unknown>;
    reenter(): Promise<unknown> | undefined;
    leave(): Promise<void>;
    reset(): void;
  };
  readonly wizard: {
    readonly state: Record<string, unknown>;
    cursor: number;
    selectStep(index: number): unknown;
    next(): unknown;
    back(): unknown;
    readonly steps: readonly StageHandler[];
  };
  readonly match?: readonly string[];
  readonly fsm: FsmContext;
  readonly message?: { readonly text?: string };
  reply(text: string): Promise<unknown>;
}

/** A handler of a scenario. */
export type StageHandler = (ctx: StageContext, next: () => Promise<void>) => unknown;

/** The methods that scenes and stages share. */
export interface Handles {
  use(...handlers: StageHandler[]): unknown;
  command(name: string, ...handlers: StageHandler[]): unknown;
  hears(trigger: RegExp, ...handlers: StageHandler[]): unknown;
}

/** A scene of either framework. */
export interface SceneOfEither extends Handles {
  readonly id: string;
  ttl?: number | undefined;
  enter(...handlers: StageHandler[]): unknown;
  leave(...handlers: StageHandler[]): unknown;
}

type Make<R> = new (...parameters: never[]) => R;

/** The options of a session in these scenarios. */
export interface SessionSettings {
  readonly storage?: FsmStorage;
  readonly store?: object;
  readonly machine?: object;
  readonly stage?: object;
  readonly property?: string;
  readonly getSessionKey?: (ctx: StageContext) => string | undefined;
  readonly defaultSession?: () => object;
  readonly ttl?: string;
  readonly clock?: object;
}

/** One of the frameworks. */
export interface StageFramework {
  readonly name: 'grammY' | 'Telegraf';
  bot(): Handles & {
    /** The framework's bot: for the chat driver. */
    readonly bot: never;
    /** The errors that have reached the framework's error handler. */
    readonly errors: unknown[];
  };
  session(settings?: SessionSettings): StageHandler;
  scene(id: string, options?: object): SceneOfEither;
  wizard(id: string, ...steps: StageHandler[]): SceneOfEither;
  stage(
    scenes: readonly (SceneOfEither | AnyScene)[],
    options?: object,
  ): Handles & {
    register(...scenes: SceneOfEither[]): unknown;
    asScenes(): readonly AnyScene[];
  };
  readonly Stage: {
    enter(...parameters: Parameters<StageContext['scene']['enter']>): StageHandler;
    reenter(): StageHandler;
    leave(): StageHandler;
  };
  step(name: string, handler: StageHandler, options?: { readonly was?: string }): StageHandler;
  selectStep(ctx: StageContext, name: string): void;
  fsm(options?: object): StageHandler & Machine;
}

const me = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;

/** The exports of both modules, as far as they are used here. */
interface ScenesModule {
  readonly Scenes: {
    readonly BaseScene: unknown;
    readonly Stage: unknown;
    readonly WizardScene: unknown;
  };
  readonly session: unknown;
  readonly step: unknown;
  selectStep(ctx: { readonly wizard: object }, name: string): void;
}

function frameworkOf(
  name: StageFramework['name'],
  scenes: ScenesModule,
  fsm: unknown,
  bot: StageFramework['bot'],
): StageFramework {
  const { BaseScene, Stage, WizardScene } = scenes.Scenes;
  const made = <R>(type: unknown, ...parameters: readonly unknown[]): R =>
    new (type as Make<R>)(...(parameters as never[]));
  return {
    name,
    bot,
    session: scenes.session as StageFramework['session'],
    scene: (id, options) => made(BaseScene, id, options),
    wizard: (id, ...steps) => made(WizardScene, id, ...steps),
    stage: (list, options) => made(Stage, list, options),
    Stage: Stage as StageFramework['Stage'],
    step: scenes.step as StageFramework['step'],
    selectStep: (ctx, id) => scenes.selectStep(ctx, id),
    fsm: fsm as StageFramework['fsm'],
  };
}

/** Both. */
export const stageFrameworks: readonly StageFramework[] = [
  frameworkOf('grammY', grammyScenes, g.fsm, () => {
    const bot = new Bot('1:test', { botInfo: me });
    const errors: unknown[] = [];
    return Object.assign(bot as never as Handles, { bot: bot as never, errors });
  }),
  frameworkOf('Telegraf', telegrafScenes, t.fsm, () => {
    const bot = new telegrafScenes.Telegraf('1:test');
    bot.botInfo = me;
    const errors: unknown[] = [];
    return Object.assign(bot as never as Handles, { bot: bot as never, errors });
  }),
];

/** Telegraf with its own scenes and sessions: the scenarios that a moved-in bot must play in the same way. */
export const telegrafItself: StageFramework = frameworkOf(
  'Telegraf',
  { ...telegrafScenes, Scenes: telegraf.Scenes, session: telegraf.session },
  t.fsm,
  () => {
    const bot = new telegraf.Telegraf('1:test');
    bot.botInfo = me;
    return Object.assign(bot as never as Handles, { bot: bot as never, errors: [] });
  },
);

/** The text of a message. */
export const textOf = (ctx: StageContext): string => ctx.message?.text ?? '';
