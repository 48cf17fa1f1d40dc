/** Uploads a file to the fake Bot API through the client of the framework that is named as an argument. */

import assert from 'node:assert/strict';
import { botApiServer } from '@telefsm/testing';

const server = await botApiServer();
const anna = server.user('Anna');
const bytes = Buffer.from('bytes of a file');
const uploads = {
  async grammy() {
    const { Bot, InputFile } = await import('grammy');
    const { api } = new Bot('1:test', { client: { apiRoot: server.url } });
    return api.sendDocument(anna.id, new InputFile(bytes, 'a.txt'));
  },
  async telegraf() {
    const { Telegraf } = await import('telegraf');
    const { telegram } = new Telegraf('1:test', { telegram: { apiRoot: server.url } });
    return telegram.sendDocument(anna.id, { source: bytes, filename: 'a.txt' });
  },
};
// A client that never ends its request would hang for ever.
setTimeout(() => {
  console.log('The upload hangs: its request never ends.');
  process.exit(1);
}, 20_000);
const { document } = await uploads[process.argv[2]]();
assert.deepEqual([document.file_name, document.file_size], ['a.txt', bytes.length]);
console.log('ok 1');
process.exit(0);
