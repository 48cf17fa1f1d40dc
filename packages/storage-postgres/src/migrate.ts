/** The tables: made and brought up to date by whichever process comes first, and their version checked by all. */

import { FsmError } from '@telefsm/core';
import { byPosition, type Driver, type PostgresClient } from './client.ts';
import { driverOf } from './driver.ts';
import { classify, codeOf, explained } from './faults.ts';
import { type PostgresNames, type Tables, tablesOf } from './names.ts';

/**
 * Creates the tables, or brings them up to date; safe if several processes do so at the same time.
 *
 * For roles that may not change tables: call it once with a role that may, and give the bot's role `select, insert, update, delete` on
 * the conversations and `select` on the version.
 *
 * @param client - a `Pool` of `pg`, or what `postgres()` gave; it stays open
 * @throws FsmError `INVALID_OPTION` if the role may not create tables there; `STORAGE_NEWER` if a newer telefsm has been here
 *
 * @example
 * ```ts
 * import { migratePostgres } from '@telefsm/storage-postgres';
 * import { Pool } from 'pg';
 *
 * const owner = new Pool({ connectionString: process.env['OWNER_URL'] });
 * await migratePostgres(owner, { schema: 'bot' });
 * await owner.end();
 * ```
 */
export async function migratePostgres(
  client: PostgresClient,
  names: PostgresNames = {},
): Promise<void> {
  const driver = driverOf(client);
  const tables = tablesOf(names);
  try {
    await prepare(driver, tables, true);
  } catch (error) {
    throw explained(error, tables.conversation);
  } finally {
    driver.detach();
  }
}

/**
 * Checks whether the tables are as this version needs them, and changes them if that is allowed.
 *
 * The check comes first, so that a role without the right to create tables can use those that are there.
 */
export async function prepare(driver: Driver, tables: Tables, migrate: boolean): Promise<void> {
  const found = await versionOf(driver, tables);
  if (found > migrations.length) {
    throw new FsmError('STORAGE_NEWER', {
      storage: tables.conversation,
      version: found,
      known: migrations.length,
    });
  }
  if (found === migrations.length) return;
  if (!migrate) {
    throw new FsmError('INVALID_OPTION', {
      option: 'migrate',
      expected: 'true, or tables created earlier by migratePostgres()',
      found: `false, and ${tables.conversation} is ${found === 0 ? 'not there' : `of version ${found}, not ${migrations.length}`}`,
    });
  }
  await change(driver, tables);
}

/** Steps from one version of the tables to the next; never edited once released, only added to. */
const migrations: readonly ((tables: Tables) => string)[] = [
  ({ conversation, wakeIndex }) => `
    create table ${conversation} (
      key text collate "C" primary key,
      record text,
      state text collate "C",
      deadline_at timestamptz,
      expires_at timestamptz,
      wake_at timestamptz,
      owner text collate "C",
      lease_until timestamptz,
      waiters text[],
      channel text
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
    create index ${wakeIndex} on ${conversation} (wake_at) where wake_at is not null;
    comment on table ${conversation} is 'Conversations of telefsm: one row each, its lock included';
    comment on column ${conversation}.wake_at is 'When to look at the deadline and the expiry; may be early, never late';`,
  // no default: running processes continue, and no row is rewritten
  ({ conversation }) => `
    alter table ${conversation} add column fence bigint;
    comment on column ${conversation}.fence is 'Numbers each grant; with the owner it names the holder';`,
];

async function versionOf(driver: Driver, { meta, conversation }: Tables): Promise<number> {
  const found = await driver.query(
    "select 'first' as record, to_regclass($1::text)::text as key, to_regclass($2::text)::text as state, 'last' as fence",
    [meta, conversation],
  );
  const [row = []] = byPosition<(string | null)[]>(found).rows;
  const [first, versions, conversations, last] = row;
  if (first !== 'first' || last !== 'last' || row.length !== 4) {
    throw new FsmError('INVALID_OPTION', {
      option: 'client',
      expected: 'one whose rows have the columns of the statement, in their order',
      found: `a row ${JSON.stringify(found.rows[0])}`,
    });
  }
  if (versions === null) return 0;
  const answer = await driver.query(`select version::text from ${meta}`, []);
  const [[version] = [0]] = byPosition<[string]>(answer).rows;
  // a later version is left alone, also where its conversations are gone
  return conversations !== null || Number(version) > migrations.length ? Number(version) : 0;
}

/** One statement, hence one transaction on any connection: the second process waits for the lock and finds nothing to do. */
async function change(driver: Driver, tables: Tables): Promise<void> {
  const { schema, meta, conversation } = tables;
  const steps = migrations.map(
    (step, from) => `if found = ${from} then ${step(tables)} found := ${from + 1}; end if;`,
  );
  const block = `do $telefsm$ declare found integer; begin
    perform pg_advisory_xact_lock(hashtextextended('telefsm migration', 0));
    ${schema === undefined ? '' : `if to_regnamespace('${schema}') is null then create schema ${schema}; end if;`}
    if to_regclass('${meta}') is null then
      create table ${meta} (version integer not null);
      insert into ${meta} values (0);
    end if;
    select version into found from ${meta};
    if found is null then
      raise exception 'telefsm: the tables are being made by another process' using errcode = '40001';
    end if;
    -- one of the two tables was dropped: what is there tells which steps are missing
    if to_regclass('${conversation}') is null then found := 0;
    elsif found = 0 then
      found := case when exists (select from pg_attribute
        where attrelid = to_regclass('${conversation}') and attname = 'fence' and not attisdropped) then 2 else 1 end;
    end if;
    ${steps.join('\n')}
    update ${meta} set version = found where version <> found;
  end $telefsm$`;
  for (let attempt = 1; ; attempt++) {
    try {
      await driver.query(block, []);
      return;
    } catch (error) {
      // Where transactions are repeatable reads by default, the second in line does not see what the first has made.
      if (classify(error) === 'retry' && attempt < 5) continue;
      if (codeOf(error) !== '42501') throw error;
      throw new FsmError(
        'INVALID_OPTION',
        {
          option: 'schema',
          expected:
            'one in which this role may create tables, or tables made there by migratePostgres() with a role that may',
          found: `that of ${conversation}, where PostgreSQL rejected it (${(error as Error).message})`,
        },
        { cause: error },
      );
    }
  }
}
