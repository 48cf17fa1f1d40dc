/** The parts of a tree at run time. */

import type { Awaitable, Clock, Schema, State } from '@telefsm/core';

/** A tree with everything that was defined on it. */
export interface TreeNode {
  readonly id: string;
  readonly description: string | undefined;
  readonly nonExactMatch: boolean;
  /** Whether it answers /help itself. */
  readonly help: boolean;
  readonly clock: Clock;
  /** Ms; 0 for no limit. */
  readonly actionTimeout: number;
  /** Ms; 0 for no limit. */
  readonly optionTimeout: number;
  readonly format: (template: string, ...values: readonly unknown[]) => string;
  readonly join: (...messages: readonly string[]) => string;
  readonly root: StateNode;
  /** Global commands by the folded form of each name. */
  readonly globals: Map<string, CommandNode>;
  /** Every state, in the order of definition. */
  readonly states: Map<string, StateNode>;
  /** The same for core. */
  readonly members: readonly State[];
  /** Every command by id, in the order of definition. */
  readonly commands: Map<string, CommandNode>;
}

/** One state: a slot of its public object, and of the runtime states that actions see. */
export interface StateNode {
  readonly id: string;
  readonly parent: StateNode | undefined;
  /** Its commands by the folded form of each name. */
  readonly commands: Map<string, CommandNode>;
  readonly flags: Map<string, FlagNode>;
  /** States one level below. */
  readonly below: Set<StateNode>;
  find: ((input: string, turn: unknown) => unknown) | undefined;
  /** The state as actions see it. */
  readonly shown: RuntimeNode;
}

/** A state as actions see it. */
export interface RuntimeNode {
  readonly id: string;
  readonly parent: RuntimeNode | undefined;
  readonly '~tree-state': StateNode;
}

/** One flag of a state. */
export interface FlagNode {
  readonly name: string;
  readonly initial: unknown;
  readonly onChange:
    | ((value: unknown, before: unknown, turn: unknown) => Awaitable<void>)
    | undefined;
}

/** One command: the slot of its public object. */
export interface CommandNode {
  readonly id: string;
  readonly names: readonly string[];
  readonly tree: TreeNode;
  /** Where it is defined; `undefined` for a global command. */
  readonly state: StateNode | undefined;
  /** Its public object. */
  readonly handle: object;
  readonly options: OptionNode[];
  /** Options by name and by alias. */
  readonly keys: Map<string, OptionNode>;
  readonly states: Map<string, StateNode>;
  /** States that its action may lead to beside the ordinary ones. */
  readonly edges: Set<StateNode>;
  description: string | undefined;
  condition: ((turn: unknown) => unknown) | undefined;
  action: ((turn: unknown) => unknown) | undefined;
  failure: ((error: unknown, turn: unknown) => unknown) | undefined;
}

/** One option of a command. */
export interface OptionNode {
  readonly name: string;
  readonly description: string | undefined;
  /** Makes the value of an option that was not given; each call gives a fresh one. */
  readonly fallback: ((turn: unknown) => unknown) | undefined;
  readonly schema: Schema | undefined;
  readonly set: ((value: unknown, turn: unknown) => unknown) | undefined;
  readonly prompt: string | ((turn: unknown) => Awaitable<string>) | undefined;
}

/** A state and its parents, the root last. */
export function pathOf(state: StateNode): readonly StateNode[] {
  const path: StateNode[] = [];
  for (let at: StateNode | undefined = state; at; at = at.parent) path.push(at);
  return path;
}

/** Whether a state is another one, or below it. */
export function isWithin(state: StateNode, outer: StateNode): boolean {
  for (let at: StateNode | undefined = state; at; at = at.parent) if (at === outer) return true;
  return false;
}

/** The name under which a command is spoken of. */
export function nameOf(command: CommandNode): string {
  return command.names[0] as string;
}
