/** Mistakes that JavaScript allows, and the compiler would not: the error names the mistake and what belongs there. */

import { describe, expect, it } from 'vitest';
import { createMachine } from '../src/adapter.ts';
import { flow, scene, state, states } from '../src/index.ts';

const Form = states('Form', { name: state() });
// biome-ignore lint/suspicious/noExplicitAny: without the compiler nothing has a type
type Loose = any;
const make: Loose = createMachine;
const group: Loose = states;
const loose: Loose = flow;

describe('a mistake that only JavaScript can make is reported by name', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'a group in place of a list',
      () => make({ states: Form }),
      /Invalid option "states": found an object\. Expected a list, as in \[Form, order\]/,
    ],
    [
      'a scene in place of a list',
      () => make({ scenes: scene('s').on({ handle: () => {} }) }),
      /Invalid option "scenes": found an object\. Expected a list/,
    ],
    [
      'a misspelled text',
      () => make({ texts: { cancelled: 'Stopped.' } }),
      /Unknown option "texts\.cancelled"\. Did you mean "canceled"\?/,
    ],
    [
      'a misspelled text of a flow',
      () =>
        loose('f', { texts: { timeout: 'Too late.' } })
          .ask('a', { prompt: 'A?' })
          .done(() => {}),
      /Unknown option "f texts\.timeout"\. Did you mean "timedOut"/,
    ],
    [
      'a misspelled event',
      () => make().observe('commited', () => {}),
      /Unknown option "observe commited"\. Did you mean "committed"\?/,
    ],
    [
      'an event without a listener',
      () => make().observe('turn'),
      /Invalid option "observe committed": found 'turn'\. Expected a function/,
    ],
    [
      'rounds that return no steps',
      () =>
        loose('f').repeat('guests', {
          each: (b: Loose) => void b.ask('name', { prompt: 'Name?' }),
          again: 'More?',
        }),
      /the steps inside 'f'": found undefined\. Expected a function that returns its steps/,
    ],
    [
      'a list in place of options',
      () => make([Form]),
      /Invalid option "fsm\(\)": found a list\. Expected options, such as { states/,
    ],
    [
      'a name in the list',
      () => make({ states: ['Form'] }),
      /fsm\({ states }\) was given 'Form'\. Expected groups of states, nodes, flows and scenes/,
    ],
    [
      'a flow without its end',
      () => make({ states: [flow('f').ask('a', { prompt: 'A?' })] }),
      /was given a flow without `\.done\(…\)`/,
    ],
    [
      'a node without its handlers',
      () => make({ states: [scene('s')] }),
      /was given a node without `\.on\(…\)`/,
    ],
    [
      'what a circle of imports has not made yet',
      () => make({ states: [undefined] }),
      /was given undefined\. .+ circular import/,
    ],
    [
      'an address of a storage',
      () => make({ storage: 'redis://localhost' }),
      /Invalid option "storage": found 'redis:\/\/localhost'\. Expected a storage/,
    ],
    [
      'some other store',
      () => make({ storage: new Map() }),
      /Invalid option "storage": found an instance of Map\. Expected a storage/,
    ],
    [
      'a group without a name',
      () => group({ name: state() }),
      /Invalid name for a group: "an object"\. Expected a text without/,
    ],
    [
      'names in place of states',
      () => group('Form', ['name']),
      /states\('Form'\) was given 'name'\. Expected `state\(\)`, or an object of them/,
    ],
    [
      'a length of time in words',
      () =>
        flow('f', { timeout: '10 minutes' as Loose })
          .ask('a', { prompt: 'A?' })
          .done(() => {}),
      /Invalid option "f timeout": found '10 minutes'\. Expected milliseconds or a text such as/,
    ],
  ])('%s', (_, wrong, said) => {
    expect(wrong).toThrow(said);
  });
});
