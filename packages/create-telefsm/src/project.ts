/** Writes a new project into a folder. */

import { cpSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProjectChoices } from './choices.ts';
import { manifestOf } from './manifest.ts';

const templates = fileURLToPath(new URL('../templates/', import.meta.url));

/** Files that npm would treat as its own in a package; templates have them with `_` for the dot. */
const dotFiles = ['gitignore', 'dockerignore', 'env'];

/**
 * Creates a bot: its code, a test, the configuration of the compiler, and a Dockerfile. Installs nothing.
 *
 * @param folder - a new or empty folder; its name becomes the name of the package
 * @returns the absolute path of the folder
 * @throws Error if the folder has files
 * @example
 * createProject('my-bot', { framework: 'grammy', storage: 'sqlite', language: 'ts' });
 */
export function createProject(folder: string, choices: ProjectChoices): string {
  const path = resolve(folder);
  requireFree(path);
  const { framework, storage, language } = choices;
  const manifest = manifestOf(packageName(basename(path)), choices);
  mkdirSync(path, { recursive: true });
  const layers = ['shared', `${language}/base`, `${language}/${framework}`];
  if (storage !== 'memory') layers.push(`${language}/${storage}`);
  for (const layer of layers) cpSync(join(templates, layer), path, { recursive: true });
  for (const name of dotFiles) renameSync(join(path, `_${name}`), join(path, `.${name}`));
  writeFileSync(join(path, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return path;
}

/** @throws Error if a path is a file, or a folder with files */
export function requireFree(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) throw new Error(`"${path}" is a file. Name a new or an empty folder.`);
  if (readdirSync(path).some((name) => name !== '.git'))
    throw new Error(`The folder "${path}" has files in it. Name a new or an empty folder.`);
}

/** A folder's name as npm accepts it for a package: `My Bot` becomes `my-bot`. */
function packageName(folder: string): string {
  return (
    folder
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[^a-z0-9]+|-+$/g, '') || 'my-bot'
  );
}
