import { describe, expect, it } from 'vitest';
import { fileOf } from './pages.ts';

const core = 'packages/core/src';

/** The members of an interface, as its file has them, without opaque ones. */
function membersOf(file: string, name: string): readonly string[] {
  const [, body = ''] =
    new RegExp(`^export interface ${name}\\b[\\s\\S]*?\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(
      fileOf(file),
    ) ?? [];
  const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)(?:\??:|\(|<)/gm)];
  return [...new Set(members.map(([, member = '']) => member))];
}

/** The members of an option that is an object: `turn.max`. */
function partsOf(option: string, name: string): readonly string[] {
  return membersOf(`${core}/machine/machine-options.ts`, name).map((part) => `${option}.${part}`);
}

/** The first cells of the tables on a page, between two headings. */
function firstCells(page: string, from: string, to: string): readonly string[] {
  const part = fileOf(page).split(from)[1]?.split(to)[0] ?? '';
  const cells = [...part.matchAll(/^\| (`[^|]+`) \|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) =>
    [...cell.matchAll(/`([\w.]+)(?:\(.*?\))?`/g)].map(([, name = '']) => name),
  );
}

const tables = [
  {
    what: 'a machine',
    // `services` is asked for by the types exactly when a scene needs some
    members: [
      ...membersOf(`${core}/machine/machine-options.ts`, 'MachineOptions'),
      'services',
      ...partsOf('waiting', 'WaitingOptions'),
      ...partsOf('turn', 'TurnOptions'),
      ...partsOf('sweep', 'SweepOptions'),
    ],
    cells: firstCells('docs/options.md', '# Options', '## The machine'),
  },
  {
    what: 'a flow',
    members: membersOf(`${core}/scene/flow/flow.ts`, 'FlowOptions'),
    cells: firstCells('docs/guide-flows.md', '## `flow(id, options)`', '## Texts and i18n'),
  },
  {
    what: 'a question',
    members: membersOf(`${core}/scene/flow/question.ts`, 'Question'),
    cells: firstCells('docs/guide-questions.md', '## `.ask(name, question)`', '## Payments'),
  },
  {
    what: 'a command tree',
    members: membersOf('packages/commands/src/command-tree.ts', 'CommandTreeOptions'),
    cells: firstCells('docs/guide-commands.md', '## `commandTree(id, options)`', '## Help'),
  },
];

describe('the members of', () => {
  it('a machine are those of the code, each once', () => {
    const members = [
      ...membersOf(`${core}/machine/machine-interface.ts`, 'Machine'),
      ...membersOf(`${core}/machine/middleware.ts`, 'MiddlewareMachine'),
      ...membersOf('packages/grammy/src/fsm.ts', 'GrammyMachine'),
    ];
    expect(members.length).toBeGreaterThan(10);
    const cells = firstCells('docs/options.md', '## The machine', '## Next');
    expect([...cells].sort()).toEqual([...members].sort());
  });
});

describe('the options of', () => {
  it.each(tables)('$what are those of the code, each once', ({ members, cells }) => {
    expect(members.length).toBeGreaterThan(10);
    expect([...cells].sort()).toEqual([...members].sort());
  });
});
