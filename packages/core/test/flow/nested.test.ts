import { describe, expect, it } from 'vitest';
import { flow, redo } from '../../src/index.ts';
import { chat } from './chat.ts';

const address = flow('address')
  .ask('street', { prompt: 'Street?' })
  .ask('zip', { prompt: ({ street }) => `Zip of ${street}?`, validate: Number })
  .done(() => 'never said');

describe('branch', () => {
  const trip = flow('trip', { trigger: '/trip', back: true })
    .ask('how', { prompt: 'How?', choices: ['walk', 'fly'] })
    .branch('how', {
      walk: (b) => b.ask('shoes', { prompt: 'Shoes?' }).ask('note', { prompt: 'Walk note?' }),
      fly: (b) => b.ask('seat', { prompt: 'Seat?' }).ask('note', { prompt: 'Fly note?' }),
    })
    .branch(
      (a) => a.how === 'fly',
      (b) => b.ask('bag', { prompt: 'Bag?' }),
    )
    .done((a) => JSON.stringify(a));

  it('asks the questions of the case that was answered', async () => {
    const { user, newTexts } = chat([trip]);
    const ann = user(1);
    await ann.sends('/trip');
    await ann.taps('fly');
    for (const text of ['12A', 'window', 'small']) await ann.sends(text);
    expect(newTexts()).toEqual([
      'How?',
      'Seat?',
      'Fly note?',
      'Bag?',
      '{"how":"fly","seat":"12A","note":"window","bag":"small"}',
    ]);
  });

  it('follows another answer, and deletes answers that no longer apply', async () => {
    const { user, newTexts } = chat([trip]);
    const ann = user(1);
    await ann.sends('/trip');
    await ann.taps('fly');
    await ann.sends('12A');
    for (let i = 0; i < 2; i++) await ann.sends('/back');
    newTexts();
    await ann.taps('walk');
    for (const text of ['boots', 'slow']) await ann.sends(text);
    expect(newTexts()).toEqual([
      'Shoes?',
      'Walk note?',
      '{"how":"walk","shoes":"boots","note":"slow"}',
    ]);
  });
});

describe('a question that has the same name in two cases', () => {
  it('is not answered by the answer to the other', async () => {
    const trip = flow('trip', { trigger: '/trip' })
      .ask('how', { prompt: 'How?', choices: ['walk', 'fly'] })
      .branch('how', {
        walk: (b) => b.ask('shoes', { prompt: 'Shoes?' }).ask('note', { prompt: 'Walk note?' }),
        fly: (b) => b.ask('note', { prompt: 'Fly note?' }),
      })
      .ask('end', { prompt: 'End?', validate: (t) => (t === 'redo' ? redo('how') : t) })
      .done((a) => JSON.stringify(a));
    const { user, newTexts } = chat([trip]);
    const ann = user(1);
    await ann.sends('/trip');
    await ann.taps('walk');
    for (const text of ['boots', 'slow', 'redo']) await ann.sends(text);
    newTexts();
    await ann.taps('fly');
    for (const text of ['window', 'redo']) await ann.sends(text);
    await ann.taps('walk');
    expect(newTexts()).toEqual(['Fly note?', 'End?', 'How?', 'Walk note?']);
  });
});

describe('include', () => {
  const move = flow('move', { trigger: '/move', back: true })
    .include('from', address)
    .include('to', address)
    .ask('when', {
      prompt: (a) => `From ${a.from.zip} to ${a.to.zip}, when?`,
      validate: (t) => (t === 'redo' ? redo('from') : t),
    })
    .done((a) => JSON.stringify(a));

  it('asks another flow as one step, as often as it is named', async () => {
    const { user, newTexts, state, data } = chat([move, address]);
    const ann = user(1);
    for (const text of ['/move', 'Elm', '1', 'Oak']) await ann.sends(text);
    expect(newTexts()).toEqual(['Street?', 'Zip of Elm?', 'Street?', 'Zip of Oak?']);
    expect(await state(1)).toBe('move.to:zip');
    expect(await data(1)).toEqual({ from: { street: 'Elm', zip: 1 }, to: { street: 'Oak' } });
    for (const text of ['2', 'now']) await ann.sends(text);
    expect(newTexts().at(-1)).toBe(
      '{"from":{"street":"Elm","zip":1},"to":{"street":"Oak","zip":2},"when":"now"}',
    );
  });

  it('is gone back into, question by question', async () => {
    const { user, newTexts, data } = chat([move]);
    const ann = user(1);
    for (const text of ['/move', 'Elm', '1', '/back', '/back']) await ann.sends(text);
    expect(newTexts().slice(2)).toEqual(['Street?', 'Zip of Elm?', 'Street?']);
    expect(await data(1)).toEqual({});
  });

  it('is answered anew as a whole by redo', async () => {
    const { user, newTexts } = chat([move]);
    const ann = user(1);
    for (const text of ['/move', 'Elm', '1', 'Oak', '2', 'redo', 'Ash', '3']) await ann.sends(text);
    expect(newTexts().slice(-3)).toEqual(['Street?', 'Zip of Ash?', 'From 3 to 2, when?']);
  });
});

