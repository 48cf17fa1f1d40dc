/** Groups that become supergroups: each is moved once, in the background. Only the updates of its new id wait for that. */

import { idIn, objectIn, type RawUpdate } from '../update/raw-update.ts';
import { updateTypeOf } from '../update/subject.ts';
import type { MachineRuntime } from './runtime.ts';

/** How many moved groups are remembered, so that the second service message about one starts no second walk. */
const mostMoved = 1000;

/** The groups that a machine moves. */
export class GroupMoves {
  readonly #rt: MachineRuntime;
  readonly #running = new Map<string, Promise<void>>();
  readonly #moved = new Set<string>();

  constructor(rt: MachineRuntime) {
    this.#rt = rt;
  }

  /**
   * Starts to move a group, if an update says that it has become a supergroup.
   *
   * @returns what the update must wait for; `undefined` if nothing
   */
  before(update: RawUpdate, bot: number): Promise<void> | undefined {
    const message = objectIn(update, 'message');
    const to = message?.['migrate_to_chat_id'];
    if ((to ?? message?.['migrate_from_chat_id']) !== undefined) {
      this.#start(update, bot, nameOf(bot, to ?? idIn(message, 'chat')));
    }
    if (this.#running.size === 0) return undefined;
    const payload = objectIn(update, updateTypeOf(update) ?? '');
    const here = idIn(payload, 'chat') ?? idIn(objectIn(payload, 'message'), 'chat');
    return this.#running.get(nameOf(bot, here));
  }

  #start(update: RawUpdate, bot: number, name: string): void {
    const { stopping } = this.#rt;
    if (this.#moved.has(name) || stopping.isStopped) return;
    this.#moved.add(name);
    if (this.#moved.size > mostMoved) this.#moved.delete([...this.#moved][0] ?? '');
    stopping.running++;
    this.#running.set(name, this.#move(update, bot, name));
  }

  async #move(update: RawUpdate, bot: number, name: string): Promise<void> {
    const { stopping, notices } = this.#rt;
    try {
      // loaded then: it is rare
      const { takeAlong } = await import('./supergroup.ts');
      await takeAlong(this.#rt, update, bot);
    } catch (error) {
      // the other service message tries again
      this.#moved.delete(name);
      notices.storageFailed('migrate', error);
    } finally {
      this.#running.delete(name);
      if (--stopping.running === 0) stopping.idle?.();
    }
  }
}

function nameOf(bot: number, chat: unknown): string {
  return `${bot} ${chat}`;
}
