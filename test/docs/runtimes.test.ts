import { expect, it } from 'vitest';
import { table } from '../runtimes/runtimes.ts';
import { fileOf } from './pages.ts';

it('the table of runtimes is the one that `npm run test:runtimes` runs', async () => {
  const section = /(<!-- runtimes: .+ -->\n)[\s\S]*(<!-- \/runtimes -->)/;
  const page = fileOf('docs/versions.md');
  expect(page).toMatch(section);
  const expected = page.replace(section, (_, begin, end) => `${begin}\n${table()}\n\n${end}`);
  await expect(expected).toMatchFileSnapshot('../../docs/versions.md');
});
