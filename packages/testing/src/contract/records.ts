/** Rules of the contract: what is written comes back, under its own key, exactly. */

import assert from 'node:assert/strict';
import type { Rule } from './rule.ts';
import { minute, record } from './rule.ts';

const texts: { readonly [what: string]: string } = {
  'no text at all': '',
  'a NUL': 'before\0after\0',
  'lone surrogates': 'high \ud800, low \udc00, turned \udfff\ud83d',
  'emoji and composed letters': '👩‍👩‍👧 🏳️‍🌈 \u00e9 e\u0301',
  'line breaks, quotes and placeholders': '\r\n\t\'"`\\\\ $1 {{}} %s :x ?1 \u2028\ufeff',
  'the word null': 'null',
  '200 kB': '0123456789абвгд'.repeat(13_000),
};

/** Keys of which a sloppy storage takes two for one. */
const lookAlikes = [
  'a',
  'A',
  'a ',
  ' a',
  'aa',
  'a%',
  'a_',
  'a*',
  'a?',
  '[a]',
  'a\\',
  "a'",
  'a"',
  'a;--',
  'a:b',
  'a{b}',
  'a/../a',
  '%',
  '_',
  '*',
  '0',
  '00',
  'null',
];

export const recordRules: readonly Rule[] = [
  {
    name: 'a conversation that was never written is absent',
    needs: [],
    async check({ key, finds, read, storage }) {
      await finds(key('new'), undefined);
      assert.equal(await read(key('new')), undefined);
      assert.equal(await storage.peek(key('new')), undefined);
    },
  },
  ...Object.entries(texts).map(
    ([what, text]): Rule => ({
      name: `a text comes back exactly: ${what}`,
      needs: [],
      async check({ key, put, finds }) {
        await put(key('text'), text);
        await finds(key('text'), text);
      },
    }),
  ),
  {
    name: 'a text replaces the previous one',
    needs: [],
    async check({ key, put, finds }) {
      await put(key('k'), 'a long first text');
      await put(key('k'), 'short');
      await finds(key('k'), 'short');
    },
  },
  {
    name: 'a turn that writes nothing changes nothing',
    needs: [],
    breaks: 'a command that nobody handles would forget the conversation',
    async check({ key, put, take, finds }) {
      await put(key('k'), 'text');
      const lease = await take(key('k'));
      await lease.release();
      await lease.release();
      await finds(key('k'), 'text');
    },
  },
  {
    name: 'a deleted conversation is absent, and can be written again',
    needs: [],
    async check({ key, put, take, finds }) {
      await put(key('k'), 'text');
      assert.equal(await (await take(key('k'))).commit(undefined), 'done');
      await finds(key('k'), undefined);
      assert.equal(await (await take(key('k'))).commit(undefined), 'done');
      await put(key('k'), 'again');
      await finds(key('k'), 'again');
    },
  },
  {
    name: 'a turn can write, continue, and write again',
    needs: [],
    async check({ key, take, storage, finds }) {
      const lease = await take(key('k'));
      assert.equal(await lease.commit(record('first'), minute), 'done');
      assert.equal((await storage.peek(key('k')))?.text, 'first');
      assert.equal(await lease.commit(undefined, minute), 'done');
      assert.equal(await storage.peek(key('k')), undefined);
      assert.equal(await lease.commit(record('third'), minute), 'done');
      await lease.release();
      await finds(key('k'), 'third');
      const next = await take(key('k'));
      assert.equal(await next.commit(record('kept'), minute), 'done');
      assert.equal(await next.commit(record('last')), 'done');
      await finds(key('k'), 'last');
    },
  },
  {
    name: 'peek returns the last commit while a turn runs, and acquires nothing',
    needs: [],
    async check({ key, put, take, storage, finds }) {
      await put(key('k'), 'before');
      await storage.peek(key('k'));
      const lease = await take(key('k'));
      assert.equal((await storage.peek(key('k')))?.text, 'before');
      assert.equal(await lease.commit(record('after')), 'done');
      await finds(key('k'), 'after');
    },
  },
  {
    name: 'keys that look alike are different conversations',
    needs: [],
    breaks: 'users would share a conversation',
    async check({ key, put, take, finds }) {
      for (const name of lookAlikes) await put(key(name), `text of ${name}`);
      for (const name of lookAlikes) await finds(key(name), `text of ${name}`);
      await (await take(key('a%'))).commit(undefined);
      await (await take(key('*'))).commit(undefined);
      for (const name of lookAlikes) {
        await finds(key(name), name === 'a%' || name === '*' ? undefined : `text of ${name}`);
      }
    },
  },
  {
    name: 'a key can have 512 bytes, and each byte counts',
    needs: [],
    async check({ key, put, finds }) {
      const long = key('').padEnd(511, '.');
      await put(`${long}1`, 'one');
      await put(`${long}2`, 'two');
      await finds(`${long}1`, 'one');
      await finds(`${long}2`, 'two');
      await finds(long, undefined);
    },
  },
  {
    name: 'the storage has the methods that its features require',
    needs: [],
    async check({ storage }) {
      const { deadlines, list } = storage.features;
      const found = {
        due: typeof storage.due,
        settled: typeof storage.settled,
        list: typeof storage.list,
      };
      const deadlined = deadlines ? 'function' : 'undefined';
      assert.deepEqual(found, {
        due: deadlined,
        settled: deadlined,
        list: list ? 'function' : 'undefined',
      });
    },
  },
  {
    name: 'an error of another driver is classified as unknown',
    needs: [],
    breaks: 'a commit that was kept would be reported as not kept',
    async check({ storage }) {
      for (const error of [
        new Error('socket hang up'),
        new TypeError('x'),
        'text',
        null,
        undefined,
      ]) {
        assert.equal(storage.classify?.(error) ?? 'unknown', 'unknown');
      }
    },
  },
  {
    name: 'the storage can be closed twice',
    needs: [],
    async check({ storage, key, put }) {
      await put(key('k'), 'text');
      await storage.close?.();
      await storage.close?.();
    },
  },
];
