/** Stores as a bot author writes them without a library: the floors that nothing general can be much below. */

import { randomUUID } from 'node:crypto';
import { telefsmStorage } from '../systems/telefsm-storage.mjs';
import { pause } from './programs.mjs';

/**
 * @typedef {object} Store
 * @property {(key: string, work: (session: object) => unknown) => Promise<unknown>} with loads, works and keeps what the work left
 * @property {() => unknown} close
 */

const isBlank = ({ step, n, at }) => step === undefined && n === undefined && at === undefined;
const read = (text) => (text === null || text === undefined ? {} : JSON.parse(text));

/** A Map: no order, no copy, nothing undone when a handler fails. */
export function mapStore() {
  const sessions = new Map();
  return {
    async with(key, work) {
      const session = sessions.get(key) ?? {};
      const result = await work(session);
      if (isBlank(session)) sessions.delete(key);
      else sessions.set(key, session);
      return result;
    },
    close() {},
  };
}

/** A Map of frozen sessions: each update copies its own, so that a handler that fails changes nothing. */
export function copyStore() {
  const sessions = new Map();
  return {
    async with(key, work) {
      const before = sessions.get(key);
      const session = { ...before, answers: { ...before?.answers } };
      const result = await work(session);
      Object.freeze(session.answers);
      if (isBlank(session)) sessions.delete(key);
      else sessions.set(key, Object.freeze(session));
      return result;
    },
    close() {},
  };
}

/** GET, work, SET: two round trips and no lock. */
export function getSetStore({ redis, prefix }) {
  const client = redis();
  return {
    async with(key, work) {
      const text = await client.get(prefix + key);
      const session = read(text);
      const result = await work(session);
      if (!isBlank(session)) await client.set(prefix + key, JSON.stringify(session));
      else if (text !== null) await client.del(prefix + key);
      return result;
    },
    close: () => client.disconnect(),
  };
}

const lockAndRead = `if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return {1, redis.call('GET', KEYS[2])}
end
return {0}`;
const writeAndUnlock = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1], KEYS[2])
else redis.call('SET', KEYS[2], ARGV[2]) redis.call('DEL', KEYS[1]) end
return 1`;

/** Two scripts, lock and read, write and unlock: the fewest round trips of anything safe. */
export function scriptStore({ redis, prefix }) {
  const client = redis();
  const scripts = 'defineCommand' in client ? ofIoredis(client) : ofNodeRedis(client);
  const owner = randomUUID();
  let turns = 0;
  return {
    async with(key, work) {
      const record = prefix + key;
      const lock = `${record}:lock`;
      const token = `${owner}:${turns++}`;
      let taken = [0];
      while (taken[0] === 0) {
        taken = await scripts.lockAndRead(lock, record, token, 5000);
        if (taken[0] === 0) await pause(2);
      }
      const text = taken[1] ?? null;
      let kept = text ?? '';
      try {
        const session = read(text);
        const result = await work(session);
        kept = isBlank(session) ? '' : JSON.stringify(session);
        return result;
      } finally {
        await scripts.writeAndUnlock(lock, record, token, kept);
      }
    },
    close: () => client.disconnect(),
  };
}

function ofIoredis(client) {
  client.defineCommand('lockAndRead', { numberOfKeys: 2, lua: lockAndRead });
  client.defineCommand('writeAndUnlock', { numberOfKeys: 2, lua: writeAndUnlock });
  return client;
}

function ofNodeRedis(client) {
  const run = (text) => {
    let loaded;
    return async (lock, record, ...args) => {
      loaded ??= client.scriptLoad(text);
      return client.evalSha(await loaded, { keys: [lock, record], arguments: args.map(String) });
    };
  };
  return { lockAndRead: run(lockAndRead), writeAndUnlock: run(writeAndUnlock) };
}

/** Two statements over one row of MariaDB: a procedure that takes and reads, as MariaDB returns no row of an upsert; then write and let go. */
export function procedureStore({ mariadb, prefix }) {
  const pool = mariadb();
  const owner = randomUUID();
  let turns = 0;
  const made = prepare(pool);
  return {
    async with(key, work) {
      await made;
      const row = prefix + key;
      const token = `${owner}:${turns++}`;
      let taken;
      while (taken?.owner !== token) {
        const [[[found]]] = await pool.execute('call by_hand_take(?, ?)', [row, token]);
        taken = found;
        if (taken.owner !== token) await pause(2);
      }
      let kept = taken.session;
      try {
        const session = read(kept);
        const result = await work(session);
        kept = isBlank(session) ? null : JSON.stringify(session);
        return result;
      } finally {
        await pool.execute(
          'update by_hand set session = ?, owner = null where `key` = ? and owner = ?',
          [kept, row, token],
        );
      }
    },
    close: () => pool.end(),
  };
}

async function prepare(pool) {
  await pool.query(
    'create table if not exists by_hand (`key` varchar(200) primary key, session longtext, owner varchar(100), until bigint) engine = InnoDB',
  );
  const now = "timestampdiff(microsecond, '1970-01-01', utc_timestamp(6))";
  const free = `(owner is null or until < ${now})`;
  await pool
    .query(`create procedure by_hand_take(in wanted varchar(200), in who varchar(100)) modifies sql data
