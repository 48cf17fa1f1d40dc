/** `ctx.wizard`: the step that a user is at, by number or by name. */

import { invalidTarget } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import { namesOf } from '../conversation/states.ts';
import type { AnyMiddleware } from '../scene/scene-class.ts';
import type { ContextMiddleware } from '../state/branches.ts';
import type { SceneControl } from './scene-control.ts';

/** Marks a step that has a name. */
const named = Symbol.for('telefsm.step');

interface StepName {
  readonly name: string;
  readonly was: readonly string[];
}

/** Options of a named step. */
export interface StepOptions {
  /** Former names: users who are at the step stay there. */
  readonly was?: string | readonly string[];
}

/** Gives a step's middleware a name, which a session keeps in place of its number. */
export function namedStep<C>(
  name: string,
  middleware: AnyMiddleware<C>,
  { was }: StepOptions,
): ContextMiddleware<C> {
  const run = handlerOf(middleware);
  // a name belongs to one step: the same handler may be at another one too
  const handler: ContextMiddleware<C> = (ctx, next) => run(ctx, next);
  const step: StepName = { name, was: namesOf(was) };
  return Object.defineProperty(handler, named, { value: step });
}

function nameOf(step: unknown): StepName | undefined {
  return Object(step)[named] as StepName | undefined;
}

/** The middleware of a step, which may be a Composer. */
function handlerOf<C>(step: AnyMiddleware<C>): ContextMiddleware<C> {
  return typeof step === 'function' ? step : step.middleware();
}

/** The middleware of a wizard: its own handlers, then the current step. Past the last step the scene is left. */
export class WizardChain<C extends object> {
  readonly #wizard: { readonly steps: readonly AnyMiddleware<C>[] };
  readonly #compose: (
    own: ContextMiddleware<C>,
    step: ContextMiddleware<C>,
  ) => ContextMiddleware<C>;
  /** The wizard's own handlers that the chain was made for; frameworks make new ones when a handler is added. */
  #own: ContextMiddleware<C> | undefined;
  #chain: ContextMiddleware<C> | undefined;

  /** @param compose - the framework's own way to run one middleware behind another */
  constructor(
    wizard: { readonly steps: readonly AnyMiddleware<C>[] },
    compose: (own: ContextMiddleware<C>, step: ContextMiddleware<C>) => ContextMiddleware<C>,
  ) {
    this.#wizard = wizard;
    this.#compose = compose;
  }

  /** @param own - the wizard's own handlers */
  behind(own: ContextMiddleware<C>): ContextMiddleware<C> {
    if (this.#chain === undefined || this.#own !== own) {
      this.#own = own;
      this.#chain = this.#chained(own);
    }
    return this.#chain;
  }

  #chained(own: ContextMiddleware<C>): ContextMiddleware<C> {
    const handle = this.#compose(own, (ctx, next) => {
      const { wizard, scene } = partsOf<C>(ctx);
      const { step, steps, cursor } = wizard;
      // the wizard's own handlers have entered another one, which has handled the update
      if (steps !== this.#wizard.steps) return undefined;
      if (step !== undefined) return handlerOf(step)(ctx, next);
      // the wizard's own handlers have left it: the user is elsewhere now
      if (Number.isNaN(cursor)) return undefined;
      wizard.selectStep(0);
      return scene.leave();
    });
    return (ctx, next) => {
      const parts = partsOf<C>(ctx);
      parts.wizard = new WizardControl(parts.scene, this.#wizard.steps);
      return handle(ctx, next);
    };
  }
}

/** The parts of a wizard on the context. */
interface WizardParts<C extends object> {
  readonly scene: SceneControl<C>;
  wizard: WizardControl<C, AnyMiddleware<C>>;
}

function partsOf<C extends object>(ctx: object): WizardParts<C> {
  return ctx as WizardParts<C>;
}

/** `ctx.wizard` of one update. */
class WizardControl<C extends object, Step> {
  /** `ctx.scene.state`. */
  readonly state: object;
  /** The steps in their order; bots run the next one with `ctx.wizard.steps[ctx.wizard.cursor](ctx)`. */
  readonly steps: readonly Step[];

  readonly #scene: SceneControl<C>;

  constructor(scene: SceneControl<C>, steps: readonly Step[]) {
    this.#scene = scene;
    this.steps = steps;
    this.state = scene.state;
    this.cursor = this.#stored();
  }

  /** Number of the step; the first one is 0. `NaN` once the scene was left: no further step runs. */
  get cursor(): number {
    return this.#scene.session.cursor ?? Number.NaN;
  }

  set cursor(cursor: number) {
    const { session } = this.#scene;
    // NaN + 1, after leave(): a session would keep it as null, and the next entry begins at the first step
    if (Number.isNaN(cursor)) delete session.cursor;
    else session.cursor = cursor;
    const name = nameOf(this.steps[cursor])?.name;
    if (name !== undefined) session.step = name;
    else if (session.step !== undefined) delete session.step;
  }

  /** The middleware of the step; `undefined` past the last one. */
  get step(): Step | undefined {
    return this.steps[this.cursor];
  }

  /** Moves to a step by its number; it runs with the next update. */
  selectStep(cursor: number): this {
    this.cursor = cursor;
    return this;
  }

  /**
   * Moves to a step by its name.
   *
   * @throws FsmError `INVALID_TARGET` if no step has it
   */
  selectNamed(name: string): this {
    const at = this.#find(name);
    if (at !== undefined) return this.selectStep(at);
    const names = this.steps.flatMap((step) => nameOf(step)?.name ?? []);
    const expected = `the name of a step: ${names.map(shown).join(', ') || 'none in this wizard'}`;
    throw invalidTarget('selectStep()', expected, shown(name));
  }

  /** Moves to the next step. */
  next(): this {
    return this.selectStep(this.cursor + 1);
  }

  /** Moves to the step before. */
  back(): this {
    return this.selectStep(this.cursor - 1);
  }

  /** A name counts more than a number, which a deploy may have shifted. */
  #stored(): number {
    const { step, cursor } = this.#scene.session;
    return (step === undefined ? undefined : this.#find(step)) ?? cursor ?? 0;
  }

  #find(name: string): number | undefined {
    const steps = this.steps.map(nameOf);
    const own = steps.findIndex((step) => step?.name === name);
    const at = own < 0 ? steps.findIndex((step) => step?.was.includes(name)) : own;
    return at < 0 ? undefined : at;
  }
}

/**
 * Moves to a named step, as `ctx.wizard.selectStep` does by number; the step runs with the next update.
 *
 * @throws FsmError `INVALID_TARGET` if no step of the wizard has the name
 */
export function selectStep(ctx: { readonly wizard: object }, name: string): void {
  (ctx.wizard as WizardControl<object, unknown>).selectNamed(name);
}
