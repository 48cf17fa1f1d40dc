/** The assistant is killed in each phase of an answer; another process goes on. */

import { afterAll, beforeAll } from 'vitest';
import { describeKills, removeAssistants } from './assistant.ts';
import { engines, type RunningEngine } from './servers.ts';

let engine: RunningEngine;
beforeAll(async () => {
  const found = engines.find(({ name }) => name === 'sqlite');
  if (found === undefined) throw new Error('There is no such engine.');
  engine = await found.start();
});
afterAll(async () => {
  await engine?.close();
  await removeAssistants();
});

describeKills(() => engine);
