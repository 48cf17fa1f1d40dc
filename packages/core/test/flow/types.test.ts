/** The types of flows: answers, steps, and mistakes that do not compile. */

import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMachine } from '../../src/adapter.ts';
import {
  type AnswersOf,
  type DataOf,
  flow,
  invalid,
  redo,
  type StatesIn,
  typed,
} from '../../src/index.ts';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const exact = <_ extends true>() => {};
/** Compiled, never run. */
const compiled = (_: () => unknown) => {};

const order = flow('order', { trigger: '/order', timeout: '10m', onTrigger: 'restart' })
  .ask('product', {
    prompt: 'What?',
    choices: { phone: 'Phone', laptop: 'Laptop' },
    buttons: 'reply',
  })
  .ask('quantity', {
    prompt: (a) => `How many ${a.product}s?`,
    schema: z.coerce.number('A number').int().min(1).max(10),
    back: true,
  })
  .ask('address', {
    prompt: 'Where?',
    validate: (text) => (text.length < 10 ? invalid('Too short.') : text),
  })
  .ask('giftWrap', {
    prompt: 'Gift wrap?',
    when: (a) => a.quantity === 1,
    schema: z.string().transform((text) => text === 'yes'),
  })
  .ask('confirm', { prompt: (a) => `${a.giftWrap}`, choices: { yes: 'Yes', no: 'No' } })
  .done((a) => (a.confirm === 'yes' ? 'Placed' : 'Dropped'), {
    timedOut: () => 'Expired',
    canceled: (a, turn) => (turn.step === 'confirm' ? undefined : `${a.quantity ?? 0}`),
  });

const address = flow('address')
  .ask('street', { prompt: 'Street?', schema: z.string().min(3) })
  .ask('zip', {
    prompt: 'Zip?',
    schema: v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number)),
  })
  .done(() => {});

const signup = flow('signup', {
  services: typed<{ plans(): Promise<Record<string, string>> }>(),
})
  .ask('name', { prompt: 'Your name?' })
  .ask('age', { prompt: ({ name }) => `How old, ${name}?`, schema: z.coerce.number().int() })
  .branch(
    (a) => a.age < 18,
    (b) =>
      b
        .ask('guardian', { prompt: 'Guardian?', accept: 'contact' })
        .ask('consent', { prompt: 'OK?', choices: ['yes', 'no'] }),
  )
  .ask('delivery', { prompt: 'How?', choices: { pickup: 'Pick up', courier: 'Courier' } })
  .branch('delivery', {
    pickup: (b) => b.ask('shop', { prompt: 'Which shop?', choices: ['North', 'South'] }),
    courier: (b) =>
      b
        .ask('floor', { prompt: (a) => `${a.name}, floor?`, schema: z.coerce.number() })
        .include('to', address),
  })
  .ask('topics', {
    prompt: 'Interests?',
    choices: { ts: 'TypeScript', bots: 'Bots' },
    multiple: true,
  })
  .ask('proof', { prompt: 'A photo or a document', accept: ['photo', 'document'] })
  .ask('shots', { prompt: 'Screenshots', accept: { album: 'photo' }, optional: true })
  .ask('pick', { prompt: 'Plan?', choices: async (_a, turn) => turn.services.plans() })
  .ask('mood', { prompt: '?', choices: (a) => ({ good: `${a.name} is fine`, bad: 'bad' }) })
  .ask('card', {
    prompt: '#?',
    accept: (input) =>
      input.kind === 'text' && input.text.startsWith('#') ? { tag: input.text } : undefined,
  })
  .include('home', address)
  .repeat('pets', {
    each: (pet) =>
      pet
        .ask('nick', { prompt: 'Its name?' })
        .ask('kind', { prompt: ({ nick }) => `${nick} is a?`, choices: ['cat', 'dog'] }),
    again: (a) => `${a.count} so far, ${a.name}. Another?`,
    max: 5,
  })
  .confirm({ prompt: (a) => `${a.name} with ${a.pets.length} pets`, edit: ['name', 'age'] })
  .done((a, turn) => {
    a.guardian?.phone_number.trim();
    if (a.delivery === 'courier') a.to.street.trim();
    else a.shop satisfies 'North' | 'South';
    // @ts-expect-error only for couriers
    a.floor;
    turn.services.plans() satisfies Promise<Record<string, string>>;
    return `Welcome, ${a.name}!`;
  });
type Signup = AnswersOf<typeof signup>;

