/** A tree without a bot: text in, text out. */

import { type Awaitable, FsmError, type FsmStorage, memoryStorage, type Turn } from '@telefsm/core';
import { type Reentry, reentryOf } from '@telefsm/core/scene-kit';
import { type ChatMachine, type ChatsOptions, chatMachine, type Waiting } from './chat-machine.ts';
import { describeFound } from './errors.ts';
import type { RunOptions } from './input.ts';
import type { CommandNode, TreeNode } from './nodes.ts';
import type { Outcome } from './perform.ts';
import { allowing, everything } from './permissions.ts';
import type { Position } from './position.ts';
import { run, runCommand } from './run.ts';
import { type CommandTools, outcomeText, toolsOfChat } from './tools.ts';
import type { Allowed, Permissions } from './turn.ts';

/** One user's conversation with a tree. */
export interface Chat {
  /**
   * Handles one line and resolves to the output, or to `undefined` if the input was dropped.
   *
   * @throws CommandError whatever goes wrong with the input, its `output` being what was said before; the position is as before
   * @throws FsmError `COMMIT_UNKNOWN`, `STORAGE_FAILED`, `INVALID_KEY`, `INVALID_OPTION` for what is no text; `REENTERED` inside an action of the same
   *   chat, which would wait for itself
   */
  input(text: string): Promise<string>;
  /** Makes tools of a language model out of the commands; each call is an input of this chat. */
  tools(): CommandTools;
}

/** Options of a chat, as far as they do not depend on the tree. */
export interface ChatSettings {
  /** Where the position is kept; chats on one storage share it, also across processes. Default: where the tree keeps its chats. */
  readonly storage?: FsmStorage;
  /** Commands that this user may use. */
  readonly commands?: Allowed;
  /** The policy for an input while another one of this user runs: wait (the default), be rejected with `LOCK_FAIL`, or be dropped. */
  readonly waiting?: Waiting;
}

/**
 * Makes the function that opens the chats of a tree.
 *
 * @param options - how they are kept, unless a chat names a storage of its own
 * @throws FsmError `INVALID_OPTION`
 */
export function chatsOf(
  tree: TreeNode,
  permissions: Permissions | undefined,
  options: ChatsOptions | undefined,
): (id: string, services: unknown, settings: ChatSettings) => Chat {
  const machineOn = machines(tree, options ?? {});
  // what does not fit fails where the tree is made
  if (options !== undefined) machineOn(undefined, 'queue');
  return (id, services, { storage, commands, waiting = 'queue' }) => {
    mustBeText('id of the chat', id);
    const machine = machineOn(storage, waiting);
    const always = commands === undefined ? everything : allowing(tree, commands);
    const inTurn = async (work: (stored: object, options: RunOptions) => Awaitable<Outcome>) => {
      const outcome = await machine.turn(id, async ({ state, signal }) => {
        const now = permissions ? allowing(tree, await permissions({ id })) : everything;
        const allows = (command: CommandNode) => always(command) && now(command);
        const stored = { ...state.data, state: state.current };
        const outcome = await work(stored, { services, allows, signal });
        if (outcome.kind !== 'failed') keep(state, tree, outcome.position);
        return outcome;
      });
      return outcome;
    };
    return {
      async input(text) {
        mustBeText('input', text);
        const outcome = await inTurn((stored, options) => run(tree, stored, text, options));
        if (outcome?.kind === 'failed') throw outcome.error;
        return outcome?.output ?? '';
      },
      tools: () =>
        toolsOfChat(tree, commands, async (command, input, abort) => {
          const outcome = await inTurn((stored, options) => {
            const { signal } = options;
            const signals = [signal, abort].filter((each) => each !== undefined);
            const either = { ...options, signal: AbortSignal.any(signals) };
            return runCommand(tree, stored, command, input, either);
          });
          return outcome === undefined ? '' : outcomeText(outcome, undefined, services);
        }),
    };
  };
}

/** A number is an id to many, and `undefined` a user who was not found: neither may share a position with others. */
function mustBeText(option: string, found: unknown): void {
  if (typeof found === 'string') return;
  throw new FsmError('INVALID_OPTION', { option, expected: 'a text', found: describeFound(found) });
}

/** Nothing is stored of a user who is where everybody begins. */
function keep(state: Turn['state'], tree: TreeNode, { state: id, flags, pending }: Position): void {
  if (id === tree.root.id && !pending && Object.keys(flags).length === 0) {
    state.clear();
  } else {
    state.set(id as never);
    state.replace(pending === undefined ? { flags } : { flags, pending });
  }
}

/** One machine for each storage and policy, made when it is first used. */
function machines(
  { id, clock }: TreeNode,
  options: ChatsOptions,
): (storage: FsmStorage | undefined, waiting: Waiting) => ChatMachine {
  const made = new WeakMap<FsmStorage, MachinesOfStorage>();
  let own = options.storage;
  return (given, waiting) => {
    own ??= given === undefined ? memoryStorage({ clock }) : undefined;
    const storage = given ?? (own as FsmStorage);
    const { byPolicy, reentry } = made.get(storage) ?? {
      byPolicy: new Map(),
      reentry: reentryOf(),
    };
    reentry.enable();
    const machine =
      byPolicy.get(waiting) ?? chatMachine(id, { ...options, storage, clock }, waiting, reentry);
    made.set(storage, { byPolicy: byPolicy.set(waiting, machine), reentry });
    return machine;
  };
}

interface MachinesOfStorage {
  readonly byPolicy: Map<Waiting, ChatMachine>;
  readonly reentry: Reentry;
}
