/** Runs the code of pages, as modules in a folder whose dependencies they import. */

import { mkdirSync, writeFileSync } from 'node:fs';

const folder = new URL('./played/', import.meta.url);

/** Makes a module of code, and gives its exports. */
export async function moduleOf(
  name: string,
  code: string,
): Promise<Readonly<Record<string, unknown>>> {
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${name.replace(/\W+/g, '-')}.mts`, folder);
  writeFileSync(file, code);
  return import(file.pathname);
}
