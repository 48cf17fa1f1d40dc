import { anyState, noState, state, states, type Target } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Form, type Framework, frameworks, type Handler, textUpdate } from './frameworks.ts';

const Shop = states('Shop', {
  open: state(),
  Cart: { empty: state(), full: state(), Pay: { card: state(), cash: state() } },
  closed: state(),
});
const { open, closed, Cart } = Shop;

describe.each(frameworks)('filters on %s', (_, framework) => {
  it.each([
    ['a state', [open], ['Shop:open']],
    ['several targets, as OR', [open, closed], ['Shop:open', 'Shop:closed']],
    ['a nested group', [Cart.Pay], ['Shop.Cart.Pay:card', 'Shop.Cart.Pay:cash']],
    ['an id', ['Shop:closed'], ['Shop:closed']],
    ['noState', [noState], [null]],
    ['noState or a state', [noState, open], [null, 'Shop:open']],
  ])('let %s through, and nothing else', async (_name, targets, expected) => {
    const all = [null, open, closed, Cart.empty, Cart.full, Cart.Pay.card, Cart.Pay.cash];
    const passed = new Map<string, (string | null)[]>([
      ['filter', []],
      ['branch', []],
    ]);
    for (const at of all) {
      const bot = framework.bot();
      bot.fsm();
      bot.use(({ fsm }, next) => {
        fsm.set(at as never);
        return next();
      });
      const note =
        (kind: string): Handler =>
        ({ fsm }, next) => {
          passed.get(kind)?.push(fsm.current);
          return next();
        };
      bot.inState(targets as never, note('filter'));
      const form = framework.form();
      form.state(targets as never, note('branch'));
      bot.add(form);
      await bot.handle(textUpdate(1, 'hello'));
    }
    expect(passed.get('filter')).toEqual(expected);
    expect(passed.get('branch')).toEqual(expected);
  });

  it('anyState matches every state and none', async () => {
    const bot = framework.bot();
    bot.fsm();
    const seen: unknown[] = [];
    bot.inState([anyState], ({ fsm }) => {
      seen.push(fsm.current);
      fsm.set(open);
    });
    await bot.handle(textUpdate(1, 'a'));
    await bot.handle(textUpdate(2, 'b'));
    expect(seen).toEqual([null, 'Shop:open']);
  });

  it('the order of registration decides', async () => {
    const bot = framework.bot();
    bot.fsm();
    bot.command('cancel', async ({ fsm, say }) => {
      fsm.clear();
      await say('Canceled.');
    });
    bot.inState([open], ({ say }) => say('Open.'));
    bot.use(({ fsm }) => fsm.set(open));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('hello');
    await anna.sends('again');
    anna.sees('Open.');
    await anna.sends('/cancel');
    anna.sees('Canceled.');
  });

  it('a filter sees what a middleware before it has changed in the same update', async () => {
    const bot = framework.bot();
    bot.fsm();
    const seen: string[] = [];
    const form = framework.form();
    form.state([noState], ({ fsm }, next) => {
      seen.push('first');
      fsm.set(open);
      return next();
    });
    form.state([noState], () => void seen.push('never'));
    form.state([open], () => void seen.push('second'));
    bot.add(form);
    await bot.handle(textUpdate(1, 'hello'));
    expect(seen).toEqual(['first', 'second']);
  });

  it('the neighbors of a state that only a filter has shown are known', async () => {
    const bot = framework.bot();
    bot.fsm();
    const form = framework.form();
    form.state([Cart], ({ fsm, text }, next) => (text === 'next' ? fsm.next() : next()));
    bot.add(form);
    const seen: unknown[] = [];
    bot.use(({ fsm, text }) =>
      text === 'begin' ? fsm.set(Cart.empty) : void seen.push(fsm.current),
    );
    for (const [at, text] of ['begin', 'next', 'look'].entries()) {
      await bot.handle(textUpdate(at + 1, text));
    }
    expect(seen).toEqual(['Shop.Cart:full']);
  });

  it('handlers that are registered after the composer has been installed count', async () => {
    const bot = framework.bot();
    bot.fsm();
    const form = framework.form();
    bot.add(form);
    const seen: string[] = [];
    form.state([noState]).use((_talk, next) => {
      seen.push('branch');
      return next();
    });
    form.use(() => void seen.push('plain'));
    await bot.handle(textUpdate(1, 'hello'));
    expect(seen).toEqual(['branch', 'plain']);
  });

  it('calling next twice fails as it does with the framework itself', async () => {
    const outcome = async (build: (form: Form, twice: Handler, after: Handler) => void) => {
      const bot = framework.bot();
      bot.fsm();
      bot.noteErrors();
      const form = framework.form();
      build(
        form,
        async (_talk, next) => {
          await next();
          await next();
        },
        (_talk, next) => next(),
      );
      bot.add(form);
      const thrown: unknown = await bot.handle(textUpdate(1, 'hello')).then(
        () => bot.errors[0],
        (error) => error.error,
      );
      return String(thrown);
    };
    const plain = await outcome((form, twice, after) => {
      form.use(twice);
      form.use(after);
    });
    const branched = await outcome((form, twice, after) => {
      form.state([anyState], twice);
      form.state([anyState], after);
    });
    expect(plain).toMatch(/next/);
    expect(branched).toBe(plain);
  });
});