describe('the types of a flow', () => {
  it('types every answer exactly', () => {
    exact<
      Equal<
        AnswersOf<typeof order>,
        {
          readonly product: 'phone' | 'laptop';
          readonly quantity: number;
          readonly address: string;
          readonly giftWrap?: boolean;
          readonly confirm: 'yes' | 'no';
        }
      >
    >();
    exact<Equal<Signup['topics'], readonly ('ts' | 'bots')[]>>();
    exact<
      Equal<Signup['pets'], readonly { readonly nick: string; readonly kind: 'cat' | 'dog' }[]>
    >();
    exact<Equal<Signup['home'], { readonly street: string; readonly zip: number }>>();
    exact<Equal<Signup['pick'], string>>();
    exact<Equal<Signup['mood'], 'good' | 'bad'>>();
    exact<Equal<Signup['card'], { readonly tag: string }>>();
    exact<Equal<Signup['consent'], 'yes' | 'no' | undefined>>();
    const proof = (a: Signup) =>
      a.proof.kind === 'photo' ? a.proof.value.width : a.proof.value.file_id;
    const shots = (a: Signup) => a.shots?.map((s) => s.file_id);
    expect([proof, shots].length).toBe(2);
  });

  it('makes a state of each step, also of nested ones', () => {
    exact<Equal<typeof order.steps.quantity.id, 'order:quantity'>>();
    expect([
      signup.steps.home.street.id satisfies 'signup.home:street',
      signup.steps.pets.kind.id satisfies 'signup.pets:kind',
      signup.steps.pets.again.id satisfies 'signup.pets:again',
      signup.steps.floor.id satisfies 'signup:floor',
      signup.steps.to.zip.id satisfies 'signup.to:zip',
      signup.steps.confirm.id satisfies 'signup:confirm',
    ]).toEqual([
      'signup.home:street',
      'signup.pets:kind',
      'signup.pets:again',
      'signup:floor',
      'signup.to:zip',
      'signup:confirm',
    ]);
    const homeData = (home: DataOf<typeof signup.steps.home.zip>) =>
      home.name.trim() + home.home.street.trim();
    const petData = (pets: DataOf<typeof signup.steps.pets.kind>) =>
      pets.name.trim() + (pets.pets?.[0]?.nick ?? '');
    expect([homeData, petData].length).toBe(2);
    exact<Equal<'signup.pets:again' extends StatesIn<typeof signup>['id'] ? true : false, true>>();
  });

  it('rejects contradictions with a sentence', () => {
    compiled(() => {
      flow('x')
        .ask('a', { prompt: '?' })
        // @ts-expect-error the name is taken
        .ask('a', { prompt: '?' });
      // @ts-expect-error a name holds no dot
      flow('x').ask('a.b', { prompt: '?' });
      const reply_markup = { inline_keyboard: [] };
      // @ts-expect-error a keyboard is called `keyboard`
      flow('x').ask('a', { prompt: { text: '?', reply_markup } });
      // @ts-expect-error also where a function makes it
      flow('x').ask('a', { prompt: () => ({ text: '?', reply_markup }) });
      // @ts-expect-error a test is no answer
      flow('x').ask('pin', { prompt: '?', validate: (text) => text === '1234' });
      // @ts-expect-error a forgotten return
      flow('x').ask('pin', { prompt: '?', validate: (text) => void text.trim() });
      // @ts-expect-error a return that is missing in one case
      flow('x').ask('pin', { prompt: '?', validate: (text) => (text === '' ? undefined : text) });
      // @ts-expect-error a promise of a test
      flow('x').ask('a', { prompt: '?', validate: async (text) => text === '' || invalid('No.') });
      flow('x').ask('n', { prompt: '?', validate: (text) => Number(text) });
      flow('x').ask('n', { prompt: '?', validate: (text) => (text === '-' ? null : { text }) });
      // @ts-expect-error a schema of numbers does not take text
      flow('x').ask('age', { prompt: '?', schema: z.number() });
      // @ts-expect-error a Date cannot be kept
      flow('x').ask('day', { prompt: '?', schema: z.coerce.date() });
      // @ts-expect-error a Date cannot be kept, whoever makes it
      flow('x').ask('day', { prompt: '?', validate: async (text) => new Date(text) });
      // @ts-expect-error not answered yet
      flow('x').ask('a', { prompt: (a) => `${a.b}` });
      flow('x')
        .ask('a', { prompt: '?', choices: { y: 'Y' } })
        // @ts-expect-error a choice that is not there
        .ask('b', { prompt: '?', when: (a) => a.a === 'n' });
      // @ts-expect-error an unknown kind
      flow('x').ask('a', { prompt: '?', accept: 'foto' });
      // @ts-expect-error misspelled option
      flow('x').ask('a', { prompt: '?', optionnal: true });
      flow('x')
        .ask('a', { prompt: '?', validate: (value) => value.length })
        .ask('b', { prompt: ({ a }) => a.toFixed() });
      flow('x')
        .ask('a', { prompt: '?', validate: async (t) => (t ? t.length : invalid('no')) })
        .ask('b', { prompt: ({ a }) => a.toFixed() });
      flow('x')
        .ask('a', { prompt: '?' })
        // @ts-expect-error a jump to an unknown step
        .ask('b', { prompt: '?', validate: (t) => (t ? t : redo('c')) });
      flow('x')
        .ask('a', { prompt: '?' })
        // @ts-expect-error a jump to an unknown step
        .done(() => redo('b'));
      flow('y')
        .ask('k', { prompt: '?', choices: ['a'] })
        // @ts-expect-error no such answer
        .branch('nope', {});
      flow('y')
        .ask('k', { prompt: '?', choices: ['a'] })
        // @ts-expect-error no such value
        .branch('k', { b: (b) => b });
      // @ts-expect-error the included flow needs services that this one does not declare
      flow('y').include('s', signup);
      flow('y', {
        services: typed<{ plans(): Promise<Record<string, string>>; other: 1 }>(),
      })
        .include('s', signup)
        .ask('q', { prompt: (a) => a.s.name });
      const dated = (): string | { at: Date } => 'x';
      // @ts-expect-error a Date beside texts would come back as text too
      flow('y').ask('q', { prompt: '?', validate: dated });
      const half = flow('half').ask('a', { prompt: '?' });
      // @ts-expect-error not finished
      createMachine({ scenes: [half] });
      // @ts-expect-error the flow needs services
      createMachine({ scenes: [signup] });
      createMachine({ scenes: [signup, address], services: { plans: async () => ({}) } });
      // @ts-expect-error services of a wrong type
      createMachine({ scenes: [signup, address], services: { plans: () => 1 } });
    });
    expect(order.id satisfies 'order').toBe('order');
  });

  it('types flows, their steps and their start data on ctx.state', () => {
    compiled(() => {
      const machine = createMachine({ states: [order, address] });
      return machine.at({ user: 1 }).run((turn) => {
        turn.state.enter(order, { product: 'phone' });
        // @ts-expect-error not a choice
        turn.state.enter(order, { product: 'cap' });
        turn.state.enter('order');
        // @ts-expect-error not a scene of this machine
        turn.state.enter('ordr');
        // @ts-expect-error a step is answered, not set
        turn.state.set(order.steps.quantity);
        if (turn.state.is(order.steps.address)) turn.state.data.quantity satisfies number;
        void machine.at({ user: 1 }).answer(order.steps.quantity, 2);
        // @ts-expect-error a number
        void machine.at({ user: 1 }).answer(order.steps.quantity, '2');
      });
    });
    expect(order.steps.address.id).toBe('order:address');
  });

  it('lets flows name each other', () => {
    const ping = flow('ping')
      .ask('a', { prompt: '?' })
      .done((_, turn) => turn.state.enter(pong));
    const pong = flow('pong')
      .ask('b', { prompt: '?' })
      .done((_, turn) => turn.state.enter(ping));
    expect([ping.id, pong.id]).toEqual(['ping', 'pong']);
  });
});

