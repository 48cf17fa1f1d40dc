import type { AnyScene } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { graph, mermaid } from '@telefsm/devtools';
import type { Coverage } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { diagramsOf, pages } from './pages.ts';
import { moduleOf } from './played.ts';

/** Those that show what a definition is; the others are drawn by hand, and say what no definition says. */
const ofDefinitions = pages
  .flatMap(diagramsOf)
  .filter(({ text }) => text.startsWith('stateDiagram-v2'));

describe('a state diagram of a page', () => {
  it.each(ofDefinitions)(
    'at $where is what is drawn of the code above it',
    async ({ where, text, code }) => {
      // A diagram of a bot that was explored is drawn with the moves that were found.
      const isExplored = code.includes('const { coverage } =');
      const ending = isExplored ? '\nexport { coverage, machine };\n' : '';
      const shown = await moduleOf(`diagram ${where}`, code + ending);
      const scenes = Object.values(shown).filter(
        (one): one is AnyScene => typeof one === 'object' && one !== null && '~scene' in one,
      );
      const machine = shown['machine'] ?? createMachine({ scenes });
      const { transitions: moves } = (shown['coverage'] ?? {}) as Partial<Coverage>;
      const drawn = mermaid(graph(machine as Parameters<typeof graph>[0], moves && { moves }));
      expect(drawn.trim()).toBe(text.trim());
    },
  );

  it('is on more than one page', () => {
    expect(ofDefinitions.length).toBeGreaterThan(1);
  });
});
