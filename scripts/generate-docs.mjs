/**
 * Writes what is made from the code: `docs/errors.md`, `docs/storage-contract.md`, and the numbers in `README.md`.
 *
 * With `--check` it writes nothing, and fails if a page is out of date.
 */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import sizeLimits from '../.size-limit.mjs';
import { breaks } from '../test/guarantees/breaks.mjs';
import { projectFiles, read, readJson, root } from './lib/workspace.mjs';

const isCheck = process.argv.includes('--check');
const commandSource = 'packages/commands/src/errors.ts';
const notice = '<!-- Made by `npm run generate`; edit the source named below instead. -->';

const { errorCatalogue } = await import(built('core', 'tools'));
const { CommandError } = await import(built('commands'));
const { storageContract } = await import(built('testing'));
page('docs/errors.md', errorsPage(errorCatalogue));
page('docs/storage-contract.md', contractPage(storageContract));
page('README.md', readme(read('README.md')));

function built(folder, entry = 'index') {
  return pathToFileURL(join(root, 'packages', folder, `dist/${entry}.js`)).href;
}

function page(path, text) {
  if (existsSync(join(root, path)) && read(path) === text) return;
  if (isCheck) {
    console.error(`${path} is out of date. Run \`npm run generate\`.`);
    process.exitCode = 1;
  } else writeFileSync(join(root, path), text);
}

function errorsPage(catalogue) {
  const source = 'packages/core/src/base/error-catalogue.ts';
  const details = detailsOf(source, 'FsmErrorDetails');
  const entries = Object.entries(catalogue).map(([code, { message, fix }]) => {
    const fields = details.get(code);
    if (!fields) throw new Error(`${source}: FsmErrorDetails has no '${code}'.`);
    return entry(`## ${code}`, message(placeholders(fields)), fix, table('details', fields));
  });
  const ofTrees = commandErrors();
  const intro = [
    '# Errors',
    notice,
    `An error of telefsm is an \`FsmError\` with a \`code\`. Check it with \`isFsmError(error, code)\`. This page lists all ${entries.length} codes: the
message, with ‹details› in their places, and the fix. Command trees have [${ofTrees.length} more](#errors-of-command-trees).`,
    `The message of an \`FsmError\` ends with \`[TELEFSM_code]\`. In the [\`production\` build](guide-hosting.md#bundles), the message has no
sentence: it is the code, the details and a reference to this page.`,
    'Errors of your handlers, schemas and database clients are not wrapped. They reach your error handler unchanged.',
    `Source: \`${source}\`.`,
  ];
  return `${[...intro, ...entries, ...commandIntro(ofTrees.length), ...ofTrees].join('\n\n')}\n`;
}

function commandIntro(count) {
  return [
    '## Errors of command trees',
    `[Command trees](guide-commands.md) throw a \`CommandError\` with one of ${count} codes. Check it with \`isCommandError(error, code)\`.
Its message has ‹args› in their places, also in the \`production\` build. In a bot, a user whose input is wrong reads the message.`,
    `Source: \`${commandSource}\`.`,
  ];
}

/** The sentences are private to their package, so each is read from an error that is made for it. */
function commandErrors() {
  return [...detailsOf(commandSource, 'CommandErrorArgs')].map(([code, fields]) =>
    entry(
      `### ${code}`,
      new CommandError(code, placeholders(fields)).message,
      table('args', fields),
    ),
  );
}

function entry(heading, message, ...more) {
  return [heading, `> ${message}`, ...more].filter((part) => part !== '').join('\n\n');
}

/** The fields of an error, or nothing if it has none. */
function table(member, fields) {
  if (fields.length === 0) return '';
  const rows = fields.map(
    ({ name, type }) => `| \`${name}\` | \`${type.replaceAll('|', '\\|')}\` |`,
  );
  return [`| in \`${member}\` | type |`, '|---|---|', ...rows].join('\n');
}

/** The fields of each code, read from an interface, because types leave no trace at run time. */
function detailsOf(path, name) {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  const found = file.statements.find(
    (node) => ts.isInterfaceDeclaration(node) && node.name.text === name,
  );
  const fieldsOf = (member) =>
    member.type.members.map((field) => ({
      name: field.name.getText(),
      type: field.type.getText().replace(/^readonly /, ''),
    }));
  return new Map(found.members.map((member) => [member.name.getText(), fieldsOf(member)]));
}

