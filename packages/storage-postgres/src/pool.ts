/** A `Pool` of `pg`, or one of its shape. */

import { createHash } from 'node:crypto';
import type { Answer, Driver, PgPool, PgPoolClient, PgStatement, Value } from './client.ts';
import { Connections } from './connections.ts';
import { codeOf } from './faults.ts';
import { borrow } from './left-open.ts';

/**
 * The server's errors for a named statement that was planned on another connection, as behind a pooler without support for names. It is
 * missing here, it is here already, or a table has changed since. Nothing has been executed then.
 */
const misnamed = /^(26000|42P05|0A000)$/;

/** Brings a pool to the shape of a driver. `prepare` is whether statements are named. */
export function overPool(pool: PgPool, prepare: boolean): Driver {
  const names = new Map<string, PgStatement>();
  /** Until the server shows that connections change under the names. */
  let named = prepare;

  // `pg` reports the end of an idle connection as an 'error' of the pool, which ends the process if nobody listens: a restarted server
  // would take every bot with it. The pool has already replaced the connection, so there is nothing to do but to listen.
  const survive = () => {};
  pool.on?.('error', survive);
  const connections = new Connections(pool);
  return {
    atOnce: () => connections.atOnce,
    query: send,
    async listen(channel, receive, lost) {
      connections.listening++;
      const { client, end } = await borrow(pool, (borrowed) => {
        return listener(borrowed, channel, receive, lost, () => connections.listening--);
      }).catch((error: unknown) => {
        connections.listening--;
        throw error;
      });
      try {
        await client.query(`listen "${channel}"`);
      } catch (error) {
        end();
        throw error;
      }
      return end;
    },
    detach() {
      pool.off?.('error', survive);
    },
  };

  function send(text: string, values: Value[]): Promise<Answer<unknown>> {
    return named
      ? connections.query(nameOf(text), values).catch((error: unknown) => {
          if (!misnamed.test(String(codeOf(error)))) throw error;
          return sendUnnamed(text, values);
        })
      : connections.query(text, values);
  }

  async function sendUnnamed(text: string, values: Value[]): Promise<Answer<unknown>> {
    const answer = await connections.query(text, values);
    // where it fails without a name too, the name was not at fault
    named = false;
    return answer;
  }

  /** By its text, since a pool may be shared by storages of several schemas, whose statements differ. */
  function nameOf(text: string): PgStatement {
    let statement = names.get(text);
    if (statement === undefined) {
      // sent with each execution, so it is short
      const hash = createHash('sha1').update(text).digest('hex').slice(0, 16);
      statement = { name: `telefsm_${hash}`, text };
      names.set(text, statement);
    }
    return statement;
  }
}

/** Passes the notifications of a connection on, and notes its end. */
function listener(
  client: PgPoolClient,
  channel: string,
  receive: (payload: string) => void,
  lost: () => void,
  ended: () => void,
): { readonly client: PgPoolClient; end(): void } {
  let open = true;
  const end = () => {
    if (!open) return;
    open = false;
    ended();
    // closed instead of given back: it would still listen
    client.release(true);
  };
  const endedByItself = () => {
    if (!open) return;
    end();
    lost();
  };
  client.on('notification', (message) => {
    if (open && message.channel === channel) receive(message.payload ?? '');
  });
  client.on('error', endedByItself);
  client.on('end', endedByItself);
  return { client, end };
}
