import { describe, expect, it } from 'vitest';
import { shownAt } from '../src/adapter.ts';

describe('a session at a property of a context', () => {
  it('is read and assigned through each context, and through objects that inherit from one', () => {
    const show = shownAt('session', true);
    const contexts: { session?: unknown }[] = [{}, {}];
    const values = [{ value: 1 as unknown }, { value: 2 as unknown }];
    for (const [at, ctx] of contexts.entries()) show(ctx, values[at] as { value: unknown });
    const inherited: { session?: unknown } = Object.create(contexts[1] as object);
    (contexts[0] as { session?: unknown }).session = 'assigned';
    expect([contexts[0]?.session, contexts[1]?.session, inherited.session]).toEqual([
      'assigned',
      2,
      2,
    ]);
    expect(values).toEqual([{ value: 'assigned' }, { value: 2 }]);
  });

  it('has one accessor for all contexts, so that no hidden class outlives an update', () => {
    const show = shownAt('session', false);
    const [first, second] = [{}, {}].map((ctx) => {
      show(ctx, { value: undefined });
      return Object.getOwnPropertyDescriptor(ctx, 'session');
    });
    expect(first?.get).toBeTypeOf('function');
    expect([first?.get, first?.set, first?.enumerable]).toEqual([second?.get, second?.set, false]);
  });
});
