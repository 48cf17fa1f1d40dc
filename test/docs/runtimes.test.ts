import { storageContract } from '@telefsm/testing';
import { expect, it } from 'vitest';
import { results, table } from '../runtimes/results.ts';
import { fileOf } from './pages.ts';

it('the table of runtimes is what `npm run test:runtimes` has found', async () => {
  const section = /(<!-- runtimes: .+ -->\n)[\s\S]*(<!-- \/runtimes -->)/;
  const page = fileOf('docs/versions.md');
  expect(page).toMatch(section);
  const expected = page.replace(section, (_, begin, end) => `${begin}\n${table()}\n\n${end}`);
  await expect(expected).toMatchFileSnapshot('../../docs/versions.md');
});

it('the contract was last run on every runtime with the rules of today', () => {
  const rules = storageContract(() => {
    throw new Error('A list of rules must not open a storage.');
  });
  const contracts = Object.entries(results()).filter(([title]) =>
    title.startsWith('storage contract'),
  );
  expect(contracts.length).toBeGreaterThan(5);
  for (const [title, counts] of contracts)
    for (const [runtime, count] of Object.entries(counts))
      expect({ title, runtime, count }).toEqual({ title, runtime, count: rules.length });
});
