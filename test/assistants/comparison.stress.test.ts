import { expect, it } from 'vitest';
import { fileOf } from '../docs/pages.ts';
import { sharedRedis } from '../servers/shared.ts';
import { compare, tableOf } from './table.ts';

it('the table beside the Chat SDK is what happens, and telefsm loses, doubles and swaps nothing', {
  timeout: 900_000,
}, async () => {
  const { port } = await sharedRedis();
  const cells = await compare(port);
  for (const { candidate, situation, outcome } of cells) {
    if (candidate.program !== 'telefsm') continue;
    const { messages, answered, lost, doubled, late } = outcome;
    const found = [situation.name, answered, lost, doubled, late];
    expect(found).toEqual([situation.name, messages, 0, 0, 0]);
  }
  expect(fileOf('docs/comparison.md')).toContain(tableOf(cells));
});
