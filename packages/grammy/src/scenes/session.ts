/** `session()` with Telegraf's options, so that a bot takes its wizards along when it changes its framework. */

import {
  type SceneSessionOptions as OptionsOf,
  sceneSession,
  shownAt,
} from '@telefsm/core/adapter';
import type { Context, MiddlewareFn } from 'grammy';
import { grammy } from '../port.ts';
import { updateOf } from '../session/absent.ts';

/** Options of {@link session}. */
export type SceneSessionOptions<C extends Context> = OptionsOf<C>;

/**
 * Sessions for scenes and wizards: one for each user in a chat, with the options and the keys of Telegraf.
 *
 * An update without such a key has an empty session that is not kept. grammY's own options, and sessions for each chat, are in `@telefsm/grammy/session`.
 *
 * @throws FsmError `INVALID_OPTION` if `store`, `storage`, `machine` or `stage` is an object of another kind. With the first update:
 *   `INSTALLED_TWICE` if `fsm()` comes after it, `NOT_INSTALLED` if `machine` is not installed before
 */
export function session<C extends Context>(options: SceneSessionOptions<C> = {}): MiddlewareFn<C> {
  const run = sceneSession(options, { updateOf, portOf: grammy.updatePortOf });
  const show = shownAt(options.property ?? 'session', true);
  return (ctx, next) => run(ctx, next, (value) => show(ctx, value ?? { value: undefined }));
}
