/** A path is opened with a driver of the runtime, and a conversation is there after the file is opened again. */

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteStorage } from '@telefsm/storage-sqlite';

const path = join(mkdtempSync(join(tmpdir(), 'telefsm-path-')), 'bot.db');
const first = sqliteStorage(path);
const { fence } = await first.acquire('k', { token: 't', lease: 1000, queue: false });
assert.equal(await first.commit('k', { token: 't', fence }, { text: 'text', state: null }), 'done');
await first.close();
const again = sqliteStorage(path);
assert.equal((await again.peek('k')).text, 'text');
await again.close();
console.log('ok 1');