/** Details whose every value is its own name: `{ key: '‹key›', known: ['‹known›'] }`; what is true or false is false. */
function placeholders(fields) {
  const entries = fields.map(({ name, type }) => {
    if (type === 'boolean') return [name, false];
    return [name, type.endsWith('[]') ? [`‹${name}›`] : `‹${name}›`];
  });
  return Object.fromEntries(entries);
}

/** The rules are data; a factory of rules is asked for them with a storage that is never opened. */
function rulesOf(contract) {
  return typeof contract === 'function' ? contract(neverOpened) : contract;
}

function contractPage(contract) {
  const rows = rulesOf(contract).map(({ name, needs = [] }) => {
    const features = Array.isArray(needs) ? needs : [needs];
    return `| ${name} | ${features.map((feature) => `\`${feature}\``).join(', ')} |`;
  });
  const intro = [
    '# The storage contract',
    notice,
    `You write a storage, and need to know what it must guarantee. The contract has ${rows.length} rules, and each is a test.
\`storageContract\` of \`@telefsm/testing\` runs them against any storage, with any test runner: see
[Write one](guide-storages.md#write-one). A rule with a feature applies only to storages that declare the feature.`,
    `A *holder* is the turn that has the lease. A *fence* is the number of its lease, which grows with every grant. A *continuing commit* writes in the middle of a turn and keeps the lease, under the next
fence. A *waiter* is a turn of another process that waits for the lease.`,
    'Source: `packages/testing/src`.',
    ['| rule | feature |', '|---|---|', ...rows].join('\n'),
    '## Next',
    '* [Write one](guide-storages.md#write-one): the interface, and two rules that are easy to break.\n* [Guarantees](guarantees.md): what bots get from a storage that passes.',
  ];
  return `${intro.join('\n\n')}\n`;
}

/** The README with the numbers of today in its list. */
function readme(text) {
  const ruleCount = rulesOf(storageContract).length;
  const dependencies = Object.keys(readJson('packages/core/package.json').dependencies ?? {});
  const [, ...calls] = /"a state follows another: (\d+) acquire, (\d+) commit,/.exec(
    read('test/checks/counts.check.mjs'),
  );
  const perUpdate = calls.reduce((sum, count) => sum + Number(count), 0);
  const { limit } = sizeLimits.find(({ name }) => name === 'a bot with a flow, production');
  const examples = projectFiles(/^examples\/[^/]+\/package\.json$/).length;
  const list = [
    `**Every update is a transaction.** Concurrent messages never overwrite each other, a crash leaves no partial state, and redelivered updates are ignored. A check breaks these guarantees on purpose in ${breaks.length} ways, and each time a test fails.`,
    `**Typed from the first question to the last.** The answers of a flow and the data of a state are inferred; a wrong name does not compile. Each of the ${Object.keys(errorCatalogue).length} errors says how to fix it.`,
    `**One bot, any storage.** Memory, SQLite, Redis, PostgreSQL, MySQL, MariaDB, Cloudflare. An update takes ${perUpdate} storage calls, lock included. ${ruleCount} rules test every storage, including your own.`,
    `**Deadlines that fire.** A question can time out after a minute or a week, also across a restart, in whichever process is running.`,
    `**Small.** Core has ${dependencies.length === 0 ? 'no' : dependencies.length} dependencies. A bundled bot with a flow takes less than ${limit}, gzipped, in the [\`production\` build](docs/guide-hosting.md#bundles), which leaves out the sentences of errors.`,
    `**Tests without a network.** A chat driver plays whole conversations against your real bot in milliseconds: ${examples} examples show how.`,
  ];
  const [begin, end] = ['<!-- numbers: made by `npm run generate` -->', '<!-- end of numbers -->'];
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`README.md has no ${begin} … ${end}.`);
  const lines = list.map((each) => `* ${each}\n`).join('');
  return `${text.slice(0, before + begin.length)}\n${lines}${text.slice(after)}`;
}

function neverOpened() {
  throw new Error('A list of rules must not open a storage.');
}