it('keeps answers that several branches distinguish', () => {
  const told = flow('told')
    .ask('kind', { prompt: '?', choices: ['car', 'bike'] })
    .ask('pay', { prompt: '?', choices: ['card', 'cash'] })
    .branch('kind', {
      car: (b) =>
        b
          .ask('fuel', { prompt: '?', choices: ['petrol', 'none'] })
          .branch('fuel', { petrol: (inner) => inner.ask('litres', { prompt: '?' }) }),
    })
    .branch('pay', { card: (b) => b.ask('bank', { prompt: '?' }) })
    .done((a) => {
      if (a.kind === 'car' && a.fuel === 'petrol' && a.pay === 'card') {
        exact<Equal<typeof a.litres, string>>();
        exact<Equal<typeof a.bank, string>>();
      }
      // @ts-expect-error a bike takes no fuel
      if (a.kind === 'bike') a.fuel;
      // @ts-expect-error cash needs no bank
      if (a.pay === 'cash') a.bank;
    });
  expect(Object.keys(told.steps)).toEqual(['kind', 'pay', 'fuel', 'litres', 'bank']);
});

it('keeps the answer that a branch is on optional, where its question may be left out', () => {
  flow('skippable')
    .ask('kind', { prompt: '?', choices: ['car', 'bike'], optional: true })
    .branch('kind', { car: (b) => b.ask('doors', { prompt: '?' }) })
    .done((a) => {
      exact<Equal<typeof a.kind, 'car' | 'bike' | undefined>>();
      if (a.kind === 'car') a.doors.trim();
      // @ts-expect-error it may have been skipped
      a.kind.trim();
    });
});

it('distinguishes answers after a block under a condition', () => {
  flow('block')
    .ask('name', { prompt: '?' })
    .branch(
      (a) => a.name === 'x',
      (b) =>
        b
          .ask('kind', { prompt: '?', choices: ['car', 'bike'] })
          .branch('kind', { car: (inner) => inner.ask('doors', { prompt: '?' }) }),
    )
    .done((a) => {
      exact<Equal<typeof a.name, string>>();
      if (a.kind === 'car') exact<Equal<typeof a.doors, string | undefined>>();
    });
});
