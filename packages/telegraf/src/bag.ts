/** Telegraf's `ctx.state`: it stays the bot's own bag, and forwards to the FSM what the bag does not hold itself. */

import type { FsmContext } from '@telefsm/core';

const held: unique symbol = Symbol('telefsm.fsm');

interface Bag {
  readonly [held]?: FsmContext;
}

/** Every member of the FSM; the type makes the list complete. */
const members: { readonly [M in Exclude<keyof FsmContext, '~all'>]: true } = {
  key: true,
  current: true,
  data: true,
  view: true,
  is: true,
  set: true,
  update: true,
  replace: true,
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
};

/** One prototype for all bags: the FSM itself stands in the bag, under a symbol. */
const forwarding: object = Object.create(
  Object.prototype,
  Object.fromEntries(Object.keys(members).map((name) => [name, forwarded(name)])),
);

/**
 * Lets a bag forward to an FSM: reads reach it, bound; a write makes an own property of the bag and never reaches it.
 *
 * A bag of a class of the bot's own is left as it is.
 */
export function forward(bag: unknown, fsm: FsmContext): void {
  if (typeof bag !== 'object' || bag === null) return;
  if (Object.getPrototypeOf(bag) !== Object.prototype) return;
  if (!Reflect.defineProperty(bag, held, { value: fsm, configurable: true })) return;
  Object.setPrototypeOf(bag, forwarding);
}

function forwarded(name: string): PropertyDescriptor {
  return {
    configurable: true,
    get(this: Bag) {
      const fsm = this[held];
      if (fsm === undefined) return undefined;
      const value: unknown = Reflect.get(fsm, name);
      return typeof value === 'function' ? value.bind(fsm) : value;
    },
    set(this: Bag, value: unknown) {
      Object.defineProperty(this, name, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    },
  };
}
