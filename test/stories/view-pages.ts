/**
 * The parts of READMEs of examples with views: a picture of the playground, a diagram of every button that was pressed, and the
 * conversation of the script. `npm run picture` makes all of it; a test fails where diagram or conversation is stale.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { graph, mermaid } from '@telefsm/devtools';
import { type Exploration, type Explored, explore } from '@telefsm/testing';
import type { Framework } from './example.ts';
import { examples } from './index.ts';

/** The examples whose READMEs show a view. */
export const viewExamples = ['shop', 'settings', 'booking', 'live-quiz'] as const;

/** One of {@link viewExamples}. */
export type ViewExample = (typeof viewExamples)[number];

const [begin, end] = ['<!-- view: made by `npm run picture` -->', '<!-- end of view -->'];

/** Explores an example, with the words that only its script knows. */
export async function exploredExample(name: string, framework: Framework): Promise<Exploration> {
  const { bots, script } = examples[name] as NonNullable<(typeof examples)[string]>;
  const texts = [...script.matchAll(/^(?!Bot)\w+(?: in \w+)?: (.*)$/gm)].map(
    ([, text = '']) => text,
  );
  return explore(
    (world) => {
      const { bot, machine } = bots[framework]({ token: '1:test', ...world });
      // an example shows less of its machine than it has
      return { bot, machine } as unknown as Explored;
    },
    { runs: 40, longest: 4096, ignore: ['unreachable'], texts: [...new Set(texts)] },
  );
}

/** Makes that part of a README. */
export function sectionOf(name: ViewExample, { coverage }: Exploration): string {
  const { bots, script } = examples[name] as NonNullable<(typeof examples)[string]>;
  const { machine } = bots.grammy({ token: '1:test' });
  const drawn = mermaid(graph(machine, { moves: coverage.transitions }));
  const image = (scheme: string) => `../../docs/images/example-${name}-${scheme}.webp`;
  return `${begin}

<picture>
  <source media="(prefers-color-scheme: dark)" srcset="${image('dark')}">
  <img src="${image('light')}" width="1180" alt="The example in the playground: the chat, its live diagram, and the stored data.">
</picture>

Its buttons, as \`explore\` has pressed them:

\`\`\`mermaid
${drawn.trimEnd()}
\`\`\`

A conversation with it, from [\`script.txt\`](script.txt):

\`\`\`text transcript
${script}
\`\`\`

${end}`;
}

/** The same part as it stands in the README. */
export function sectionIn(name: ViewExample): string | undefined {
  const text = readFileSync(readme(name), 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  return from < 0 || to < 0 ? undefined : text.slice(from, to + end.length);
}

/** Writes it into the README, before its last line at first. */
export function writeSection(name: ViewExample, section: string): void {
  const text = readFileSync(readme(name), 'utf8');
  const present = sectionIn(name);
  const made =
    present === undefined
      ? text.replace(/\n(More: .*\n)$/, (_, more: string) => `\n${section}\n\n${more}`)
      : text.replace(present, () => section);
  writeFileSync(readme(name), made);
}

function readme(name: ViewExample): URL {
  return new URL(`../../examples/${name}/README.md`, import.meta.url);
}