begin
  insert into by_hand values (wanted, null, who, ${now} + 5000000)
    on duplicate key update until = if(${free}, ${now} + 5000000, until), owner = if(${free}, who, owner);
  select session, owner from by_hand where \`key\` = wanted;
end`)
    .catch(({ code, message }) => {
      if (code !== 'ER_SP_ALREADY_EXISTS') throw new Error(message);
    });
}

/**
 * The very statements of a storage of telefsm, sent by hand: what is left of the difference is core.
 *
 * Not more of them at once than the storage takes, as its callers have to: others would wait in the driver's queue.
 */
export function statementStore(options) {
  const owner = randomUUID();
  let turns = 0;
  const opened = telefsmStorage(options);
  const waiting = [];
  let running = 0;
  const inTurn = async (most, send) => {
    if (running < most) running++;
    else await new Promise((go) => waiting.push(go));
    try {
      return await send();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
  return {
    async with(key, work) {
      const { storage } = await opened;
      const { parallel = Number.POSITIVE_INFINITY } = storage.features;
      const token = `${owner}:${turns++}`;
      let taken = { busy: 0 };
      while ('busy' in taken) {
        taken = await inTurn(parallel, () =>
          storage.acquire(key, { token, lease: 5000, queue: false }),
        );
        if ('busy' in taken) await pause(2);
      }
      let text = taken.stored?.text;
      try {
        const session = read(text);
        const result = await work(session);
        text = isBlank(session) ? undefined : JSON.stringify(session);
        return result;
      } finally {
        const next = text === undefined ? undefined : { text, state: null };
        await inTurn(parallel, () => storage.commit(key, { token, fence: taken.fence }, next));
      }
    },
    async close() {
      const { storage, close } = await opened;
      await storage.close?.();
      await close?.();
    },
  };
}

/** Two requests to a Durable Object: take and read, write and let go. */
export function objectStore({ objects, prefix }) {
  const owner = randomUUID();
  let turns = 0;
  const ask = async (key, body) => {
    let hash = 0;
    for (const character of key) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
    return (
      await fetch(`${objects}/object/hand:${hash % 4}/by-hand`, {
        method: 'POST',
        body: JSON.stringify({ key, ...body }),
      })
    ).json();
  };
  return {
    async with(key, work) {
      const row = prefix + key;
      const token = `${owner}:${turns++}`;
      let taken = { isTaken: false };
      while (!taken.isTaken) {
        taken = await ask(row, { owner: token });
        if (!taken.isTaken) await pause(2);
      }
      let kept = taken.session;
      try {
        const session = read(kept);
        const result = await work(session);
        kept = isBlank(session) ? null : JSON.stringify(session);
        return result;
      } finally {
        await ask(row, { owner: token, session: kept, isGiven: true });
      }
    },
    close() {},
  };
}

/** Two statements over one row: take and read, write and let go. */
export function rowStore({ postgres, prefix }) {
  const pool = postgres();
  const owner = randomUUID();
  let turns = 0;
  const made = pool.query(
    'create table if not exists by_hand (key text primary key, session text, owner text, until timestamptz)',
  );
  const take = {
    name: 'take',
    text: `insert into by_hand values ($1, null, $2, now() + interval '5 s')
on conflict (key) do update set owner = $2, until = now() + interval '5 s'
where by_hand.owner is null or by_hand.until < now()
returning session`,
  };
  const give = {
    name: 'give',
    text: 'update by_hand set session = $3, owner = null where key = $1 and owner = $2',
  };
  return {
    async with(key, work) {
      await made;
      const row = prefix + key;
      const token = `${owner}:${turns++}`;
      let taken;
      while (taken === undefined) {
        [taken] = (await pool.query({ ...take, values: [row, token] })).rows;
        if (taken === undefined) await pause(2);
      }
      let kept = taken.session;
      try {
        const session = read(kept);
        const result = await work(session);
        kept = isBlank(session) ? null : JSON.stringify(session);
        return result;
      } finally {
        await pool.query({ ...give, values: [row, token, kept] });
      }
    },
    close: () => pool.end(),
  };
}
