/** The storage contract over each client, directly and through a pooler. The stress tier adds the other combinations. */

import { storageContract } from '@telefsm/testing';
import type pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type PgBouncer, startPgBouncer } from '../../../test/servers/pgbouncer.ts';
import { type SharedServer, sharedPostgres } from '../../../test/servers/shared.ts';
import { isStress } from '../../../test/setup/size.ts';
import { type PostgresStorage, postgresStorage } from '../src/index.ts';
import { type OpenClient, openPool, openSql } from './clients.ts';
import { shiftIn } from './shift.ts';

let server: SharedServer;
let bouncer: PgBouncer;

beforeAll(async () => {
  server = await sharedPostgres();
  bouncer = await startPgBouncer(server);
});
afterAll(async () => {
  await bouncer?.close();
});

type Way = readonly [string, 'direct' | 'named' | 'unnamed' | 'pooled', () => OpenClient];

/** Settings of a session that change what statements mean, or how values are written. */
const unusual = [
  'timezone=Asia/Kathmandu',
  'datestyle=SQL,DMY',
  'intervalstyle=postgres_verbose',
  'extra_float_digits=0', // the default before version 12: floats have 15 digits
  'standard_conforming_strings=off',
  'bytea_output=escape',
  'statement_timeout=5s',
  'lock_timeout=5s',
].map((setting) => `-c ${setting}`);

/** Every value as the text that the server sent, as the documentation of `pg` shows it. */
const texts: pg.CustomTypesConfig = { getTypeParser: () => (value: unknown) => value };

/** Options of `postgres` that change names and values of columns. */
const changed: postgres.Options<Record<string, postgres.PostgresType>> = {
  transform: {
    ...postgres.pascal,
    value: { from: (value: unknown) => (value === null ? undefined : value) },
  },
  types: { integer: { ...postgres.BigInt, from: [20, 23] } },
};

/** An option that the types of `pg` leave out. */
const binary: pg.PoolConfig & { readonly binary: boolean } = { binary: true };

const inEveryRun: readonly Way[] = [
  ['pg', 'direct', () => openPool(server.url)],
  ['postgres', 'direct', () => openSql(server.url)],
  ['postgres with changed columns', 'direct', () => openSql(server.url, changed)],
  ['pg behind pgbouncer', 'pooled', () => openPool(bouncer.url)],
  [
    'pg in an unusual session',
    'direct',
    () => openPool(server.url, { options: unusual.join(' '), types: texts }),
  ],
  // `pg` misreads floating-point numbers in it
  ['pg with binary answers', 'direct', () => openPool(server.url, binary)],
];
const inStress: readonly Way[] = [
  ['pg without named statements', 'unnamed', () => openPool(server.url)],
  ['postgres with named statements', 'named', () => openSql(server.url)],
  ['postgres behind pgbouncer', 'pooled', () => openSql(bouncer.url)],
];

const exceptions = {
  granted: 'LISTEN is accepted by a pooler in transaction mode, and no notification arrives',
};

/** Through a pooler `granted` rejects, which core takes for a storage without it; so do the rules. */
function withoutGranted({ granted: _, ...storage }: PostgresStorage) {
  return storage;
}

describe.each(isStress ? inStress : inEveryRun)('over %s', (way, line, open) => {
  let opened: OpenClient;
  beforeAll(() => {
    opened = open();
  });
  afterAll(() => opened.end());

  const make = () => {
    const schema = `over_${way.replaceAll(' ', '_')}`;
    const prepare = { named: true, unnamed: false, direct: undefined, pooled: undefined }[line];
    const storage = postgresStorage(opened.client, {
      schema,
      ...(prepare !== undefined && { prepare }),
    });
    return line === 'pooled' ? withoutGranted(storage) : storage;
  };
  const shift = (key: string, ms: number) =>
    shiftIn(opened.client, `over_${way.replaceAll(' ', '_')}`, key, ms);
  const under = () => ({ storage: make(), another: make, shift });
  for (const rule of storageContract(under, line === 'pooled' ? { exceptions } : {})) {
    it(rule.title, () => rule.run());
  }
});
