/** The examples of views are short: their length is what a reader compares with other libraries. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it.each([
  ['shop', 90],
  ['settings', 40],
])('the example %s has under %i lines', (name, most) => {
  const path = new URL(`../../examples/${name}/${name}.ts`, import.meta.url);
  expect(readFileSync(path, 'utf8').trimEnd().split('\n').length).toBeLessThan(most);
});
