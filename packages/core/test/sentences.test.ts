/** The compiler's errors about the most likely mistakes with views and flows. */

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = fileURLToPath(new URL('sentences', import.meta.url));

it('each mistake has an error at its place, and most have a sentence that names what to do', async () => {
  const made = mkdtempSync(`${folder}/made-`);
  const mistakes = readFileSync(`${folder}/mistakes.types.ts`, 'utf8');
  writeFileSync(`${made}/mistakes.ts`, mistakes.replace(/@ts-expect-error/g, 'mistake:'));
  writeFileSync(
    `${made}/tsconfig.json`,
    JSON.stringify({ extends: '../tsconfig.json', include: ['mistakes.ts'] }),
  );
  const lines = await new Promise<readonly string[]>((resolve) => {
    const compiler = `${root}node_modules/typescript-7/bin/tsc`;
    execFile(process.execPath, [compiler, '-p', made, '--pretty', 'false'], (_, out) =>
      resolve(out.split('\n')),
    );
  }).finally(() => rmSync(made, { recursive: true }));
  // the first two lines of each: what an editor shows without scrolling
  const shown = lines
    .filter((line) => !/^ {3}/.test(line))
    .map((line) => line.replace(/^\S+\(\d+,\d+\): error TS\d+: /, ''));
  expect(shown).toMatchInlineSnapshot(`
    [
      "Type '() => string' is not assignable to type 'Complaint<"Handlers are not options: write scene(id, options).on({ view, handle, … }).">'.",
      "Argument of type 'string' is not assignable to parameter of type 'string & Complaint<"toggle() takes a key of the data whose value is a boolean.">'.",
      "  Type 'string' is not assignable to type 'Complaint<"toggle() takes a key of the data whose value is a boolean.">'.",
      "Argument of type '"off"' is not assignable to parameter of type '"on" | (string & Complaint<"toggle() takes a key of the data whose value is a boolean.">)'.",
      "Argument of type '(page: PageRequest) => Promise<readonly { readonly id: string; }[]>' is not assignable to parameter of type 'ShownPage<unknown> | PageSource<unknown>'.",
      "  Type '(page: PageRequest) => Promise<readonly { readonly id: string; }[]>' is not assignable to type '(page: PageRequest) => Awaitable<Complaint<"A loader returns { items, total }: a page, and the length of the list."> | Page<unknown>>'.",
      "Type '() => { text: string; keyboard: { inline_keyboard: never[]; }; }' is not assignable to type '(turn: ViewTurn<{}, {}, unknown, {}>) => Promise<View> | View'.",
      "  Type '{ text: string; keyboard: { inline_keyboard: never[]; }; }' is not assignable to type 'Promise<View> | View'.",
      "Type '() => { photo: string; text: string; }' is not assignable to type '(turn: ViewTurn<{}, {}, unknown, {}>) => Promise<View> | View'.",
      "  Type '{ photo: string; text: string; }' is not assignable to type 'Promise<View> | View'.",
      "Argument of type 'Promise<void>' is not assignable to parameter of type 'Transition | ((turn: HandlerTurn<{}, {}, unknown, {}>) => Awaitable<void | Sent | Transition>)'.",
      "Argument of type '"name"' is not assignable to parameter of type '"name" & Complaint<"This flow already has a step or a parameter 'name'.">'.",
      "  Type 'string' is not assignable to type 'Complaint<"This flow already has a step or a parameter 'name'.">'.",
      "Type '(text: string) => boolean' is not assignable to type '((value: string, answers: { readonly name: string; }, turn: SessionTurn<{}, {}>) => Awaitable<boolean | Invalid | Redo<"name">>) & Complaint<...>'.",
      "  Type '(text: string) => boolean' is not assignable to type 'Complaint<"\`validate\` must return the answer or invalid(\\"why\\"), not a boolean and not nothing.">'.",
      "Type '({ kind }: UserInput<keyof InputValues>) => boolean' is not assignable to type '(({ kind }: UserInput<keyof InputValues>) => boolean) & Complaint<"A picker returns the answer, or undefined to reject the input: not a boolean and not nothing.">'.",
      "  Type '({ kind }: UserInput<keyof InputValues>) => boolean' is not assignable to type 'Complaint<"A picker returns the answer, or undefined to reject the input: not a boolean and not nothing.">'.",
      "Type '({ kind }: UserInput<keyof InputValues>) => boolean' is not assignable to type '(({ kind }: UserInput<keyof InputValues>) => boolean) & Complaint<"A picker returns the answer, or undefined to reject the input: not a boolean and not nothing.">'.",
      "  Type '({ kind }: UserInput<keyof InputValues>) => boolean' is not assignable to type 'Complaint<"A picker returns the answer, or undefined to reject the input: not a boolean and not nothing.">'.",
      "Type 'string' is not assignable to type 'Complaint<"\`share\` needs accept: 'contact', 'location', 'users_shared' or 'chat_shared'.">'.",
      "Type '() => string' is not assignable to type 'Complaint<"Handlers are not options: write scene(id, options).on({ view, handle, … }).">'.",
      "Type '() => { answer: "m"; }' is not assignable to type '((answers: { readonly name: string; }, turn: SessionTurn<{}, {}>) => Awaitable<"end" | { readonly answer: "m"; }>) & Complaint<"onTimeout returns an answer that this question does not accept.">'.",
      "  Type '() => { answer: "m"; }' is not assignable to type 'Complaint<"onTimeout returns an answer that this question does not accept.">'.",
      "",
    ]
  `);
}, 120_000);
