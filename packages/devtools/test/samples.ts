/** Flows that the tests of this package draw, check and watch. */

import { flow } from '@telefsm/core';

const address = flow('address')
  .ask('city', { prompt: 'Which city?' })
  .ask('zip', { prompt: 'Which code?', optional: true })
  .done(() => 'Thank you.');

/** Every kind of step. */
export const parcel = flow('parcel', {
  trigger: '/parcel',
  description: 'Send a parcel',
  timeout: '90m',
})
  .ask('size', { prompt: 'How large?', choices: { s: 'Small', m: 'Medium', l: 'Large' } })
  .branch('size', {
    s: (steps) => steps.ask('envelope', { prompt: 'In an envelope?', choices: ['yes', 'no'] }),
    l: (steps) => steps.ask('lift', { prompt: 'Is there a lift?', when: () => true }),
  })
  .include('home', address)
  .repeat('items', {
    min: 0,
    max: 3,
    each: (steps) => steps.ask('item', { prompt: 'What is in it?' }),
    again: 'More?',
  })
  .branch(
    () => true,
    (steps) => steps.ask('insured', { prompt: 'Insured?' }),
  )
  .confirm({ prompt: 'Send it?' })
  .done(() => 'Sent.');

/** A flow of thirty questions, every fifth of which is asked only sometimes. */
export function longFlow() {
  type Asking = ReturnType<typeof begin>;
  const begin = () => flow('long', { trigger: '/long' }).ask('q1', { prompt: 'Question 1?' });
  let asking: Asking = begin();
  for (let number = 2; number <= 30; number++) {
    const sometimes = number % 5 === 0 ? { when: () => true } : {};
    const question = { prompt: `Question ${number}?`, ...sometimes };
    asking = asking.ask(`q${number}` as 'q', question) as unknown as Asking;
  }
  return asking.done(() => 'Done.');
}
