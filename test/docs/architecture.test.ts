import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fileOf } from './pages.ts';

const root = new URL('../../', import.meta.url);
const bases = ['packages/core/src/scene/flow/', 'packages/core/src/', ''];
const named = [...fileOf('ARCHITECTURE.md').matchAll(/`([\w/-]+\.ts)`/g)].map(
  ([, path = '']) => path,
);

it('every file that ARCHITECTURE.md names exists', () => {
  const missing = named.filter(
    (path) => !bases.some((base) => existsSync(new URL(base + path, root))),
  );
  expect(missing).toEqual([]);
  expect(named.length).toBeGreaterThan(40);
});
