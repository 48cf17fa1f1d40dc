/** One conversation in PostgreSQL: taking, writing, keeping on, letting go; through each client, and through a pooler. */

import type { Lease } from '@telefsm/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PgBouncer, startPgBouncer } from '../../../test/servers/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../../../test/servers/postgres.ts';
import { type PostgresStorage, postgresStorage } from '../src/index.ts';
import { type OpenClient, openPool, openSql } from './clients.ts';

let server: PostgresServer;
let bouncer: PgBouncer;

beforeAll(async () => {
  server = await startPostgres();
  bouncer = await startPgBouncer(server);
});
afterAll(async () => {
  await bouncer?.close();
  await server?.close();
});

const ways: readonly (readonly [string, () => OpenClient])[] = [
  ['pg', () => openPool(server.url)],
  ['pg behind pgbouncer in transaction mode', () => openPool(bouncer.url)],
  ['postgres', () => openSql(server.url)],
  ['postgres behind pgbouncer in transaction mode', () => openSql(bouncer.url)],
];

describe.each(ways)('over %s', (_, open) => {
  let opened: OpenClient;
  let storage: PostgresStorage;
  let tokens = 0;
  let keys = 0;
  const newKey = () => `k${++keys}`;

  beforeAll(() => {
    opened = open();
    storage = postgresStorage(opened.client, { schema: `way_${ways.findIndex(([n]) => n === _)}` });
  });
  afterAll(async () => {
    await storage.close();
    await opened.end();
  });

  const ask = (key: string, token: string, offset = 0) =>
    storage.acquire(key, { token, lease: 15_000, queue: false, offset });
  async function take(key: string, token: string = `p.${++tokens}`, offset = 0): Promise<Lease> {
    const answer = await ask(key, token, offset);
    if ('busy' in answer) throw new Error(`busy for ${answer.busy}`);
    return answer;
  }
  const write = (text: string) => ({ text, state: null });

  it('gives back exactly what was committed, with the time left until the deadline', async () => {
    const key = newKey();
    const lease = await take(key);
    expect(lease.record).toBeUndefined();
    expect(await lease.commit({ text: '{"n":1}', state: 'a.b', deadlineIn: 60_000 })).toBe('done');
    const stored = (await take(key)).record;
    expect(stored?.text).toBe('{"n":1}');
    expect(stored?.deadlineIn).toBeGreaterThan(30_000);
    expect(stored?.deadlineIn).toBeLessThanOrEqual(60_000);
  });

  it('says how long the holder still has, and gives the same token the same answer', async () => {
    const key = newKey();
    await take(key, 'h.1');
    const other = await ask(key, 'o.1');
    expect(other).toHaveProperty('busy');
    if ('busy' in other) expect(other.busy).toBeGreaterThan(5000);
    await expect(take(key, 'h.1')).resolves.toHaveProperty('record', undefined);
  });

  it('refuses a late writer once another has taken the conversation, and changes nothing for him', async () => {
    const key = newKey();
    const late = await take(key);
    const successor = await take(key, undefined, 60_000);
    expect(await late.commit(write('late'))).toBe('refused');
    expect(await late.renew(15_000)).toBe(false);
    await late.release();
    expect(await successor.commit(write('kept'))).toBe('done');
    expect((await storage.peek(key))?.text).toBe('kept');
  });

  it('accepts a late writer whom nobody has replaced', async () => {
    const key = newKey();
    const answer = await storage.acquire(key, { token: 'l.1', lease: -1000, queue: false });
    if ('busy' in answer) throw new Error('busy');
    expect(await answer.commit(write('late but alone'))).toBe('done');
  });

  it('spends the token of an accepted commit', async () => {
    const key = newKey();
    const lease = await take(key);
    expect(await lease.commit(write('1'), { keep: 'k.2' })).toBe('done');
    expect(await lease.commit(write('1'), { keep: 'k.2' })).toBe('already');
    expect(await lease.commit(write('2'), { keep: 'k.3' })).toBe('done');
    expect(await lease.commit(write('1'), { keep: 'k.2' })).toBe('refused');
    expect(await lease.renew(15_000)).toBe(true);
    expect(await lease.commit(write('3'))).toBe('done');
    expect(await lease.commit(write('3'))).toBe('refused');
    expect((await storage.peek(key))?.text).toBe('3');
  });

  it('reads as absent what was deleted, has expired, or was never written', async () => {
    const [deleted, expired, untouched] = [newKey(), newKey(), newKey()];
    await (await take(deleted)).commit(write('x'));
    await (await take(deleted)).commit(undefined);
    await (await take(expired)).commit({ text: 'x', state: null, ttl: 0 });
    await (await take(untouched)).release();
    for (const key of [deleted, expired, untouched]) {
      expect(await storage.peek(key)).toBeUndefined();
      expect((await take(key)).record).toBeUndefined();
    }
  });

  it('sees a record expire by the clock of the server plus the offset', async () => {
    const key = newKey();
    await (await take(key)).commit({ text: 'x', state: null, ttl: 60_000 });
    expect((await take(key, 'a.1')).record?.text).toBe('x');
    expect((await take(key, 'a.1', 61_000)).record).toBeUndefined();
  });

  it('hands over to those who wait, in their order', async () => {
    const key = newKey();
    const first = await take(key);
    const wait = (token: string) => storage.acquire(key, { token, lease: 15_000, queue: true });
    expect(await wait('w.1')).toHaveProperty('busy');
    expect(await wait('v.1')).toHaveProperty('busy');
    expect(await wait('w.1')).toHaveProperty('busy');
    await first.commit(write('x'));
    expect(await ask(key, 'v.1')).toHaveProperty('busy');
    expect(await ask(key, 'new.1')).toHaveProperty('busy');
    await (await take(key, 'w.1')).release();
    expect(await ask(key, 'new.1')).toHaveProperty('busy');
    await (await take(key, 'v.1')).release();
    await take(key, 'new.1');
  });

  it('gives a conversation on if the one it was handed to does not come', async () => {
    const key = newKey();
    const first = await take(key);
    await storage.acquire(key, { token: 'dead.1', lease: 15_000, queue: true });
    await first.release();
    const other = await ask(key, 'o.1');
    if (!('busy' in other)) throw new Error('taken');
    expect(other.busy).toBeLessThanOrEqual(2000);
    await take(key, 'o.1', 2001);
  });

  it('keeps any text and any key exactly, and ordinary JSON readable', async () => {
    const texts = ['', '\0', 'a\0b\u001b0000c', '\ud83d', '\ude00\ud83d', '😀', 'я'.repeat(70_000)];
    const odd = ['', ' ', '\0', '%_\\', "'; drop table x; --", 'A', 'a', 'é', 'e\u0301', '\ud83d'];
    for (const text of [...texts, '{"ordinary":"JSON\\u0000"}']) {
      const key = newKey();
      await (await take(key)).commit(write(text));
      expect((await storage.peek(key))?.text).toBe(text);
    }
    for (const name of odd) await (await take(`odd:${name}`)).commit(write(`of ${name}`));
    for (const name of odd) {
      expect((await storage.peek(`odd:${name}`))?.text).toBe(`of ${name}`);
    }
    const listed: string[] = [];
    for await (const { key } of storage.list({ prefix: 'odd:' })) listed.push(key.slice(4));
    expect(listed.sort()).toEqual([...odd].sort());
  });

  it('takes two statements for an update', async () => {
    const key = newKey();
    await (await take(key)).commit(write('0'));
    const before = opened.sent.length;
    for (let i = 0; i < 20; i++) await (await take(key)).commit(write(String(i)));
    expect(opened.sent.length - before).toBe(40);
  });
});
