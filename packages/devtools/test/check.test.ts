import { flow, state, states } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { describe, expect, it } from 'vitest';
import { feedback } from '../../../examples/feedback/feedback.ts';
import { order } from '../../../examples/order/order.ts';
import { quiz } from '../../../examples/quiz/quiz.ts';
import { support } from '../../../examples/support/support.ts';
import { check, graph } from '../src/index.ts';
import { parcel } from './samples.ts';

type Machine = ReturnType<typeof createMachine>;
const found = (machine: Machine, options?: Parameters<typeof graph>[1]) =>
  check(graph(machine, options)).map(({ severity, code, where }) => `${severity} ${code} ${where}`);
const form = (id: string, options: Parameters<typeof flow>[1] = {}) =>
  flow(id, options)
    .ask('name', { prompt: 'Name?' })
    .done(() => 'Done.');

describe('a check', () => {
  it('finds nothing wrong in flows of every kind', () => {
    expect(found(createMachine({ states: [order, parcel, feedback, quiz, support] }))).toEqual([]);
  });

  it('finds states that no declared move leads to, and those that none leaves', () => {
    const Form = states('Form', { name: state(), age: state(), city: state() });
    const moves = [
      [null, 'Form:name'],
      ['Form:name', 'Form:age'],
      ['Form:city', null],
    ] as const;
    expect(found(createMachine({ states: [Form] }), { moves })).toEqual([
      'error UNREACHABLE Form:city',
      'error NO_WAY_OUT Form:name',
      'error NO_WAY_OUT Form:age',
    ]);
  });

  it('does not judge states whose handlers may move anywhere', () => {
    const Form = states('Form', { name: state(), age: state() });
    expect(found(createMachine({ states: [Form] }))).toEqual([]);
  });

  it('finds flows that can neither be canceled nor time out', () => {
    const stuck = form('stuck', { commands: { cancel: false } });
    const timed = form('timed', { commands: { cancel: false }, timeout: '1h' });
    expect(found(createMachine({ states: [stuck, timed] }))).toEqual(['error NO_ESCAPE stuck']);
    expect(found(createMachine({ states: [form('all')], commands: { cancel: false } }))).toEqual([
      'error NO_ESCAPE all',
    ]);
  });

  it('finds a command that a flow takes for its own while it runs', () => {
    const stop = form('stop', { trigger: 'cancel' });
    expect(found(createMachine({ states: [stop] }))).toEqual(['error DUPLICATE_COMMAND stop']);
  });

  it('finds commands, descriptions and deep links that Telegram rejects', () => {
    const flows = [
      form('a', { trigger: 'x'.repeat(33), description: 'x'.repeat(257) }),
      form('b', { deepLink: 'a b' }),
    ] as const;
    expect(found(createMachine({ states: flows }))).toEqual([
      'error BAD_COMMAND a',
      'error BAD_DESCRIPTION a',
      'error BAD_DEEP_LINK b',
    ]);
  });

  it('finds prompts that are empty or too long', () => {
    const made = flow('talk')
      .ask('short', { prompt: ' ' })
      .ask('long', { prompt: { text: 'x'.repeat(4097) } })
      .ask('right', { prompt: 'x'.repeat(4096) })
      .done(() => 'Done.');
    expect(found(createMachine({ states: [made] }))).toEqual([
      'error EMPTY_TEXT talk:short',
      'error TEXT_TOO_LONG talk:long',
    ]);
  });

  it('finds buttons without a label and buttons that look alike', () => {
    const made = flow('pick')
      .ask('one', { prompt: 'Which?', choices: { a: '', b: 'Same', c: 'Same' } })
      .done(() => 'Done.');
    expect(found(createMachine({ states: [made] }))).toEqual([
      'error BAD_BUTTON pick:one',
      'warning BAD_BUTTON pick:one',
    ]);
  });

  it('names the fix', () => {
    const [fault] = check(
      graph(createMachine({ states: [form('a', { trigger: `/${'a'.repeat(33)}` })] })),
    );
    expect(fault?.message).toBe(
      `'/${'a'.repeat(33)}' of 'a' is not a valid command. Use 1 to 32 lower-case letters, digits and underscores.`,
    );
  });
});