describe('repeat', () => {
  const pets = flow('pets', { trigger: '/pets', back: true })
    .ask('owner', { prompt: 'Owner?' })
    .repeat('pets', {
      each: (b, outside) =>
        b
          .ask('nick', { prompt: () => `A name, ${outside.owner}?` })
          .ask('kind', { prompt: ({ nick }) => `${nick} is a?`, optional: true }),
      again: (a) => `${a.count} of ${a.owner}. Another?`,
      max: 3,
    })
    .ask('end', { prompt: (a) => `${a.pets.length} pets?` })
    .done((a) => JSON.stringify(a.pets));

  it('asks again until the user declines, and gives an array', async () => {
    const { user, newTexts, state } = chat([pets]);
    const ann = user(1);
    for (const text of ['/pets', 'Ann', 'Rex', 'dog']) await ann.sends(text);
    expect(await state(1)).toBe('pets.pets:again');
    await ann.taps('Yes');
    for (const text of ['Tom', '/skip']) await ann.sends(text);
    await ann.taps('No');
    await ann.sends('ok');
    expect(newTexts()).toEqual([
      'Owner?',
      'A name, Ann?',
      'Rex is a?',
      '1 of Ann. Another?',
      'A name, Ann?',
      'Tom is a?',
      '2 of Ann. Another?',
      '2 pets?',
      '[{"nick":"Rex","kind":"dog"},{"nick":"Tom"}]',
    ]);
  });

  it('ends by itself at the most rounds', async () => {
    const { user, newTexts } = chat([pets]);
    const ann = user(1);
    await ann.sends('/pets');
    await ann.sends('Ann');
    for (const round of [1, 2, 3]) {
      await ann.sends(`nick ${round}`);
      await ann.sends('cat');
      if (round < 3) await ann.taps('Yes');
    }
    expect(newTexts().at(-1)).toBe('3 pets?');
  });

  it('is gone back through, round by round, also where questions were skipped', async () => {
    const { user, newTexts } = chat([pets]);
    const ann = user(1);
    for (const text of ['/pets', 'Ann', 'Rex', '/skip']) await ann.sends(text);
    await ann.taps('Yes');
    await ann.sends('Tom');
    newTexts();
    for (let i = 0; i < 6; i++) await ann.sends('/back');
    expect(newTexts()).toEqual([
      'A name, Ann?',
      '1 of Ann. Another?',
      'Rex is a?',
      'A name, Ann?',
      'Owner?',
      'This is already the first question.',
    ]);
  });

  it('goes back from behind into the question for another round', async () => {
    const { user, newTexts } = chat([pets]);
    const ann = user(1);
    for (const text of ['/pets', 'Ann', 'Rex', 'dog']) await ann.sends(text);
    await ann.taps('No');
    newTexts();
    await ann.sends('/back');
    await ann.taps('Yes');
    expect(newTexts()).toEqual(['1 of Ann. Another?', 'A name, Ann?']);
  });

  it('accepts no button of an earlier round', async () => {
    const rated = flow('rated', { trigger: '/rated' })
      .repeat('all', {
        each: (b) => b.ask('stars', { prompt: 'Stars?', choices: ['1', '2'] }),
        again: 'More?',
      })
      .done((a) => JSON.stringify(a));
    const { user, newTexts, answers, shown, data } = chat([rated]);
    const ann = user(1);
    await ann.sends('/rated');
    const first = shown[0];
    await ann.taps('1');
    await ann.taps('Yes');
    newTexts();
    await ann.taps('2', first);
    expect([newTexts(), answers().at(-1)]).toEqual([[], 'This button is no longer in use.']);
    expect(await data(1)).toEqual({ all: [{ stars: '1' }, {}] });
  });

  it('may have no round, or at least some', async () => {
    const some = flow('some', { trigger: '/some' })
      .repeat('none', { each: (b) => b.ask('x', { prompt: 'X?' }), again: 'Any?', min: 0 })
      .repeat('two', { each: (b) => b.ask('y', { prompt: 'Y?' }), again: 'More?', min: 2 })
      .done((a) => JSON.stringify(a));
    const { user, newTexts } = chat([some]);
    const ann = user(1);
    await ann.sends('/some');
    await ann.taps('No');
    await ann.sends('1');
    await ann.sends('2');
    await ann.taps('No');
    expect(newTexts()).toEqual([
      'Any?',
      'Y?',
      'Y?',
      'More?',
      '{"none":[],"two":[{"y":"1"},{"y":"2"}]}',
    ]);
  });
});

