import type { StandardSchemaV1 as Specified } from '@standard-schema/spec';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMachine } from '../src/adapter.ts';
import {
  type DataOf,
  isFsmError,
  memoryStorage,
  type Schema,
  scene,
  state,
  states,
} from '../src/index.ts';
import { message } from './fixtures/updates.ts';

const libraries = {
  zod: z.object({ name: z.string(), age: z.number().default(18) }),
  valibot: v.object({ name: v.string(), age: v.optional(v.number(), 18) }),
  arktype: type({ name: 'string', age: 'number = 18' }),
} as const;

const port = { id: 1, call: async () => ({ message_id: 1 }) };

describe.each(Object.entries(libraries))('a schema of %s', (_, schema) => {
  const Kept = states('Kept', { state: state(schema as Schema<unknown, object>) });
  const make = (unknownState: 'reset' | 'error' = 'error') => {
    const storage = memoryStorage();
    const loose = createMachine({ storage });
    const strict = createMachine({ storage, states: [Kept], unknownState }).connect(port);
    loose.connect(port);
    return { loose: loose.at({ user: 7 }), strict, at: strict.at({ user: 7 }) };
  };

  it('checks data when it is read back, and fills in its defaults', async () => {
    const { loose, at } = make();
    await loose.run(({ state: fsm }) => {
      fsm.set(Kept.state, {});
      fsm.replace({ name: 'Ann' });
    });
    expect(await at.run(({ state: fsm }) => fsm.data)).toEqual({ name: 'Ann', age: 18 });
  });

  it('rejects data that no longer fits, with the issues', async () => {
    const { loose, at } = make();
    await loose.run(({ state: fsm }) => {
      fsm.set(Kept.state, {});
      fsm.replace({ name: 5 });
    });
    const error = await at.run(() => {}).catch((thrown: unknown) => thrown);
    expect(isFsmError(error, 'DATA_INVALID') && error.details.state).toBe('Kept:state');
    expect(isFsmError(error, 'DATA_INVALID') && error.details.issues[0]).toContain('name');
  });

  it('lets a conversation begin anew where that is the policy', async () => {
    const { loose, strict } = make('reset');
    await loose.run(({ state: fsm }) => {
      fsm.set(Kept.state, {});
      fsm.replace({ name: 5 });
    });
    let found: unknown;
    await strict.handle(
      message({ text: 'hello', chat: { id: 7, type: 'private' }, from: { id: 7 } }),
      port,
      ({ state: fsm }) => {
        found = fsm.current;
      },
    );
    expect(found).toBe(null);
  });

  it('is the data of a node', async () => {
    const Node = scene('node', { data: schema as Schema<object, object> }).on({ handle: () => {} });
    const machine = createMachine({ states: [Node] }).connect(port);
    await machine.at({ user: 7 }).run(({ state: fsm }) => fsm.enter(Node, { name: 'Ann' }));
    expect((await machine.at({ user: 7 }).peek())?.data).toEqual({ name: 'Ann', age: 18 });
  });
});

it('schemas type the data of a state, and ours is the specification’s type', () => {
  const Typed = states('Typed', {
    zod: state(libraries.zod),
    valibot: state(libraries.valibot),
    arktype: state(libraries.arktype),
  });
  const data: { name: string; age: number } = {} as DataOf<typeof Typed.zod> &
    DataOf<typeof Typed.valibot> &
    DataOf<typeof Typed.arktype>;
  const specified: Specified<unknown, object> = {} as Schema<unknown, object>;
  expect([data, specified]).toEqual([{}, {}]);
});

describe('defaults of a scene that waits for another', () => {
  it('count towards the size of the record when they are filled in', async () => {
    const child = scene('child').on({ handle: () => {} });
    const nodes = (schema: Schema<object, object>) => [
      scene('caller', { data: schema }).on({ handle: () => {} }),
      child,
    ];
    const storage = memoryStorage();
    const now = { unknownState: 'error', maxRecordBytes: 2000 } as const;
    const before = createMachine({ storage, states: nodes(z.object({})), ...now }).connect(port);
    await before.at({ user: 7 }).run(({ state: fsm }) => {
      fsm.enter('caller' as never);
      fsm.call(child);
    });
    const large = z.object({ notes: z.string().default('x'.repeat(3000)) });
    const after = createMachine({ storage, states: nodes(large), ...now }).connect(port);
    await expect(after.at({ user: 7 }).run(() => {})).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
    });
  });
});
