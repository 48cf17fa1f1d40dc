import { expect, it } from 'vitest';
import { table } from '../runtimes/results.ts';
import { fileOf } from './pages.ts';

it('the table of runtimes is what `npm run test:runtimes` has found', async () => {
  const section = /(<!-- runtimes: .+ -->\n)[\s\S]*(<!-- \/runtimes -->)/;
  const page = fileOf('docs/versions.md');
  expect(page).toMatch(section);
  const expected = page.replace(section, (_, begin, end) => `${begin}\n${table()}\n\n${end}`);
  await expect(expected).toMatchFileSnapshot('../../docs/versions.md');
});
