/**
 * A group that becomes a supergroup gets another id: its conversations are taken along, once, one by one and in the background. Only the
 * updates of its new id wait for that.
 */

import { isFsmError } from '../base/errors.ts';
import type { Lease } from '../lease/lease.ts';
import type { Seat } from '../lease/queue.ts';
import { encode } from '../record/codec.ts';
import { type SeenIds, withIds } from '../record/ids.ts';
import { isEmpty, lifetime } from '../record/record.ts';
import { decode } from '../record/stored.ts';
import type { StoredText, Write } from '../storage/statements.ts';
import type { Runtime } from '../transaction/runtime.ts';
import { chatPrefix, migratedKey, migrationOf } from '../update/migration.ts';
import { objectIn, type RawUpdate } from '../update/raw-update.ts';
import type { Subject } from '../update/subject.ts';

/** Ms that each conversation is waited for. */
const timeout = 5000;

/** How many moved groups are remembered, so that the second service message about one starts no second walk. */
const mostMoved = 1000;

/** The groups that a machine moves. */
export class GroupMoves {
  readonly #rt: Runtime;
  readonly #running = new Map<string, Promise<void>>();
  readonly #moved = new Set<string>();

  constructor(rt: Runtime) {
    this.#rt = rt;
  }

  /**
   * Starts to move a group, if an update says that it has become a supergroup.
   *
   * @returns what the update must wait for; `undefined` if nothing
   */
  before(update: RawUpdate, { bot, chat }: Subject): Promise<void> | undefined {
    const message = objectIn(update, 'message');
    const to = message?.['migrate_to_chat_id'];
    if ((to ?? message?.['migrate_from_chat_id']) !== undefined) {
      this.#start(update, bot, nameOf(bot, to ?? chat));
    }
    return this.#running.get(nameOf(bot, chat));
  }

  #start(update: RawUpdate, bot: number, name: string): void {
    const { stopping } = this.#rt;
    if (this.#moved.has(name) || stopping.isStopped) return;
    this.#moved.add(name);
    if (this.#moved.size > mostMoved) this.#moved.delete([...this.#moved][0] ?? '');
    stopping.begin();
    this.#running.set(name, this.#move(update, bot, name));
  }

  async #move(update: RawUpdate, bot: number, name: string): Promise<void> {
    const { stopping } = this.#rt;
    try {
      await moveConversations(this.#rt, update, bot);
    } catch (error) {
      // the other service message tries again
      this.#moved.delete(name);
      this.#rt.notify('storageFailed', { operation: 'migrate', error });
    } finally {
      this.#running.delete(name);
      stopping.end();
    }
  }
}

function nameOf(bot: number, chat: unknown): string {
  return `${bot} ${chat}`;
}

/**
 * Moves the conversations of a group to their new keys.
 *
 * Each is moved by itself, and only if the new one is empty; doing it again does no harm. Both are held meanwhile, in the order of their
 * keys, so that two processes that do this at once cannot wait for each other. One that another process has for long keeps no other back:
 * it is tried again when all others have been moved.
 *
 * @param update - the service message of either group
 * @throws what the storage throws; FsmError `WAIT_TIMEOUT` for a conversation that another process still has
 */
async function moveConversations(rt: Runtime, update: RawUpdate, bot: number): Promise<void> {
  const { storage, options } = rt;
  const moved = migrationOf(update);
  if (moved === undefined || storage.list === undefined) return;
  const prefix = chatPrefix(options.namespace, bot, moved.from);
  // while it is listed: a group of any size takes no more memory than a page of the list
  const busy: [from: string, to: string][] = [];
  for await (const { key } of storage.list({ prefix })) {
    const target = migratedKey(key, moved);
    if (target === undefined) continue;
    try {
      await move(rt, key, target);
    } catch (error) {
      if (!isFsmError(error, 'WAIT_TIMEOUT')) throw error;
      busy.push([key, target]);
    }
  }
  const tries = await Promise.allSettled(busy.map(([from, to]) => move(rt, from, to)));
  const failed = tries.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function move(rt: Runtime, from: string, to: string): Promise<void> {
  const { queues, leases, options, recent } = rt;
  const seats: Seat[] = [];
  const acquired = new Map<string, Lease>();
  try {
    for (const key of [from, to].sort()) {
      // both service messages of a migration may come at once: the second waits for the first
      seats.push(await queues.join(key));
      acquired.set(key, (await leases.acquire(key, { timeout })) as Lease);
    }
    const [old, fresh] = [acquired.get(from) as Lease, acquired.get(to) as Lease];
    if (!isKept(old.stored) || isKept(fresh.stored)) return;
    const { record: cleared } = decode(fresh.stored);
    const ids = cleared?.ids ?? recent.idsOf(to);
    await fresh.commit(copyOf(old.stored, options.ttl, ids), { keep: false });
    acquired.delete(to);
    await old.commit(undefined, { keep: false });
    acquired.delete(from);
  } finally {
    for (const lease of acquired.values()) await lease.release();
    for (const seat of seats) seat.leave();
  }
}

/** Whether there is more than ids of a cleared conversation, which end by themselves; what cannot be read is kept as it is. */
function isKept(stored: StoredText | undefined): stored is StoredText {
  if (stored === undefined) return false;
  const { record } = decode(stored);
  return record === undefined || !isEmpty(record);
}

/** @param ids - of the cleared conversation in its place: the record continues them */
function copyOf(stored: StoredText, ttl: number | undefined, ids: SeenIds): Write {
  const { deadlineIn } = stored;
  const { record } = decode(stored);
  return {
    text: record === undefined ? stored.text : encode({ ...record, ids: withIds(record.ids, ids) }),
    state: record?.top.state ?? null,
    ...(ttl === undefined ? {} : { ttl: lifetime(ttl, deadlineIn) }),
    ...(deadlineIn === undefined ? {} : { deadlineIn }),
  };
}