describe('back in a round that may be left out', () => {
  it('asks its first question, then whether there is one', async () => {
    const some = flow('some', { trigger: '/some', back: true })
      .repeat('r', {
        each: (b) => b.ask('x', { prompt: 'X?' }).ask('y', { prompt: 'Y?' }),
        again: 'Any?',
        min: 0,
      })
      .done(() => {});
    const { user, newTexts } = chat([some]);
    const ann = user(1);
    await ann.sends('/some');
    await ann.taps('Yes');
    for (const text of ['1', '/back', '/back', '/back']) await ann.sends(text);
    expect(newTexts()).toEqual([
      'Any?',
      'X?',
      'Y?',
      'X?',
      'Any?',
      'This is already the first question.',
    ]);
  });
});

describe('confirm', () => {
  const form = flow('form', { trigger: '/form', back: true })
    .ask('firstName', { prompt: 'Name?' })
    .ask('age', { prompt: 'Age?' })
    .confirm({ prompt: (a) => `${a.firstName}, ${a.age}?`, edit: true })
    .ask('after', { prompt: 'After?' })
    .done((a) => JSON.stringify(a));

  it('continues by yes and stores no answer', async () => {
    const { user, newTexts } = chat([form]);
    const ann = user(1);
    for (const text of ['/form', 'Ann', '30']) await ann.sends(text);
    await ann.taps('Yes');
    await ann.sends('x');
    expect(newTexts().slice(2)).toEqual([
      'Ann, 30?',
      'After?',
      '{"firstName":"Ann","age":"30","after":"x"}',
    ]);
  });

  it('cancels by no', async () => {
    const { user, newTexts, state } = chat([form]);
    const ann = user(1);
    for (const text of ['/form', 'Ann', '30']) await ann.sends(text);
    await ann.taps('Cancel');
    expect([newTexts().at(-1), await state(1)]).toEqual(['Canceled.', null]);
  });

  it('lets the user correct one answer, and shows the summary again', async () => {
    const { user, newTexts } = chat([form]);
    const ann = user(1);
    for (const text of ['/form', 'Ann', '30']) await ann.sends(text);
    await ann.taps('Edit');
    await ann.taps('First name');
    await ann.sends('Bea');
    expect(newTexts().slice(2)).toEqual([
      'Ann, 30?',
      'What would you like to change?',
      'Name?',
      'Bea, 30?',
    ]);
  });

  it('is gone back to', async () => {
    const { user, newTexts } = chat([form]);
    const ann = user(1);
    for (const text of ['/form', 'Ann', '30']) await ann.sends(text);
    await ann.taps('Yes');
    newTexts();
    await ann.sends('/back');
    await ann.sends('/back');
    expect(newTexts()).toEqual(['Ann, 30?', 'Age?']);
  });
});

describe('calls', () => {
  it('gives its answers to the flow that called it, which asks again', async () => {
    const outer = flow('outer', { trigger: '/outer', otherCommands: 'pass' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?' })
      .done((a) => JSON.stringify(a));
    const { user, newTexts, machine, data } = chat([outer, address]);
    const ann = user(1);
    for (const text of ['/outer', '1']) await ann.sends(text);
    await machine.at({ user: 1 }).run((turn) => turn.state.call(address));
    for (const text of ['Elm', '9']) await ann.sends(text);
    expect(newTexts()).toEqual(['A?', 'B?', 'Street?', 'Zip of Elm?', 'never said', 'B?']);
    expect(await data(1)).toEqual({ a: '1' });
  });
});
