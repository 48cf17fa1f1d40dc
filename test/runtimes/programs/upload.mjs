/** Uploads a file to the fake Bot API through the client of the framework that is named as an argument. */

import assert from 'node:assert/strict';
import { botApiServer } from '@telefsm/testing';

const server = await botApiServer();
const anna = server.user('Anna');
const bytes = Buffer.from('bytes of a file');
const clients = {
  async grammy() {
    const { Bot, InputFile } = await import('grammy');
    const { api } = new Bot('1:test', { client: { apiRoot: server.url } });
    return () => api.sendDocument(anna.id, new InputFile(bytes, 'a.txt'));
  },
  async telegraf() {
    const { Telegraf } = await import('telegraf');
    const { telegram } = new Telegraf('1:test', { telegram: { apiRoot: server.url } });
    return () => telegram.sendDocument(anna.id, { source: bytes, filename: 'a.txt' });
  },
};

/** Uploads the same file again and again without a framework: an upload that is not done by then never will be. */
async function others() {
  for (let count = 0; count < 300; count++) {
    const body = new FormData();
    body.set('chat_id', anna.id);
    body.set('document', new Blob([bytes]), 'a.txt');
    const response = await fetch(`${server.url}/bot1:test/sendDocument`, { method: 'POST', body });
    assert.equal((await response.json()).ok, true);
  }
  console.log('The upload hangs: 300 others were done meanwhile.');
  process.exit(1);
}

const upload = await clients[process.argv[2]]();
const { document } = await Promise.race([upload(), others()]);
assert.deepEqual([document.file_name, document.file_size], ['a.txt', bytes.length]);
console.log('ok 1');
process.exit(0);
