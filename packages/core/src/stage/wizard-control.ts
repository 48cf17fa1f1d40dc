/** `ctx.wizard`: the step that a user is at, by number or by name. */

import { invalidTarget } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import { namesOf } from '../conversation/states.ts';
import type { SceneControl } from './scene-control.ts';

/** Marks a step that has a name. */
const named = Symbol.for('telefsm.step');

interface StepName {
  readonly name: string;
  readonly was: readonly string[];
}

/**
 * Gives a step's middleware a name, which a session keeps in place of its number.
 *
 * @param was - former names, so that users who are at the step stay there
 */
export function namedStep<M extends object>(
  name: string,
  middleware: M,
  was: string | readonly string[] | undefined,
): M {
  const step: StepName = { name, was: namesOf(was) };
  return Object.defineProperty(middleware, named, { value: step });
}

function nameOf(step: unknown): StepName | undefined {
  return Object(step)[named] as StepName | undefined;
}

/** `ctx.wizard` of one update. */
export class WizardControl<C extends object, Step> {
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

  /** Number of the step; the first one is 0. */
  get cursor(): number {
    return this.#scene.session.cursor ?? 0;
  }

  set cursor(cursor: number) {
    const { session } = this.#scene;
    session.cursor = cursor;
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
