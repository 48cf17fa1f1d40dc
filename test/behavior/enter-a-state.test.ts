/** A state where a scene is wanted: the error names the fix. */

import { flow, state, states } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

const Form = states('Form', { name: state() });
const order = flow('order')
  .ask('product', { prompt: 'What?' })
  .done(() => {});

describe.each(frameworks)('enter() on %s', (_, framework) => {
  it.each<readonly [string, unknown, string]>([
    ['a state', Form.name, 'the state "Form:name": move there with set()'],
    ['the id of a state', 'Form:name', 'the state "Form:name": move there with set()'],
    ['a step of a flow', 'order:product', 'the state "order:product": enter its scene "order"'],
  ])('of %s is an error that names the fix', async (_name, target, found) => {
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm({ states: [Form, order] });
    bot.use(({ fsm }) => fsm.enter(target as never));
    await telegram(bot.bot).user('Anna').sends('go');
    expect(bot.errors).toMatchObject([{ code: 'INVALID_TARGET' }]);
    expect(String(bot.errors[0])).toContain(found);
  });
});
