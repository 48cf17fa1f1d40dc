/** An object in this process: its database is in memory, and its time is the one that the test sets. */

import {
  ConversationShard,
  type ObjectNamespace,
  type ObjectStorage,
  type Row,
} from '@telefsm/storage-cloudflare';
import Libsql from 'libsql';
import { vi } from 'vitest';

/** An object, and what Cloudflare does with it. */
export interface LocalObject {
  readonly namespace: ObjectNamespace;
  /** When the alarm is set to. */
  alarmAt(): number | undefined;
  /** Moves the time to the alarm and rings it; what it throws is for Cloudflare's log. */
  ring(): Promise<unknown>;
  /** Ends the instance; the next request or alarm starts another one. */
  evict(): void;
  /** How SQLite executes each statement so far that is not about the tables themselves, by its text. */
  queryPlans(): ReadonlyMap<string, string>;
  /** The next statements that write fail with this message; without one they succeed again. */
  failWrites(message?: string): void;
}

/**
 * Makes an object that has all conversations.
 *
 * @param machineOf - makes the machine that an alarm sweeps; without it the class has no `sweep()`
 */
export function localObject(machineOf?: (within: ConversationShard) => Sweeping): LocalObject {
  const database = new Libsql(':memory:');
  let alarm: number | undefined;
  let failure: string | undefined;
  let instance: ConversationShard | undefined;
  const texts = new Map<string, number>();
  const storage: ObjectStorage = {
    sql: {
      exec(statement, ...parameters) {
        const isRead = /^\s*select/.test(statement);
        if (failure !== undefined && !isRead) throw new Error(failure);
        if (parameters.length === 0 && !isRead) {
          database.exec(statement);
          return [];
        }
        const prepared = database.prepare(statement);
        texts.set(statement, parameters.length);
        if (prepared.reader) return prepared.all(...parameters) as Row[];
        prepared.run(...parameters);
        return [];
      },
    },
    transactionSync: (work) => database.transaction(work)(),
    async setAlarm(at) {
      alarm = at;
    },
  };
  const Conversations: typeof ConversationShard<unknown> =
    machineOf === undefined ? ConversationShard : sweeping(machineOf);
  const id = { toString: () => 'the only one' };
  const started = () => {
    instance ??= new Conversations({ id, storage }, undefined);
    return instance;
  };
  const object: LocalObject = {
    namespace: {
      idFromName: () => id,
      get: () => ({
        fetch: (_, { body }) => started().fetch({ json: async () => JSON.parse(body) }),
      }),
    },
    alarmAt: () => alarm,
    async ring() {
      if (alarm === undefined) throw new Error('No alarm is set.');
      vi.setSystemTime(Math.max(alarm, Date.now()));
      alarm = undefined;
      return started()
        .alarm()
        .catch((error: unknown) => error);
    },
    evict() {
      instance = undefined;
    },
    queryPlans() {
      const plans = [...texts].map(([text, count]): [string, string] => {
        const values = Array.from({ length: count }, () => 1);
        const steps = database.prepare(`explain query plan ${text}`).all(...values);
        return [text, steps.map((step) => `${Object(step).detail}`).join('; ')];
      });
      return new Map(plans);
    },
    failWrites(message) {
      failure = message;
    },
  };
  return object;
}

function sweeping(
  machineOf: (within: ConversationShard) => Sweeping,
): typeof ConversationShard<unknown> {
  return class extends ConversationShard {
    override sweep() {
      return machineOf(this).sweep();
    }
  };
}

/** What an alarm calls. */
interface Sweeping {
  sweep(): Promise<number>;
}