// ── The index against a chain of filters

/** A part of a composer: a branch with parts of its own, or plain middleware. */
type Part =
  | { readonly kind: 'plain'; readonly move: Move; readonly passes: boolean }
  | {
      readonly kind: 'branch';
      readonly targets: readonly Target[];
      readonly parts: readonly Part[];
    };
type Move = 'stay' | 'open' | 'closed' | 'full' | 'none';

const moves = { open, closed, full: Cart.full, none: null };
const targets = fc.array(
  fc.constantFrom<Target>(open, closed, Cart, Cart.full, Cart.Pay, noState, anyState, 'Shop:open'),
  { minLength: 1, maxLength: 3 },
);
const { parts } = fc.letrec<{ part: Part; parts: Part[] }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      kind: fc.constant('plain' as const),
      move: fc.constantFrom<Move>('stay', 'stay', 'open', 'closed', 'full', 'none'),
      passes: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
    }),
    fc.record({ kind: fc.constant('branch' as const), targets, parts: tie('parts') }),
  ),
  parts: fc.array(tie('part'), { maxLength: 5 }),
})) as { parts: fc.Arbitrary<Part[]> };

/** Registers parts on a composer, which notes what runs. */
function register(form: Form, list: readonly Part[], path: string, ran: string[]): void {
  for (const [at, part] of list.entries()) {
    const name = `${path}.${at}`;
    if (part.kind === 'branch') {
      register(form.state(part.targets as never), part.parts, name, ran);
      continue;
    }
    form.use(({ fsm }, next) => {
      ran.push(`${name} in ${fsm.current}`);
      if (part.move !== 'stay') fsm.set(moves[part.move] as never);
      return part.passes ? next() : undefined;
    });
  }
}

/** The same by asking each filter in turn. */
async function naive(
  list: readonly Part[],
  now: { state: string | null },
  path: string,
  ran: string[],
): Promise<boolean> {
  for (const [at, part] of list.entries()) {
    const name = `${path}.${at}`;
    if (part.kind === 'plain') {
      ran.push(`${name} in ${now.state}`);
      if (part.move !== 'stay') now.state = moves[part.move]?.id ?? null;
      if (!part.passes) return false;
    } else if (matches(part.targets, now.state)) {
      if (!(await naive(part.parts, now, name, ran))) return false;
    }
  }
  return true;
}

function matches(list: readonly Target[], current: string | null): boolean {
  return list.some((target) => {
    if (typeof target === 'string') return target === current;
    if ('~any' in target) return true;
    if ('~group' in target) return target['~group'].states.some(({ id }) => id === current);
    return (target as { readonly id: string | null }).id === current;
  });
}

describe.each(frameworks)('branches on %s', (_, framework: Framework) => {
  it('run what a chain of filters would run, in its order, whatever is nested or between', async () => {
    await fc.assert(
      fc.asyncProperty(
        parts,
        fc.constantFrom<Move>('none', 'open', 'full'),
        async (list, start) => {
          const ran: string[] = [];
          const bot = framework.bot();
          bot.fsm();
          bot.use(({ fsm }, next) => {
            if (start !== 'stay') fsm.set(moves[start] as never);
            return next();
          });
          const form = framework.form();
          register(form, list, '', ran);
          bot.add(form);
          bot.use(({ fsm }) => void ran.push(`end in ${fsm.current}`));
          await bot.handle(textUpdate(1, 'hello'));

          const expected: string[] = [];
          const now = { state: start === 'stay' ? null : (moves[start]?.id ?? null) };
          if (await naive(list, now, '', expected)) expected.push(`end in ${now.state}`);
          expect(ran).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});
