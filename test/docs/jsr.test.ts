import { describe, expect, it } from 'vitest';
import { fileOf } from './pages.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: { readonly [path: string]: string | { readonly '@telefsm/source': string } };
  readonly dependencies?: { readonly [name: string]: string };
  readonly peerDependencies?: { readonly [name: string]: string };
}

interface JsrManifest extends Manifest {
  readonly imports?: { readonly [name: string]: string };
}

const read = <T>(path: string): T => JSON.parse(fileOf(path));
const core = read<Manifest>('packages/core/package.json');

describe.each(['core', 'grammy'])('the package %s for JSR', (folder) => {
  const jsr = read<JsrManifest>(`packages/${folder}/jsr.json`);
  const npm = read<Manifest>(`packages/${folder}/package.json`);

  it('is the one for npm: name, version, licence, source', () => {
    const { name, version, license } = npm;
    const exports: Record<string, string> = {};
    for (const [path, target] of Object.entries(npm.exports))
      if (typeof target === 'object') exports[path] = target['@telefsm/source'];
    expect(jsr).toMatchObject({ name, version, license, exports });
  });

  it('imports what the one for npm depends on', () => {
    for (const [name, target] of Object.entries(jsr.imports ?? {})) {
      const expected =
        name === core.name
          ? `jsr:${name}@^${core.version}`
          : `npm:${name}@${npm.peerDependencies?.[name] ?? npm.dependencies?.[name]}`;
      expect(target).toBe(expected);
    }
  });
});
