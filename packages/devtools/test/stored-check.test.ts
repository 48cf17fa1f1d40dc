import { flow, memoryStorage, state, states } from '@telefsm/core';
import { createMachine, type SchemaOf } from '@telefsm/core/adapter';
import { describe, expect, it } from 'vitest';
import { checkStored } from '../src/conversations/stored-check.ts';

/** A storage with what an earlier version has kept, and whatever else lies in it. */
async function kept(texts: Readonly<Record<string, string>> = {}) {
  const storage = memoryStorage();
  const Form = states('Form', { name: state(), age: state(), gone: state() });
  const order = flow('order')
    .ask('what', { prompt: 'What?' })
    .ask('many', { prompt: 'How many?' })
    .done(() => undefined);
  const machine = createMachine({ states: [Form, order], storage });
  machine.connect({ id: 1, call: async () => ({ message_id: 1 }) });
  const talk = (user: number) => machine.at({ bot: 1, user });
  await talk(1).run((turn) => turn.state.set(Form.name, { name: 'Anna' }));
  await talk(2).run((turn) => turn.state.set(Form.age, { name: 'Boris', age: 7 }));
  await talk(3).run((turn) => turn.state.set(Form.age, { name: 'Clara', age: 'eight' }));
  await talk(4).run((turn) => turn.state.set(Form.gone));
  await talk(5).run((turn) => {
    turn.state.set(Form.gone);
    turn.state.call(order);
  });
  for (const [name, text] of Object.entries(texts)) {
    const key = `telefsm:b1:custom=${name}`;
    const { fence } = await storage.acquire(key, { token: name, lease: 1000, queue: false });
    await storage.commit(key, { token: name, fence }, { text, state: null });
  }
  return storage;
}

/** A schema that takes a person whose age is a number, or can be made one. */
function person(makes: (age: unknown) => unknown): SchemaOf<{ name: string; age: number }> {
  const validate = (value: unknown) => {
    const { name, age } = value as { name: string; age: unknown };
    const made = makes(age);
    if (typeof made === 'number') return { value: { name, age: made } };
    return { issues: [{ message: 'expected number', path: ['age'] }] };
  };
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

const order = flow('order')
  .ask('which', { prompt: 'Which?' })
  .done(() => undefined);
/** The form as the next version has it. */
const form = (schema = person((age) => age)) =>
  states('Form', { name: state(), age: state(schema) });

describe('a check of stored conversations', () => {
  it('looks at states, at callers below them, at steps, at data by its schema, and at the record itself', async () => {
    const storage = await kept({
      foreign: 'hello',
      later: '{"v":9}',
      newer: '{"v":1,"m":3,"s":"Form:name"}',
    });
    const before: unknown[] = [];
    for await (const { key, stored } of storage.list({})) before.push([key, stored.text]);
    const machine = createMachine({ states: [form(), order], storage });
    const { looked, faults } = await checkStored(storage, machine);
    expect(looked).toBe(8);
    expect(
      faults
        .map(({ severity, code, where, conversations }) => [severity, code, where, conversations])
        .sort(),
    ).toEqual([
      ['error', 'STORED_DATA_INVALID', 'Form:age', 1],
      ['error', 'STORED_RECORD_NEWER', '(no state)', 2],
      ['error', 'STORED_RECORD_UNREADABLE', '(no state)', 1],
      ['error', 'STORED_STATE_UNKNOWN', 'Form:gone', 2],
    ]);
    const data = faults.find(({ code }) => code === 'STORED_DATA_INVALID');
    expect(data?.examples).toEqual(['telefsm:b1:c3:u3']);
    expect(data?.message).toMatch(
      /1 conversation is in 'Form:age' with data.*age.*expected number/,
    );
    const after: unknown[] = [];
    for await (const { key, stored } of storage.list({})) after.push([key, stored.text]);
    expect(after).toEqual(before);
  });

  it('sees conversations as migrations and former names will make them', async () => {
    const storage = await kept();
    const machine = createMachine({
      states: [form(person((age) => String(age).length)), order],
      storage,
      migrations: {
        1: (record) => (record.state === 'Form:gone' ? { ...record, state: 'Form:name' } : record),
      },
    });
    const { faults } = await checkStored(storage, machine);
    expect(faults.map(({ severity, code, where }) => [severity, code, where])).toEqual([
      ['warning', 'STORED_STEP_GONE', 'order:what'],
    ]);
  });

  it('reports the error of a migration', async () => {
    const storage = await kept();
    const broken = (): never => {
      throw new Error('cannot read that');
    };
    const machine = createMachine({
      states: [form()],
      storage,
      migrations: { 1: broken },
    });
    const { faults } = await checkStored(storage, machine);
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(['STORED_CHECK_FAILED']));
    expect(faults[0]?.message).toContain('cannot read that');
  });
});
