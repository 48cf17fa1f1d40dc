/** The types in a project without `strictNullChecks`: answers, data and services are typed; only `undefined` is not told apart. */

import { type AnswersOf, flow, invalid, scene, state, states, typed } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';

const order = flow('order', { trigger: '/order', services: typed<{ rate(): number }>() })
  .ask('name', { prompt: 'Name?' })
  .ask('age', { prompt: 'Age?', validate: (text) => Number(text) || invalid('A number?') })
  .ask('kind', { prompt: 'Kind?', choices: ['a', 'b'] })
  .ask('several', { prompt: 'Which?', choices: { x: 'X', y: 'Y' }, multiple: true })
  .ask('phone', { prompt: 'Phone?', accept: 'contact', share: 'Share' })
  .ask('paid', { prompt: 'Pay.', accept: 'payment', optional: true })
  .done((answers, { services }) => {
    const name: string = answers.name;
    const age: number = answers.age;
    const kind: 'a' | 'b' = answers.kind;
    const several: readonly ('x' | 'y')[] = answers.several;
    const phone: string = answers.phone.phone_number;
    const total: number = (answers.paid?.total_amount ?? 0) * services.rate();
    // @ts-expect-error a text
    const wrong: number = answers.name;
    // @ts-expect-error a choice
    const other: 'c' = answers.kind;
    // @ts-expect-error no such question
    void answers.nothing;
    return [name, age, kind, several, phone, total, wrong, other].join();
  });

export const answers: Pick<AnswersOf<typeof order>, 'name' | 'kind'> = { name: 'x', kind: 'a' };
// @ts-expect-error a text
export const wrong: Pick<AnswersOf<typeof order>, 'name'> = { name: 1 };

const cart = scene('cart', { data: typed<{ items: string[] }>() }).on({
  handle: ({ data, input, again }) => {
    const text: string = input.text;
    // @ts-expect-error a text
    const number: number = data.items[0];
    return again({ items: [...data.items, text, `${number}`] });
  },
});

const Form = states('Form', { name: state(), age: state<{ name: string }>() });
export const machine = createMachine({
  states: [order, cart, Form],
  services: { rate: () => 1 },
});
