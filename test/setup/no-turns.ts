/** Each test begins as in a new process: turns that an earlier test of the worker has left unfinished do not count. */

import { beforeEach } from 'vitest';
import { working } from '../../packages/core/src/lease/queue.ts';

beforeEach(() => {
  working.turns = 0;
});
