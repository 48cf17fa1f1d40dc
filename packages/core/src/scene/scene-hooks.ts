/** Scenes of a framework: hooks and middleware that run with the framework's context, as what the engine asks of a scene. */

import { checkOption, checkOptions } from '#option-checks';
import { sceneError } from '../base/area-errors.ts';
import { type JsonObject, noData } from '../base/json.ts';
import { invalidOption, schematic, textual } from '../base/rules.ts';
import type { Schema } from '../base/schema.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { SceneBehavior, SceneRun } from '../conversation/behavior.ts';
import { type AnyGroup, namesOf } from '../conversation/states.ts';
import { sceneEngine } from '../engine/engine.ts';
import type { ContextMiddleware } from '../state/branches.ts';
import { checkData } from './check-data.ts';
import { ownState } from './own-state.ts';

/** The options of a framework's `Scene`. */
export interface SceneOptions<Data extends object> {
  /** Checks the data with which it is entered, and data read back: any Standard Schema. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever a schema takes; only what it gives matters
  readonly data?: Schema<any, Data>;
  /** Its states, the first of which it begins in; without them it has one, of its own name. */
  readonly states?: AnyGroup;
  /** Former ids. */
  readonly was?: string | readonly string[];
  /** Whether updates that its handlers do not take continue to the bot's other middleware. Default `"pass"`. */
  readonly otherUpdates?: 'pass' | 'block';
}

/** The hooks of a framework's scene, and the name of what each one gets. */
interface Events {
  readonly enter: 'params';
  readonly leave: 'reason';
  readonly resume: 'result';
}

/** The hooks of a framework's scene. They are looked up when they are needed, because bots register them after the scene is made. */
export interface SceneHooks<C extends object> {
  hook(name: keyof Events): ContextMiddleware<C> | undefined;
  readonly handle: ContextMiddleware<C>;
}

/** A framework's scene with its hooks. */
export interface HookedScene {
  readonly behavior: SceneBehavior;
  readonly group: AnyGroup['~group'];
}

/**
 * Makes a scene of hooks that need a framework's context.
 *
 * Outside an update there is none: a hook that would have to run then fails, and with it the work that called for it.
 *
 * @throws FsmError `INVALID_OPTION` for `states` without a state, and for what an option does not take
 */
export function hookedScene<C extends object>(
  id: string,
  options: SceneOptions<object>,
  hooks: SceneHooks<C>,
): HookedScene {
  checkOption('id of the scene', id, textual);
  checkOptions(`${id} `, options, { data: schematic }, 'states was otherUpdates');
  const { data: schema, otherUpdates } = options;
  const group = options.states?.['~group'] ?? { id, states: [ownState(id, [])] };
  const [first] = group.states;
  if (first === undefined) {
    throw invalidOption(
      `states of the scene '${id}'`,
      'a group with at least one state',
      `the empty group '${group.id}'`,
    );
  }

  async function notify<Name extends keyof Events>(
    { ctx }: SceneRun,
    name: Name,
    property: Events[Name],
    value: unknown,
  ): Promise<void> {
    const hook = hooks.hook(name);
    if (hook === undefined) return;
    if (ctx === undefined) throw sceneError('NO_CONTEXT', { scene: id, hook: name });
    await withProperty(ctx as C, property, value, () => hook(ctx as C, nothing));
  }

  const behavior: SceneBehavior = {
    engine: sceneEngine,
    was: namesOf(options.was),
    states: group.states,
    settable: true,
    quiet: true,
    first: () => first.id,
    ...(schema && { check: (data: JsonObject) => checkData(schema, id, data) }),
    enter: (run, params) => notify(run, 'enter', 'params', params),
    leave: (run, reason) => notify(run, 'leave', 'reason', reason),
    resume: (run, result) =>
      hooks.hook('resume') === undefined
        ? notify(run, 'enter', 'params', noData)
        : notify(run, 'resume', 'result', result),
    async handle({ ctx }, next) {
      await hooks.handle(ctx as C, otherUpdates === 'block' ? nothing : next);
    },
    describe: () => ({ kind: 'scene', otherUpdates: otherUpdates ?? 'pass' }),
  };
  return { behavior, group };
}

async function nothing(): Promise<void> {}

/** Shows a value on a context while some work runs; the value before comes back. */
async function withProperty(
  ctx: object,
  name: string,
  value: unknown,
  work: () => Awaitable<unknown>,
): Promise<void> {
  const before = Object.getOwnPropertyDescriptor(ctx, name);
  Object.defineProperty(ctx, name, { value, configurable: true, writable: true });
  try {
    await work();
  } finally {
    if (before === undefined) Reflect.deleteProperty(ctx, name);
    else Object.defineProperty(ctx, name, before);
  }
}
