/** Session data as it is written to a record. */

import { expect, it } from 'vitest';
import { settled } from '../src/session/values.ts';

/** What is stored, and the paths that are warned of. */
function written(value: unknown) {
  const warned: string[] = [];
  const stored = settled(value, undefined, 'session', (path) => warned.push(path));
  return { stored, warned };
}

it('a getter that returns another object each time is stored without a warning', () => {
  const session = {
    get items() {
      return [1, 2];
    },
  };
  expect(written(session)).toEqual({ stored: { items: [1, 2] }, warned: [] });
});

it('what toJSON, a class or JSON itself changes is warned of by its path', () => {
  const at = new Date(0);
  const session = { at, own: { toJSON: () => 'text' }, list: [Number.NaN] };
  expect(written(session)).toEqual({
    stored: { at: at.toJSON(), own: 'text', list: [null] },
    warned: ['session.at', 'session.own', 'session.list[]'],
  });
});
