/** Answers that depend on a corrected one: choices that are not offered any more are asked again. */

import { flow, redo } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';

const slots: Readonly<Record<string, readonly string[]>> = {
  Monday: ['10', '11'],
  Friday: ['11', '12'],
};

function play(framework: Framework, flows: readonly unknown[]) {
  const bot = framework.bot();
  bot.noteErrors();
  bot.fsm({ states: flows });
  const anna = telegram(bot.bot).user('Anna');
  const does = async (...texts: readonly string[]) => {
    for (const text of texts) await anna.sends(text);
  };
  return { anna, does, errors: bot.errors };
}

const slotOfDay = {
  prompt: 'When?',
  choices: ({ day }: { readonly day: string }) => slots[day] ?? ['9'],
};

const visit = flow('visit', { trigger: '/visit', editedMessages: 'update' })
  .ask('day', { prompt: 'Which day?' })
  .ask('slot', slotOfDay)
  .ask('name', { prompt: 'Your name?' })
  .confirm({ prompt: ({ day, slot, name }) => `${day}, ${slot}, ${name}?`, edit: true })
  .done(({ day, slot }) => `${day} at ${slot}.`);

describe.each(frameworks)('after a correction, on %s', (_, framework) => {
  it('a choice that is not offered any more is asked again, before the summary', async () => {
    const { anna, does, errors } = play(framework, [visit]);
    await does('/visit', 'Monday', '10', 'Anna');
    anna.sees('Monday, 10, Anna?');
    await does('Edit', 'Day', 'Friday');
    anna.sees({ text: 'When?', buttons: [['11', '12']] });
    await does('12');
    anna.sees('Friday, 12, Anna?');
    await does('Yes');
    anna.sees('Friday at 12.');
    expect(errors).toEqual([]);
  });

  it('a choice that is still offered stays', async () => {
    const { anna, does } = play(framework, [visit]);
    await does('/visit', 'Monday', '11', 'Anna', 'Edit', 'Day', 'Friday');
    anna.sees('Friday, 11, Anna?');
  });

  it('an edited message counts as a correction', async () => {
    const { anna, does } = play(framework, [visit]);
    await does('/visit', 'Monday');
    await anna.taps('10');
    await anna.edits('Friday');
    await does('Anna');
    anna.sees('When?');
    await does('11');
    anna.sees('Friday, 11, Anna?');
  });

  it('several choices, a redo of `done` and an included flow count too', async () => {
    const parts: Readonly<Record<string, readonly string[]>> = {
      tea: ['milk', 'sugar'],
      soup: ['bread'],
    };
    const meal = flow('meal')
      .ask('dish', { prompt: 'Which dish?', choices: ['tea', 'soup'] })
      .ask('extras', {
        prompt: 'With what?',
        choices: ({ dish }) => parts[dish] ?? [],
        multiple: true,
      })
      .done(() => undefined);
    let isSoldOut = true;
    const order = flow('order', { trigger: '/order' })
      .include('meal', meal)
      .ask('table', { prompt: 'Which table?' })
      .done(({ meal: { dish, extras }, table }) => {
        if (dish === 'tea' && isSoldOut) return redo('meal');
        return `${dish}, ${extras.join('+')}, ${table}.`;
      });
    const { anna, does, errors } = play(framework, [order]);
    await does('/order', 'tea');
    await anna.taps('milk');
    await anna.taps('Done');
    await does('7');
    anna.sees('Which dish?');
    isSoldOut = false;
    await does('soup');
    anna.sees('With what?');
    await anna.taps('bread');
    await anna.taps('Done');
    anna.sees('soup, bread, 7.');
    expect(errors).toEqual([]);
  });

  it('answers of lists that are loaded by pages, and beside free text stay', async () => {
    const log: string[] = [];
    const trip = flow('trip', { trigger: '/trip' })
      .ask('from', { prompt: 'From where?' })
      .ask('to', {
        prompt: 'Where to?',
        choices: ({ from }, _turn, { page }) => {
          log.push(`${from} ${page}`);
          const items =
            page === 0 ? Array.from({ length: 20 }, (_, at) => `${from}${at}`) : ['Rome'];
          return { items, total: 21 };
        },
      })
      .ask('seat', {
        prompt: 'Which seat?',
        choices: ({ from }) => [`${from} window`],
        accept: 'text',
      })
      .confirm({ prompt: ({ from, to, seat }) => `${from}, ${to}, ${seat}?`, edit: true })
      .done(() => 'Booked.');
    const { anna, does } = play(framework, [trip]);
    await does('/trip', 'Oslo');
    await anna.taps('More »');
    await anna.taps('Rome');
    await does('aisle', 'Edit', 'From', 'Bonn');
    anna.sees('Bonn, Rome, aisle?');
    expect(log.at(-1)).toBe('Bonn 0');
  });

  it('each answer is asked again once, whatever its choices are the next time', async () => {
    let drawn = '1';
    const lucky = flow('lucky', { trigger: '/lucky' })
      .ask('day', { prompt: 'Which day?' })
      .ask('number', { prompt: 'Which number?', choices: () => [drawn] })
      .ask('seat', { prompt: 'Which seat?', choices: ({ number }) => [`${number}a`, 'any'] })
      .confirm({ prompt: ({ day, seat }) => `${day}, ${seat}?`, edit: true })
      .done(() => 'Saved.');
    const { anna, does } = play(framework, [lucky]);
    await does('/lucky', 'Monday', '1', '1a');
    drawn = '2';
    await does('Edit', 'Day', 'Friday');
    anna.sees('Which number?');
    await does('2');
    // its choices depend on the number, which is another one now
    anna.sees('Which seat?');
    drawn = '3';
    await does('any');
    anna.sees('Friday, any?');
  });

  it('an answer that a schema or `validate` has changed stays: it is none of the choices', async () => {
    const order = flow('order', { trigger: '/order' })
      .ask('day', { prompt: 'Which day?' })
      .ask('count', {
        prompt: 'How many?',
        choices: () => ['1', '2'],
        validate: (text) => Number(text),
      })
      .confirm({ prompt: ({ day, count }) => `${day}, ${count + 1}?`, edit: true })
      .done(() => 'Saved.');
    const { anna, does } = play(framework, [order]);
    await does('/order', 'Monday', '1', 'Edit', 'Day', 'Friday');
    anna.sees('Friday, 2?');
  });

  it('a choice of the same round is asked again, before its summary', async () => {
    const { anna, does, errors } = play(framework, [
      flow('order', { trigger: '/order' })
        .repeat('items', {
          each: (item) =>
            item
              .ask('day', { prompt: 'Which day?' })
              .ask('slot', slotOfDay)
              .confirm({ prompt: ({ day, slot }) => `${day}, ${slot}?`, edit: true }),
          again: 'Another?',
        })
        .done(({ items }) => items.map(({ day, slot }) => `${day} ${slot}`).join()),
    ]);
    await does('/order', 'Monday', '11', 'Yes', 'Yes', 'Monday', '10');
    anna.sees('Monday, 10?');
    await does('Edit', 'Day', 'Friday');
    anna.sees('When?');
    await does('12');
    anna.sees('Friday, 12?');
    await does('Yes', 'No');
    anna.sees('Monday 11,Friday 12');
    expect(errors).toEqual([]);
  });

  it.each([
    ['before another round', 'Yes'],
    ['before the end', 'No'],
  ])('a choice that a `redo` has outdated is asked again %s', async (_when, more) => {
    const { anna, does, errors } = play(framework, [
      flow('order', { trigger: '/order' })
        .repeat('items', {
          each: (item) =>
            item
              .ask('day', { prompt: 'Which day?' })
              .ask('slot', slotOfDay)
              .ask('name', {
                prompt: 'Name?',
                validate: (name: string) => (name === 'other' ? redo('day') : name),
              }),
          again: 'Another?',
        })
        .done(({ items }) => items.map(({ day, slot }) => `${day} ${slot}`).join()),
    ]);
    await does('/order', 'Monday', '10', 'other', 'Friday', 'Anna');
    anna.sees('When?');
    await does('12');
    anna.sees('Another?');
    await does(more);
    if (more === 'Yes') await does('Monday', '10', 'Bob', 'No');
    anna.sees(more === 'Yes' ? 'Friday 12,Monday 10' : 'Friday 12');
    expect(errors).toEqual([]);
  });

  it('rounds that depend on a corrected answer are asked again from the first outdated one', async () => {
    const dishes: Readonly<Record<string, readonly string[]>> = {
      Roma: ['pizza', 'salad'],
      Kyoto: ['sushi', 'salad'],
    };
    const closed: unknown[] = [];
    const order = (isClosing: boolean) =>
      flow('order', { trigger: '/order' })
        .ask('where', { prompt: 'Where?' })
        .repeat('dishes', {
          each: (round, { where }) =>
            round
              .ask('dish', { prompt: 'Dish?', choices: dishes[where] ?? ['soup'] })
              .ask('note', { prompt: 'Note?' }),
          again: 'Another?',
          ...(isClosing && { after: (dish: object) => void closed.push(dish) }),
        })
        .confirm({
          prompt: ({ where, dishes: all }) =>
            `${where}: ${all.map(({ dish, note }) => `${dish} ${note}`).join()}?`,
          edit: ['where'],
        })
        .done(() => 'Ordered.');
    const steps = ['/order', 'Roma', 'salad', 'a', 'Yes', 'pizza', 'b', 'Yes', 'salad', 'c', 'No'];
    const { anna, does, errors } = play(framework, [order(false)]);
    await does(...steps);
    anna.sees('Roma: salad a,pizza b,salad c?');
    await does('Edit', 'Where', 'Kyoto');
    anna.sees('Dish?');
    await does('sushi');
    anna.sees('Another?');
    await does('No');
    anna.sees('Kyoto: salad a,sushi b?');
    expect(errors).toEqual([]);

    // rounds for which `after` has run stay as they are
    const saved = play(framework, [order(true)]);
    await saved.does(...steps, 'Edit', 'Where', 'Kyoto');
    saved.anna.sees('Kyoto: salad a,pizza b,salad c?');
    expect(closed).toHaveLength(3);
  });

  it('questions that are made for a corrected answer are asked again', async () => {
    const { anna, does } = play(framework, [
      flow('wear', { trigger: '/wear' })
        .ask('what', { prompt: 'What?' })
        .questions('details', ({ what }) => [
          { name: 'size', prompt: 'Size?', choices: what === 'shoe' ? ['41', '42'] : ['S', 'M'] },
          { name: 'color', prompt: 'Color?', choices: ['red', 'blue'] },
        ])
        .confirm({
          prompt: ({ what, details }) => `${what} ${details['size']} ${details['color']}?`,
          edit: true,
        })
        .done(() => 'Ordered.'),
    ]);
    await does('/wear', 'shoe', '41', 'red', 'Edit', 'What', 'shirt');
    anna.sees('Size?');
    await does('M');
    anna.sees('shirt M red?');
  });

  it('all questions that are made, and not only the first, are asked again', async () => {
    const { anna, does } = play(framework, [
      flow('wear', { trigger: '/wear' })
        .ask('what', { prompt: 'What?' })
        .questions('details', ({ what }) =>
          ['size', 'color', 'cut'].map((name) => ({
            name,
            prompt: `${name}?`,
            choices: [`${what} ${name}`, 'none'],
          })),
        )
        .confirm({ prompt: ({ details }) => Object.values(details).join(', '), edit: true })
        .done(() => 'Ordered.'),
    ]);
    await does('/wear', 'shoe', 'shoe size', 'shoe color', 'shoe cut', 'Edit', 'What', 'shirt');
    anna.sees('size?');
    await does('shirt size');
    anna.sees('color?');
    await does('none');
    anna.sees('cut?');
    await does('shirt cut');
    anna.sees('shirt size, none, shirt cut');
  });

  it('a redo within a round leaves the rounds before it alone', async () => {
    let words = ['one', 'two'];
    const { anna, does } = play(framework, [
      flow('quiz', { trigger: '/quiz' })
        .repeat('rounds', {
          each: (round) =>
            round.ask('word', { prompt: 'Word?', choices: () => words }).ask('note', {
              prompt: 'Note?',
              validate: (text) => (text === 'other' ? redo('word') : text),
            }),
          again: ({ count }) => `${count} rounds. Another?`,
        })
        .done(({ rounds }) => rounds.map(({ word }) => word).join(', ')),
    ]);
    await does('/quiz', 'one', 'a', 'Yes', 'two', 'other');
    words = ['three', 'four'];
    await does('three', 'b');
    anna.sees('2 rounds. Another?');
    await does('No');
    anna.sees('one, three');
  });

  it('choices are compared once for a correction, also beside answers that do not apply', async () => {
    let asked = 0;
    const { anna, does } = play(framework, [
      flow('visit', { trigger: '/visit' })
        .ask('way', { prompt: 'How?' })
        .ask('seat', { prompt: 'Seat?', when: ({ way }) => way === 'train', choices: () => ['1'] })
        .confirm({ name: 'first', prompt: 'Right?', edit: true })
        .ask('slot', {
          prompt: 'When?',
          choices: () => {
            asked++;
            return ['10', '11'];
          },
        })
        .confirm({ name: 'second', prompt: 'So?', edit: true })
        .confirm({ name: 'third', prompt: 'Sure?', edit: true })
        .done(() => 'Saved.'),
    ]);
    await does('/visit', 'train', '1', 'Yes', '10', 'Edit', 'Way', 'car', 'Yes');
    anna.sees('So?');
    const before = asked;
    await does('Yes', 'Yes');
    anna.sees('Saved.');
    expect(asked).toBe(before);
  });

  it('a choice behind another summary is asked again when that one is accepted', async () => {
    const { anna, does } = play(framework, [
      flow('visit', { trigger: '/visit' })
        .ask('day', { prompt: 'Which day?' })
        .confirm({ name: 'first', prompt: ({ day }) => `${day}?` })
        .ask('slot', slotOfDay)
        .confirm({ name: 'second', prompt: ({ day, slot }) => `${day}, ${slot}?`, edit: true })
        .done(() => 'Saved.'),
    ]);
    await does('/visit', 'Monday', 'Yes', '10', 'Edit', 'Day', 'Friday');
    anna.sees('Friday?');
    await does('Yes');
    anna.sees('When?');
    await does('12');
    anna.sees('Friday, 12?');
  });
});
