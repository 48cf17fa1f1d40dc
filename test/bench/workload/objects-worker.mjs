/** The Worker of the benchmark: a shard of telefsm, and beside it an object that is written by hand. */

import { ConversationShard } from '@telefsm/storage-cloudflare';

/** Both in one class, since the test's `workerd` has one. */
export class Conversations extends ConversationShard {
  async sweep() {}

  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname !== '/by-hand') return super.fetch(request);
    const { key, owner, session, isGiven } = await request.json();
    return Response.json(isGiven ? this.#give(key, owner, session) : this.#take(key, owner));
  }

  #take(key, owner) {
    const { sql } = this.ctx.storage;
    sql.exec(
      'create table if not exists by_hand (key text primary key, session text, owner text, until integer)',
    );
    const [row] = sql.exec('select session, owner, until from by_hand where key = ?', key);
    const now = Date.now();
    if (row && row.owner !== null && row.until > now) return { isTaken: false };
    if (row)
      sql.exec('update by_hand set owner = ?, until = ? where key = ?', owner, now + 5000, key);
    else sql.exec('insert into by_hand values (?, null, ?, ?)', key, owner, now + 5000);
    return { isTaken: true, session: row ? row.session : null };
  }

  #give(key, owner, session) {
    const { sql } = this.ctx.storage;
    const [row] = sql.exec('select owner from by_hand where key = ?', key);
    if (row?.owner !== owner) return {};
    if (session === null) sql.exec('delete from by_hand where key = ?', key);
    else sql.exec('update by_hand set session = ?, owner = null where key = ?', session, key);
    return {};
  }
}

// biome-ignore lint/style/noDefaultExport: the shape of a Worker
export default {
  /** `/object/NAME/PATH` goes to the object of that name. */
  async fetch(request, env) {
    const [, , name = '', path = ''] = new URL(request.url).pathname.split('/');
    const stub = env.CONVERSATIONS.get(env.CONVERSATIONS.idFromName(decodeURIComponent(name)));
    return stub.fetch(`https://bench/${path}`, { method: 'POST', body: await request.text() });
  },
};
