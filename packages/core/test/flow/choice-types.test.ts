/** The compiler's and the definition's errors about choices and buttons that share. */

import { describe, expect, it } from 'vitest';
import { type AnswersOf, flow, type Page, type PageRequest, typed } from '../../src/index.ts';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const exact = <_ extends true>() => {};
interface Store {
  cities(page: PageRequest): Promise<Page<readonly [id: 'lis' | 'opo', name: string]>>;
}

const travel = flow('travel', { services: typed<Store>() })
  .ask('stars', {
    prompt: 'Stars?',
    choices: [['5', 'Best'], ['1', ({ from }) => `Worst, ${from?.id}`], 'none'],
    columns: 2,
  })
  .ask('city', { prompt: 'City?', choices: (_, { services }, page) => services.cities(page) })
  .ask('mood', { prompt: 'Mood?', choices: ({ stars }) => [['up', stars], 'down'] })
  .ask('phone', { prompt: 'Number?', accept: ['contact', 'text'], share: 'Share my number' })
  .done(() => {});

const f = flow('f');
const refused = (make: () => unknown) => {
  try {
    make();
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
};

describe('the types of choices', () => {
  it('are the values of entries, of pages and of what functions make', () => {
    type Answers = AnswersOf<typeof travel>;
    exact<Equal<Answers['stars'], '5' | '1' | 'none'>>();
    exact<Equal<Answers['city'], 'lis' | 'opo'>>();
    exact<Equal<Answers['mood'], 'up' | 'down'>>();
    expect(travel.steps.city.id).toBe('travel:city');
  });

  it('a button shares only what the question accepts', () => {
    // @ts-expect-error `share` needs accept: 'contact', …
    expect(refused(() => f.ask('a', { prompt: 'A?', share: 'Share' }))).toContain(
      'Invalid option "f:a share"',
    );
    // @ts-expect-error `share` needs accept: 'contact', …
    expect(refused(() => f.ask('a', { prompt: 'A?', accept: 'text', share: 'Share' }))).toContain(
      'Invalid option "f:a share"',
    );
    const inline = { prompt: 'A?', accept: 'contact', share: 'Share', buttons: 'inline' } as const;
    expect(refused(() => f.ask('a', inline))).toContain("buttons: 'reply'");
  });

  it('a number of columns, and entries of different values', () => {
    // @ts-expect-error columns: a number
    const wrong = () => f.ask('a', { prompt: 'A?', choices: ['s', 'l'], columns: '2' });
    expect(refused(wrong)).toContain('Invalid option "f:a columns"');
    expect(
      refused(() =>
        f.ask('a', {
          prompt: 'A?',
          choices: [
            ['s', 'Small'],
            ['s', 'Short'],
          ],
        }),
      ),
    ).toContain("'s' twice");
    // @ts-expect-error an entry is a value with a label
    expect(refused(() => f.ask('a', { prompt: 'A?', choices: [['s', 1]] }))).toContain("['s', 1]");
  });
});
