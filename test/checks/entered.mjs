/**
 * Counts how many files and functions of the built core and adapter one update enters, by V8's coverage: how much somebody has to read who
 * follows it. The update is not the first of its kind, so that nothing is counted that happens once. The files are the source files: the
 * build names them above their parts.
 *
 * `npm run entered` compares with `entered.json`, also downwards; `-- --update` writes what was found, `-- --list` names the functions.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { parseArgs } from 'node:util';
import { flow, state, states } from '@telefsm/core';
import { FsmComposer, fsm } from '@telefsm/grammy';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { Bot } from 'grammy';
import Database from 'libsql';

const options = { update: { type: 'boolean' }, list: { type: 'boolean' } };
const { values } = parseArgs({ options });
const dataFile = new URL('entered.json', import.meta.url);
const Form = states('Form', { name: state(), age: state() });
const survey = flow('survey', { trigger: '/survey' })
  .ask('name', { prompt: 'Your name?' })
  .ask('age', { prompt: 'Your age?' })
  .ask('town', { prompt: 'Your town?' })
  .done(() => 'Thanks.');

/** A bot that sends nothing anywhere. */
function quietBot() {
  const me = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' };
  const bot = new Bot('1:test', { botInfo: me });
  bot.api.config.use(async () => ({ ok: true, result: { message_id: 1 } }));
  return bot;
}

/** States in the memory of this process, by grammY's own composer. */
function plainBot() {
  const bot = quietBot();
  bot.use(fsm());
  const form = new FsmComposer();
  form.state(Form.name).on('message:text', (ctx) => {
    ctx.state.set(Form.age, { name: ctx.msg.text });
  });
  form.state(Form.age).on('message:text', (ctx) => ctx.state.set(Form.name));
  bot.use(form);
  bot.command('start', (ctx) => ctx.state.set(Form.name));
  return bot;
}

/** A flow on a storage that several processes may share. */
function flowBot() {
  const bot = quietBot();
  bot.use(fsm({ states: [survey], storage: sqliteStorage(new Database(':memory:')) }));
  return bot;
}

function update(id, text) {
  const from = { id: 5, is_bot: false, first_name: 'Ann' };
  const entities = [{ type: 'bot_command', offset: 0, length: text.length }];
  const chat = { id: 5, type: 'private', first_name: 'Ann' };
  const message = { message_id: id, date: 1, chat, from, text };
  return { update_id: id, message: text.startsWith('/') ? { ...message, entities } : message };
}

/** Hands texts over; what the last one enters is counted. */
async function count(name, bot, texts) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  for (const [at, text] of texts.entries()) {
    await session.post('Profiler.takePreciseCoverage');
    await bot.handleUpdate(update(at + 1, text));
  }
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  const entered = new Map();
  for (const { url, functions } of result) {
    const [, owner] = /(core|grammy)\/dist\/[^?]*$/.exec(url) ?? [];
    const called = functions.filter(({ ranges: [range] }) => range.count > 0);
    if (owner === undefined || called.length === 0) continue;
    const built = readFileSync(new URL(url), 'utf8');
    for (const { functionName, ranges } of called) {
      const file = `${owner}/${sourceAt(built, ranges[0].startOffset, url)}`;
      entered.set(file, [...(entered.get(file) ?? []), functionName || '(none)']);
    }
  }
  for (const [file, called] of values.list ? entered : [])
    console.log(`${file}: ${called.join(', ')}`);
  const parts = {};
  let functions = 0;
  for (const [file, called] of entered) {
    const [, part = 'adapter'] = /^core\/src\/(\w+)/.exec(file) ?? [];
    parts[part] = (parts[part] ?? 0) + called.length;
    functions += called.length;
  }
  const sorted = Object.fromEntries(
    Object.entries(parts).sort(([one], [other]) => one.localeCompare(other)),
  );
  return [name, { files: entered.size, functions, parts: sorted }];
}

/** The source file of a place in a built one. */
function sourceAt(built, offset, url) {
  const [, source] = built.slice(0, offset).match(/[\s\S]*^\/\/ (src\/\S+\.ts)$/m) ?? [];
  if (source === undefined) throw new Error(`${url} does not name the source file at ${offset}.`);
  return source;
}

const found = Object.fromEntries([
  await count('a plain text in memory', plainBot(), ['/start', 'Ann', '7', 'Ann']),
  await count('an answer of a flow on SQLite', flowBot(), ['/survey', 'Ann', '7']),
]);
if (values.update) writeFileSync(dataFile, `${JSON.stringify(found, null, 2)}\n`);
const expected = JSON.parse(readFileSync(dataFile, 'utf8'));
for (const [name, { files, functions }] of Object.entries(found)) {
  const isExpected = JSON.stringify(found[name]) === JSON.stringify(expected[name]);
  if (!isExpected) process.exitCode = 1;
  const reviewed = isExpected ? '' : `; reviewed: ${JSON.stringify(expected[name])}`;
  console.log(`${name}: ${files} files, ${functions} functions${reviewed}`);
}
process.exit();
