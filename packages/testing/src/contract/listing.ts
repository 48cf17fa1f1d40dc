/** Rules of the contract: walking the conversations. */

import assert from 'node:assert/strict';
import type { ListQuery, StoredConversation } from '@telefsm/core/storage';
import type { Bench, Rule } from './rule.ts';
import { minute, record } from './rule.ts';

export const listingRules: readonly Rule[] = [
  {
    name: 'a listing shows key, text, state and deadline of each conversation',
    needs: ['list'],
    async check(bench) {
      const { key, put } = bench;
      await put(key('a'), 'text of a', { state: 'order.address' });
      await put(key('b'), 'text of b\0', { deadlineIn: minute });
      const found = await list(bench);
      assert.deepEqual(
        found.map(({ key, stored, state }) => [key, stored.text, state]),
        [
          [key('a'), 'text of a', 'order.address'],
          [key('b'), 'text of b\0', null],
        ],
      );
      const [a, b] = found.map(({ stored }) => stored.deadlineIn);
      assert.equal(a, undefined);
      assert.ok(b !== undefined && b > 0 && b <= minute, `${b} ms to the deadline`);
    },
  },
  {
    name: 'a listing shows the state that was written last',
    needs: ['list'],
    async check(bench) {
      const { key, put } = bench;
      for (const state of ['first', null, 'last']) await put(key('a'), 'text', { state });
      assert.deepEqual(
        (await list(bench)).map(({ state }) => state),
        ['last'],
      );
    },
  },
  {
    name: 'a prefix is matched literally: no wildcards, case-sensitive',
    needs: ['list'],
    breaks: "an operator's query would show other chats",
    async check(bench) {
      const { key, put } = bench;
      const names = ['a%b', 'a_b', 'a*b', 'a?b', 'a[x]b', 'a\\b', "a'b", 'axb', 'Axb', 'a', 'b'];
      for (const name of names) await put(key(name), 'text');
      for (const prefix of ['a%', 'a_', 'a*', 'a?', 'a[x]', 'a\\', "a'", 'a', 'A', 'axb', 'axbx']) {
        assert.deepEqual(
          keysOf(await list(bench, { prefix: key(prefix) })),
          names
            .filter((name) => name.startsWith(prefix))
            .map(key)
            .sort(),
          `prefix ${prefix}`,
        );
      }
    },
  },
  {
    name: 'a listing of one state shows that state only',
    needs: ['list'],
    async check(bench) {
      const { key, put } = bench;
      await put(key('1'), 'text', { state: 'order' });
      await put(key('2'), 'text', { state: 'Order' });
      await put(key('3'), 'text', { state: 'order.address' });
      await put(key('4'), 'text');
      await put(key('5'), 'text', { state: 'order' });
      assert.deepEqual(keysOf(await list(bench, { state: 'order' })), [key('1'), key('5')]);
      assert.deepEqual(keysOf(await list(bench, { state: 'nowhere' })), []);
    },
  },
  {
    name: 'pages show each conversation once',
    needs: ['list'],
    async check(bench) {
      const { key, put } = bench;
      const names = Array.from({ length: 11 }, (_, n) => key(`${n % 2 ? 'x' : 'X'}${n}`));
      for (const name of names) await put(name, 'text', { state: 'here' });
      for (const state of [undefined, 'here']) {
        const found: string[] = [];
        for (let pages = 0; pages <= names.length; pages++) {
          const page = await list(bench, { limit: 3, ...(state && { state }), ...after(found) });
          assert.ok(page.length <= 3, `a page of 3 has ${page.length}`);
          if (page.length === 0) break;
          found.push(...page.map(({ key }) => key));
        }
        assert.deepEqual(found.sort(), names.sort());
      }
    },
  },
  {
    name: 'paging continues if the last conversation of a page was deleted',
    needs: ['list'],
    async check(bench) {
      const { key, put, take } = bench;
      for (const name of ['1', '2', '3', '4', '5', '6']) await put(key(name), 'text');
      const first = (await list(bench, { limit: 3 })).map(({ key }) => key);
      await (await take(first[2] ?? '')).commit(undefined);
      const rest = (await list(bench, { limit: 10, ...after(first) })).map(({ key }) => key);
      assert.deepEqual([...first, ...rest].sort(), ['1', '2', '3', '4', '5', '6'].map(key));
    },
  },
  {
    name: 'a listing shows committed data only: nothing deleted, nothing of a running turn',
    needs: ['list', 'fencing'],
    async check(bench) {
      const { key, put, take } = bench;
      await put(key('deleted'), 'text');
      await (await take(key('deleted'))).commit(undefined);
      await take(key('held, not written'));
      await put(key('held'), 'text');
      await take(key('held'));
      await (await take(key('kept'))).commit(record('unit'), minute);
      await (await take(key('released'))).release();
      assert.deepEqual(keysOf(await list(bench)), [key('held'), key('kept')]);
    },
  },
  {
    name: 'a listing shows no expired conversation',
    needs: ['list', 'ttl'],
    async check(bench) {
      const { key, put, advance } = bench;
      await put(key('expired'), 'text', { ttl: 20 });
      await put(key('alive'), 'text', { ttl: minute });
      await advance(60);
      assert.deepEqual(keysOf(await list(bench)), [key('alive')]);
    },
  },
];

async function list({ storage, key }: Bench, query: ListQuery = {}): Promise<StoredConversation[]> {
  const found: StoredConversation[] = [];
  assert.ok(storage.list);
  for await (const each of storage.list({ prefix: key(''), ...query })) found.push(each);
  return query.limit === undefined ? found.sort((a, b) => (a.key < b.key ? -1 : 1)) : found;
}

const keysOf = (found: readonly StoredConversation[]): string[] => found.map(({ key }) => key);

function after(found: readonly string[]): ListQuery {
  const last = found.at(-1);
  return last === undefined ? {} : { after: last };
}
