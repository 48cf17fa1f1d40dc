/** Starts a bundled webhook bot on workerd and sends it updates. Arguments: the folder that has miniflare, and the bundle. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { message } from '../bots/bot.mjs';

const [, , tools, bundle] = process.argv;
const { Miniflare } = createRequire(`${tools}/package.json`)('miniflare');
const worker = new Miniflare({
  modules: true,
  script: readFileSync(bundle, 'utf8'),
  compatibilityDate: '2026-01-01',
  host: '127.0.0.1',
  cf: false,
});
const post = async (update_id, secret) => {
  const response = await worker.dispatchFetch('http://bot/', {
    method: 'POST',
    headers: { 'x-telegram-bot-api-secret-token': secret },
    body: JSON.stringify(message(update_id)),
  });
  return `${response.status} ${await response.text()}`.trim();
};
try {
  assert.match(await post(1, 'wrong'), /^401/);
  assert.equal(await post(1, 'secret'), '200 1');
  assert.equal(await post(2, 'secret'), '200 2');
  assert.equal(await post(2, 'secret'), '200', 'a redelivered update moves nothing');
  assert.equal(await post(3, 'secret'), '200 3');
  console.log('ok 5');
} finally {
  await worker.dispose();
}
