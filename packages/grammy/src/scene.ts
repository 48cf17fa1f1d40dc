/** `Scene`: a place in a conversation that is a Composer with hooks. */

import {
  type DataAt,
  type SceneMembers,
  type SceneOptions,
  sceneClass,
} from '@telefsm/core/adapter';
import type { Context } from 'grammy';
import { FsmComposer } from './composer.ts';
import type { Installed } from './context.ts';

/** The context inside a scene's handlers. */
export type SceneContext<C extends Context, Data extends object> = C &
  DataAt<'state' | 'fsm', Data>;

/** A scene of grammY: the members of {@link FsmComposer}, and the hooks of a scene. */
export interface Scene<
  C extends Context & Installed,
  Data extends object = {},
  Params extends object = {},
> extends FsmComposer<SceneContext<C, Data>>,
    SceneMembers<SceneContext<C, Data>, Data, Params> {}

/**
 * A scene that is a Composer: its handlers run while the conversation is in it, before the bot's other middleware.
 *
 * Register it in `fsm({ scenes })`; enter it by `ctx.state.enter(settings)`. Hooks and handlers need grammY's context, so work outside
 * updates cannot run them: what is entered by a schedule is a node or a flow.
 *
 * @param id - what storage keeps
 * @throws FsmError `INVALID_OPTION` for `states` without a state
 *
 * @example
 * ```ts
 * import { fsm, type FsmFlavor, Scene } from '@telefsm/grammy';
 * import { Bot, type Context } from 'grammy';
 *
 * type MyContext = FsmFlavor<Context>;
 * const settings = new Scene<MyContext, { lang?: string }>('settings');
 * settings.enter((ctx) => ctx.reply('Which language?'));
 * settings.on('message:text', (ctx) => {
 *   ctx.state.update({ lang: ctx.msg.text });
 *   ctx.state.leave();
 * });
 *
 * const bot = new Bot<MyContext>('12345:token');
 * bot.use(fsm({ scenes: [settings] }));
 * bot.command('settings', (ctx) => ctx.state.enter(settings));
 * ```
 */
export const Scene: new <
  C extends Context & Installed,
  Data extends object = {},
  Params extends object = {},
>(
  id: string,
  options?: SceneOptions<Data>,
) => Scene<C, Data, Params> = /* @__PURE__ */ sceneClass(FsmComposer, 'state');
