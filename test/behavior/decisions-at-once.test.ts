/** Functions that have to decide at once, and decide later: a promise would count as a yes, or as a no. */

import { flow, interruptBy, isFsmError, scene, typed } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks, type Options } from './frameworks.ts';
import { play } from './play.ts';

const later = (async () => true) as never;

const day = scene('day', { data: typed<{ day?: string }>() }).on({
  view: ({ calendar }) => ({ text: 'Which day?', rows: [calendar('day', { disabled: later })] }),
});
const ask = flow('ask', { trigger: '/ask', interrupt: interruptBy(later) })
  .ask('name', { prompt: 'Name?' })
  .done(() => 'Thank you!');

const cases: readonly (readonly [string, string, readonly unknown[], Options])[] = [
  ['when', 'when', [], { when: later }],
  ['the disabled days of a calendar', 'calendar disabled', [day], {}],
  [
    'the interrupts of a machine',
    'interruptBy()',
    [],
    { waiting: { interrupt: interruptBy(later) } },
  ],
  ['the interrupts of a flow', 'interruptBy()', [ask], {}],
];

describe.each(frameworks)('a promise on %s', (_, framework) => {
  it.each(cases)('is rejected as %s', async (_name, option, states, options) => {
    const { bot, anna } = play(framework, states, options);
    bot.command('start', async ({ fsm }) => {
      if (states.includes(day)) fsm.enter(day as never, {} as never);
    });
    // the second finds a turn that it may interrupt
    await Promise.all([anna.sends(states.includes(ask) ? '/ask' : '/start'), anna.sends('Anna')]);
    const [error] = bot.errors;
    expect(isFsmError(error, 'INVALID_OPTION') && error.details).toMatchObject({
      option,
      found: 'a promise',
    });
  });
});
