/** One input on its way through a tree: what its functions share, and the turns that they give to the author's. */

import type { Awaitable } from '@telefsm/core';
import { CommandError, type CommandErrorArgs } from './errors.ts';
import { type FlagsPort, WorkingFlags } from './flags.ts';
import type { CommandNode, TreeNode } from './nodes.ts';
import type { OptionsPort } from './options.ts';
import { Output } from './output.ts';
import type { FoundPosition } from './position.ts';
import { type Limited, type Settled, within } from './time-limit.ts';

/** The options of one run of a tree: its services, the permissions of its user, and a signal. */
export interface RunOptions {
  readonly services: unknown;
  /** Whether this user may use a command; without it every command. */
  readonly allows?: ((command: CommandNode) => boolean) | undefined;
  /** Aborted when nobody needs the result any more. Actions get it. */
  readonly signal?: AbortSignal | undefined;
  /** User name of this bot: `/buy@other` is then for somebody else. */
  readonly bot?: string | undefined;
}

/** One input on its way. */
export class Run implements FlagsPort, OptionsPort {
  readonly tree: TreeNode;
  readonly position: FoundPosition;
  readonly options: RunOptions;
  readonly messages: Output;
  readonly flags: WorkingFlags;

  constructor(tree: TreeNode, position: FoundPosition, options: RunOptions) {
    this.tree = tree;
    this.position = position;
    this.options = options;
    this.messages = new Output(tree);
    this.flags = new WorkingFlags(position.state, position.flags, this);
  }

  get hookTurn(): object {
    return { say: this.messages.say, services: this.options.services };
  }

  get outer(): RunOptions {
    return this.options;
  }

  turn(own: Limited, key: string): object {
    return common(this, own, { key });
  }

  fail<Code extends keyof CommandErrorArgs>(
    code: Code,
    args: CommandErrorArgs[Code],
    cause?: { readonly cause: unknown },
  ): CommandError<Code> {
    return new CommandError(code, args, { ...cause, output: this.messages.output() });
  }
}

/** Builds the turn of conditions, setters, finders and actions, with members that only some of them have. */
export function common<More extends object>(run: Run, own: Limited, more?: More): object & More {
  return Object.assign(new SharedTurn(run, own), more);
}

/** A class for its getter: the engine would keep one of an object literal, and the whole turn with it, long after the turn has ended. */
class SharedTurn {
  readonly flags: WorkingFlags['view'];
  readonly say: Output['say'];
  readonly services: unknown;
  readonly #own: Limited;

  constructor({ flags, messages, options }: Run, own: Limited) {
    this.flags = flags.view;
    this.say = messages.say;
    this.services = options.services;
    this.#own = own;
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }
}

/** Runs a function of the author's within the time limit of actions. */
export function limited<T>(
  current: Run,
  work: (own: Limited) => Awaitable<T>,
): Awaitable<Settled<T>> {
  const { clock, actionTimeout: ms } = current.tree;
  return within({ clock, ms, outer: current.options }, work);
}
