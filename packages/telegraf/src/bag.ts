/** Telegraf's `ctx.state`: it stays the bot's own bag, and forwards to the FSM what the bag does not hold itself. */

import type { FsmContext } from '@telefsm/core';
import { Given } from '@telefsm/core/adapter';

/** Every member of the FSM; the type makes the list complete. */
const members: { readonly [M in Exclude<keyof FsmContext, '~all'>]: true } = {
  key: true,
  current: true,
  history: true,
  data: true,
  view: true,
  is: true,
  set: true,
  update: true,
  replace: true,
  edit: true,
  get: true,
  clear: true,
  next: true,
  previous: true,
  enter: true,
  call: true,
  back: true,
  leave: true,
  cancel: true,
  reenter: true,
  expire: true,
  commit: true,
  afterCommit: true,
  followPoll: true,
};

/** One prototype for all bags; which FSM a bag forwards to is in the bag itself. */
const forwarding: object = /* @__PURE__ */ makePrototype();

function makePrototype(): object {
  const all = Object.keys(members).map((name) => [name, forwarded(name)] as const);
  return Object.create(Object.prototype, Object.fromEntries(all));
}

/**
 * Lets a bag forward to an FSM: reads reach it, bound; a write makes an own property of the bag and never reaches it.
 *
 * A bag of a class of the bot's own, or a frozen one, is left as it is. One that several contexts share (`bot.context.state`) forwards
 * nothing from the second context on.
 */
export function forward(bag: unknown, fsm: FsmContext): void {
  if (typeof bag !== 'object' || bag === null) return;
  const before: unknown = Object.getPrototypeOf(bag);
  if (before !== forwarding) {
    if (before !== Object.prototype || !Object.isExtensible(bag)) return;
    Object.setPrototypeOf(bag, forwarding);
  }
  Forwarded.to(bag, fsm);
}

function forwarded(name: string): PropertyDescriptor {
  return {
    configurable: true,
    get(this: object) {
      const fsm = Forwarded.of(this);
      const value: unknown = fsm && Reflect.get(fsm, name);
      return typeof value === 'function' ? value.bind(fsm) : value;
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    },
  };
}

/** A private field on a bag that others made: nothing that copies or prints the bag can see it, and it costs next to nothing. */
class Forwarded extends Given {
  /** `undefined` if several contexts share the bag: it would lead one user's handler to another user's state. */
  #fsm: FsmContext | undefined;

  private constructor(bag: object, fsm: FsmContext) {
    super(bag);
    this.#fsm = fsm;
  }

  static to(bag: object, fsm: FsmContext): void {
    if (#fsm in bag) bag.#fsm = undefined;
    else new Forwarded(bag, fsm);
  }

  static of(bag: object): FsmContext | undefined {
    return #fsm in bag ? bag.#fsm : undefined;
  }
}
