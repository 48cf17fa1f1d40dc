/** Buttons and invoices name their machine by four letters, so two namespaces of a process may not share them. */

import { isFsmError } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

/** FNV-1a, as tags are made. */
function tagOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % 36 ** 4;
}

/** Two namespaces with one tag. */
function collision(start: string): readonly [string, string] {
  const known = new Map<number, string>();
  for (let at = 0; ; at++) {
    const name = `${start}${at}`;
    const other = known.get(tagOf(name));
    if (other !== undefined) return [other, name];
    known.set(tagOf(name), name);
  }
}

describe.each(frameworks)('namespaces on %s', (_, framework) => {
  it('a namespace whose tag another one has is rejected when the machine is made', () => {
    const [first, second] = collision('bot-');
    framework.bot().fsm({ namespace: first });
    framework.bot().fsm({ namespace: first });
    const make = () => framework.bot().fsm({ namespace: second });
    expect(make).toThrow(first);
    try {
      make();
    } catch (error) {
      expect(isFsmError(error, 'INVALID_OPTION')).toBe(true);
    }
  });
});
