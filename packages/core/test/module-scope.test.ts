/** Cloudflare's Workers forbid timers, random values and abort controllers while a module is evaluated, and bots are created there. */

import { expect, it, vi } from 'vitest';
import { createMachine } from '../src/adapter.ts';
import { memoryStorage, state, states } from '../src/index.ts';

function forbidden(): never {
  throw new Error('Disallowed operation called within global scope.');
}

it('a machine can be created at the module scope of a Worker', () => {
  vi.stubGlobal('AbortController', forbidden);
  vi.stubGlobal('setTimeout', forbidden);
  vi.stubGlobal('setInterval', forbidden);
  vi.stubGlobal('fetch', forbidden);
  vi.spyOn(Math, 'random').mockImplementation(forbidden);
  vi.spyOn(crypto, 'getRandomValues').mockImplementation(forbidden);
  vi.spyOn(crypto, 'randomUUID').mockImplementation(forbidden);
  try {
    const options = { states: [states('Form', { name: state() })], storage: memoryStorage() };
    expect(createMachine(options).storage).toBeDefined();
  } finally {
    vi.unstubAllGlobals();
  }
});
